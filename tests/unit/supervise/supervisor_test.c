// SPDX-License-Identifier: Apache-2.0
// Proves, with stand-ins for both programs: access rights, fencing by epochs, restarts, giving up, an orderly end.
#include "suites.h"

#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char directory[64]; // of one test: config, modes, what the stand-ins said, bin/ and run/
static pid_t keeper;

static void path_of(const char *name, char ret_path[256])
{
    snprintf(ret_path, 256, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text)
{
    char path[256];
    path_of(name, path);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static const char *read_file(const char *name)
{
    static char text[4096];
    char path[256];
    path_of(name, path);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    if (file)
        fclose(file);
    text[size] = 0;
    return text;
}

static void link_program(const char *name, const char *target)
{
    char path[256];
    path_of(name, path);
    CU_ASSERT_EQUAL_FATAL(symlink(target, path), 0);
}

static void set_up(void)
{
    char path[256], text[256];
    snprintf(directory, sizeof(directory), "/tmp/naru-supervise-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    path_of("bin", path);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0755), 0);
    link_program("bin/naru-control", getenv("NARU_STAND_IN"));
    link_program("bin/naru-dataplane", getenv("NARU_STAND_IN"));
    link_program("bin/embedded-device.sh", getenv("NARU_DEVICE_SCRIPT"));
    snprintf(text, sizeof(text),
             "gateway: {run-directory: %s/run, workers: 2}\nmemory: {huge-pages: off}\nlimits: {transports: 64}\n",
             directory);
    write_file("naru.yaml", text);
}

static void start(void)
{
    char config[256], bin[256], log[256];
    path_of("naru.yaml", config);
    path_of("bin", bin);
    path_of("log", log);
    keeper = fork();
    if (keeper)
        return;
    if (!freopen(log, "a", stderr))
        _exit(9);
    execl(getenv("NARU_SUPERVISE"), "naru-supervise", "--config", config, "--bin-dir", bin, NULL);
    _exit(9);
}

// Its exit code, 100 + signal, or -1 when it does not end in time.
static int wait_end(unsigned seconds)
{
    int status;
    for (unsigned i = 0; i < seconds * 50; i++, usleep(20000))
        if (waitpid(keeper, &status, WNOHANG) == keeper)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
    return -1;
}

static int stop(void)
{
    kill(keeper, SIGTERM);
    return wait_end(15);
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    CU_ASSERT_EQUAL(system(command), 0);
}

static pid_t pid_of(const char *name)
{
    char file[64];
    snprintf(file, sizeof(file), "run/%s.pid", name);
    return (pid_t)atoi(read_file(file));
}

static unsigned count(const char *file, const char *text)
{
    unsigned found = 0;
    for (const char *at = read_file(file); (at = strstr(at, text)); at++)
        found++;
    return found;
}

static bool wait_count(const char *file, const char *text, unsigned times, unsigned seconds)
{
    for (unsigned i = 0; i < seconds * 50; i++, usleep(20000))
        if (count(file, text) >= times)
            return true;
    printf("\n    expected %u x \"%s\" in:\n%s\n", times, text, read_file(file));
    return false;
}

static bool wait_ready(unsigned starts)
{
    return wait_count("log", "naru-control is ready", starts, 10) &&
           wait_count("log", "naru-dataplane is ready", 1, 10);
}

static bool gone(pid_t pid)
{
    for (unsigned i = 0; i < 100; i++, usleep(20000))
        if (kill(pid, 0))
            return true;
    return false;
}

static void test_access(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    CU_ASSERT(
        wait_count("said", "naru-control intent=1 state=0 rings=1 journal=1 supervision=0 lifeline=1 extra=0", 1, 5));
    CU_ASSERT(
        wait_count("said", "naru-dataplane intent=0 state=1 rings=1 journal=0 supervision=0 lifeline=1 extra=0", 1, 5));
    CU_ASSERT_EQUAL(pid_of("keeper"), keeper);
    CU_ASSERT_NOT_EQUAL(pid_of("supervise"), keeper);
    CU_ASSERT_EQUAL(kill(pid_of("control"), 0), 0);
    CU_ASSERT_EQUAL(stop(), 0);
    // Control ends first, and the run directory goes as it came.
    const char *said = read_file("said"), *control = strstr(said, "naru-control terminated");
    CU_ASSERT_PTR_NOT_NULL_FATAL(control);
    CU_ASSERT_PTR_NOT_NULL(strstr(control, "naru-dataplane terminated"));
    char run[256];
    path_of("run", run);
    CU_ASSERT_NOT_EQUAL(access(run, F_OK), 0);
    tear_down();
}

static void kill_and_see(const char *victim, const char *other)
{
    char started[64];
    snprintf(started, sizeof(started), "naru-%s is ready", victim);
    pid_t victim_pid = pid_of(victim), other_pid = pid_of(other);
    kill(victim_pid, SIGKILL);
    CU_ASSERT(wait_count("log", started, 2, 5));
    CU_ASSERT_NOT_EQUAL(pid_of(victim), victim_pid);
    CU_ASSERT_EQUAL(pid_of(other), other_pid);
}

static void test_kill(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    kill_and_see("control", "dataplane");
    CU_ASSERT(wait_count("said", "naru-control epoch=3\n", 1, 1));
    kill_and_see("dataplane", "control");
    CU_ASSERT(wait_count("said", "naru-dataplane epoch=4\n", 1, 1));
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_hang(void)
{
    set_up();
    write_file("naru-dataplane.mode", "hang");
    start();
    CU_ASSERT(wait_count("log", "naru-dataplane hangs (no heartbeat for ", 1, 5));
    CU_ASSERT(wait_count("log", "naru-dataplane started", 2, 5));
    CU_ASSERT_EQUAL(count("log", "naru-control started"), 1);
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_stopped_process(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    kill(pid_of("control"), SIGSTOP);
    CU_ASSERT(wait_ready(2));
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_give_up(void)
{
    static const struct {
        const char *name, *mode;
        int code;
    } rows[] = {{"naru-dataplane", "exit2", 2}, {"naru-control", "exit2", 2}, {"naru-dataplane", "exit1", 1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char file[64];
        set_up();
        snprintf(file, sizeof(file), "%s.mode", rows[i].name);
        write_file(file, rows[i].mode);
        start();
        CU_ASSERT_EQUAL(wait_end(5), rows[i].code);
        CU_ASSERT_EQUAL(count("log", "giving up"), 1);
        tear_down();
    }
}

// Its partner still works: the trying goes on, and ends when the reason is gone.
static void test_refusal_after_a_good_start(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t dataplane = pid_of("dataplane");
    write_file("naru-control.mode", "exit2");
    kill(pid_of("control"), SIGKILL);
    CU_ASSERT(wait_count("log", "naru-control started", 5, 10));
    CU_ASSERT_EQUAL(count("log", "is started again in 0.4 s, after 3 early ends in a row"), 1);
    write_file("naru-control.mode", "good");
    CU_ASSERT(wait_ready(2));
    CU_ASSERT_EQUAL(pid_of("dataplane"), dataplane);
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_second_instance(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t first = keeper;
    start();
    CU_ASSERT_EQUAL(wait_end(5), 1);
    CU_ASSERT_EQUAL(count("log", "is in use by another gateway"), 1);
    keeper = first;
    CU_ASSERT_EQUAL(pid_of("keeper"), first);
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

// Waits until another supervisor than the given one has taken over.
static bool succeeded(pid_t former, unsigned times)
{
    return wait_count("log", "naru-dataplane taken over", times, 5) && pid_of("supervise") != former;
}

static void test_supervisor_killed(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    for (unsigned i = 1; i <= 3; i++) {
        pid_t control = pid_of("control"), dataplane = pid_of("dataplane"), former = pid_of("supervise");
        kill(former, SIGKILL);
        CU_ASSERT(succeeded(former, i));
        CU_ASSERT_EQUAL(pid_of("control"), control);
        CU_ASSERT_EQUAL(pid_of("dataplane"), dataplane);
    }
    CU_ASSERT_EQUAL(kill(keeper, 0), 0);
    // What it took over it watches, kills and starts again, under epochs that were never given before.
    kill(pid_of("control"), SIGKILL);
    CU_ASSERT(wait_count("said", "naru-control epoch=3\n", 1, 5));
    CU_ASSERT_EQUAL(count("log", "nobody saw how"), 1);
    kill(pid_of("dataplane"), SIGSTOP);
    CU_ASSERT(wait_count("said", "naru-dataplane epoch=4\n", 1, 5));
    CU_ASSERT_EQUAL(stop(), 0);
    CU_ASSERT_EQUAL(count("said", "naru-control terminated"), 1);
    tear_down();
}

static void test_all_but_the_keeper_killed(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    kill(pid_of("supervise"), SIGKILL);
    kill(pid_of("control"), SIGKILL);
    kill(pid_of("dataplane"), SIGKILL);
    CU_ASSERT(wait_count("said", "naru-dataplane epoch=", 2, 5) && wait_count("said", "naru-control epoch=", 2, 5));
    CU_ASSERT(wait_ready(2));
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_supervisor_hangs(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t former = pid_of("supervise");
    usleep(2000000); // the first sign of life may take that long
    kill(former, SIGSTOP);
    CU_ASSERT(wait_count("log", "the supervisor hangs", 1, 8));
    CU_ASSERT(succeeded(former, 1));
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_bad_config_meanwhile(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t former = pid_of("supervise");
    write_file("naru.yaml", "gateway: {workers: many}\n");
    kill(former, SIGKILL);
    CU_ASSERT(succeeded(former, 1));
    CU_ASSERT_EQUAL(count("log", "going on with what it said before"), 1);
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_keeper_killed(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t control = pid_of("control"), dataplane = pid_of("dataplane"), supervise = pid_of("supervise");
    kill(keeper, SIGKILL);
    CU_ASSERT_EQUAL(wait_end(5), 100 + SIGKILL);
    CU_ASSERT(gone(supervise) && gone(control) && gone(dataplane));
    CU_ASSERT_EQUAL(count("said", "naru-control terminated"), 1); // in order
    tear_down();
}

static void test_keeper_and_supervisor_killed(void)
{
    set_up();
    start();
    CU_ASSERT(wait_ready(1));
    pid_t control = pid_of("control"), dataplane = pid_of("dataplane");
    kill(keeper, SIGSTOP); // so that it starts no successor in between
    kill(pid_of("supervise"), SIGKILL);
    kill(keeper, SIGKILL);
    CU_ASSERT_EQUAL(wait_end(5), 100 + SIGKILL);
    CU_ASSERT(gone(control) && gone(dataplane));
    start(); // over what they left behind
    CU_ASSERT(wait_ready(2));
    CU_ASSERT_EQUAL(stop(), 0);
    tear_down();
}

static void test_stubborn(void)
{
    set_up();
    write_file("naru-control.mode", "stubborn");
    start();
    CU_ASSERT(wait_ready(1));
    pid_t control = pid_of("control");
    CU_ASSERT_EQUAL(stop(), 0);
    CU_ASSERT(gone(control));
    CU_ASSERT_EQUAL(count("log", "naru-control does not end by itself"), 1);
    tear_down();
}

static void test_missing_program(void)
{
    char path[256];
    set_up();
    path_of("bin/naru-control", path);
    CU_ASSERT_EQUAL_FATAL(unlink(path), 0);
    start();
    CU_ASSERT_EQUAL(wait_end(5), 1);
    CU_ASSERT_EQUAL(count("log", "naru-control is not in"), 1);
    tear_down();
}

void supervisor_suite(void)
{
    CU_pSuite suite = CU_add_suite("supervisor", NULL, NULL);
    CU_add_test(suite, "each gets its descriptors, and no right to write the other's segment", test_access);
    CU_add_test(suite, "a killed program comes back under a new epoch, the other goes on", test_kill);
    CU_add_test(suite, "a silent program is killed and started again", test_hang);
    CU_add_test(suite, "a stopped program too", test_stopped_process);
    CU_add_test(suite, "refusals are handed on as the exit code", test_give_up);
    CU_add_test(suite, "refusals after a good start end nothing", test_refusal_after_a_good_start);
    CU_add_test(suite, "one gateway for each run directory", test_second_instance);
    CU_add_test(suite, "a killed supervisor's successor takes the programs over", test_supervisor_killed);
    CU_add_test(suite, "all three killed at once come back", test_all_but_the_keeper_killed);
    CU_add_test(suite, "a supervisor that hangs is replaced", test_supervisor_hangs);
    CU_add_test(suite, "a configuration that went bad does not keep a successor from taking over",
                test_bad_config_meanwhile);
    CU_add_test(suite, "a killed keeper ends the gateway in order", test_keeper_killed);
    CU_add_test(suite, "a killed keeper and supervisor take the programs along", test_keeper_and_supervisor_killed);
    CU_add_test(suite, "who ignores SIGTERM is killed", test_stubborn);
    CU_add_test(suite, "a missing program is named", test_missing_program);
}
