// SPDX-License-Identifier: Apache-2.0
// Proves, with stand-ins for both programs: access rights, fencing by epochs, restarts, giving up, an orderly end.
#include "scene.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void test_access(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    CU_ASSERT(scene_wait_count(
        "said", "naru-control intent=1 state=0 rings=1 journal=1 supervision=0 lifeline=1 extra=0", 1, 5));
    CU_ASSERT(scene_wait_count(
        "said", "naru-dataplane intent=0 state=1 rings=1 journal=0 supervision=0 lifeline=1 extra=0", 1, 5));
    CU_ASSERT_EQUAL(scene_pid("keeper"), scene_keeper);
    CU_ASSERT_NOT_EQUAL(scene_pid("supervise"), scene_keeper);
    CU_ASSERT_EQUAL(kill(scene_pid("control"), 0), 0);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    // Control ends first, and the run directory goes as it came.
    const char *said = scene_read("said"), *control = strstr(said, "naru-control terminated");
    CU_ASSERT_PTR_NOT_NULL_FATAL(control);
    CU_ASSERT_PTR_NOT_NULL(strstr(control, "naru-dataplane terminated"));
    char run[256];
    scene_path("run", run);
    CU_ASSERT_NOT_EQUAL(access(run, F_OK), 0);
    scene_tear_down();
}

static void kill_and_see(const char *victim, const char *other)
{
    char started[64];
    snprintf(started, sizeof(started), "naru-%s is ready", victim);
    pid_t victim_pid = scene_pid(victim), other_pid = scene_pid(other);
    kill(victim_pid, SIGKILL);
    CU_ASSERT(scene_wait_count("log", started, 2, 5));
    CU_ASSERT_NOT_EQUAL(scene_pid(victim), victim_pid);
    CU_ASSERT_EQUAL(scene_pid(other), other_pid);
}

static void test_kill(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    kill_and_see("control", "dataplane");
    CU_ASSERT(scene_wait_count("said", "naru-control epoch=3\n", 1, 1));
    kill_and_see("dataplane", "control");
    CU_ASSERT(scene_wait_count("said", "naru-dataplane epoch=4\n", 1, 1));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_hang(void)
{
    scene_set_up();
    scene_write("naru-dataplane.mode", "hang");
    scene_start();
    CU_ASSERT(scene_wait_count("log", "naru-dataplane hangs (no heartbeat for ", 1, 5));
    CU_ASSERT(scene_wait_count("log", "naru-dataplane started", 2, 5));
    CU_ASSERT_EQUAL(scene_count("log", "naru-control started"), 1);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_stopped_process(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    kill(scene_pid("control"), SIGSTOP);
    CU_ASSERT(scene_wait_ready(2));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_give_up(void)
{
    static const struct {
        const char *name, *mode;
        int code;
    } rows[] = {{"naru-dataplane", "exit2", 2}, {"naru-control", "exit2", 2}, {"naru-dataplane", "exit1", 1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char file[64];
        scene_set_up();
        snprintf(file, sizeof(file), "%s.mode", rows[i].name);
        scene_write(file, rows[i].mode);
        scene_start();
        CU_ASSERT_EQUAL(scene_wait_end(5), rows[i].code);
        CU_ASSERT_EQUAL(scene_count("log", "giving up"), 1);
        scene_tear_down();
    }
}

// Its partner still works: the trying goes on, and ends when the reason is gone.
static void test_refusal_after_a_good_start(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t dataplane = scene_pid("dataplane");
    scene_write("naru-control.mode", "exit2");
    kill(scene_pid("control"), SIGKILL);
    CU_ASSERT(scene_wait_count("log", "naru-control started", 5, 10));
    CU_ASSERT_EQUAL(scene_count("log", "is started again in 0.4 s, after 3 early ends in a row"), 1);
    scene_write("naru-control.mode", "good");
    CU_ASSERT(scene_wait_ready(2));
    CU_ASSERT_EQUAL(scene_pid("dataplane"), dataplane);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_second_instance(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t first = scene_keeper;
    scene_start();
    CU_ASSERT_EQUAL(scene_wait_end(5), 1);
    CU_ASSERT_EQUAL(scene_count("log", "is in use by another gateway"), 1);
    scene_keeper = first;
    CU_ASSERT_EQUAL(scene_pid("keeper"), first);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_stubborn(void)
{
    scene_set_up();
    scene_write("naru-control.mode", "stubborn");
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t control = scene_pid("control");
    CU_ASSERT_EQUAL(scene_stop(), 0);
    CU_ASSERT(scene_gone(control));
    CU_ASSERT_EQUAL(scene_count("log", "naru-control does not end by itself"), 1);
    scene_tear_down();
}

static void test_missing_program(void)
{
    char path[256];
    scene_set_up();
    scene_path("bin/naru-control", path);
    CU_ASSERT_EQUAL_FATAL(unlink(path), 0);
    scene_start();
    CU_ASSERT_EQUAL(scene_wait_end(5), 1);
    CU_ASSERT_EQUAL(scene_count("log", "naru-control is not in"), 1);
    scene_tear_down();
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
    CU_add_test(suite, "who ignores SIGTERM is killed", test_stubborn);
    CU_add_test(suite, "a missing program is named", test_missing_program);
}
