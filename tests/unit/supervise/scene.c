// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char scene_directory[64]; // of one test: config, modes, what the stand-ins said, bin/ and run/
pid_t scene_keeper;

void scene_path(const char *name, char ret_path[256])
{
    snprintf(ret_path, 256, "%s/%s", scene_directory, name);
}

void scene_write(const char *name, const char *text)
{
    char path[256];
    scene_path(name, path);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

const char *scene_read(const char *name)
{
    static char text[4096];
    char path[256];
    scene_path(name, path);
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
    scene_path(name, path);
    CU_ASSERT_EQUAL_FATAL(symlink(target, path), 0);
}

void scene_set_up(void)
{
    char path[256], text[256];
    snprintf(scene_directory, sizeof(scene_directory), "/tmp/naru-supervise-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scene_directory));
    scene_path("bin", path);
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0755), 0);
    link_program("bin/naru-control", getenv("NARU_STAND_IN"));
    link_program("bin/naru-dataplane", getenv("NARU_STAND_IN"));
    link_program("bin/embedded-device.sh", getenv("NARU_DEVICE_SCRIPT"));
    snprintf(text, sizeof(text),
             "gateway: {run-directory: %s/run, workers: 2}\nmemory: {huge-pages: off}\nlimits: {transports: 64}\n",
             scene_directory);
    scene_write("naru.yaml", text);
}

const char *scene_program; // the supervisor's file, when it is not the built one

void scene_start(void)
{
    char config[256], bin[256], log[256];
    scene_path("naru.yaml", config);
    scene_path("bin", bin);
    scene_path("log", log);
    scene_keeper = fork();
    if (scene_keeper)
        return;
    if (!freopen(log, "a", stderr))
        _exit(9);
    execl(scene_program ? scene_program : getenv("NARU_SUPERVISE"), "naru-supervise", "--config", config, "--bin-dir",
          bin, NULL);
    _exit(9);
}

// Its exit code, 100 + signal, or -1 when it does not end in time.
int scene_wait_end(unsigned seconds)
{
    int status;
    for (unsigned i = 0; i < seconds * 50; i++, usleep(20000))
        if (waitpid(scene_keeper, &status, WNOHANG) == scene_keeper)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
    return -1;
}

int scene_stop(void)
{
    kill(scene_keeper, SIGTERM);
    return scene_wait_end(15);
}

void scene_tear_down(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", scene_directory);
    CU_ASSERT_EQUAL(system(command), 0);
}

pid_t scene_pid(const char *name)
{
    char file[64];
    snprintf(file, sizeof(file), "run/%s.pid", name);
    return (pid_t)atoi(scene_read(file));
}

unsigned scene_count(const char *file, const char *text)
{
    unsigned found = 0;
    for (const char *at = scene_read(file); (at = strstr(at, text)); at++)
        found++;
    return found;
}

bool scene_wait_count(const char *file, const char *text, unsigned times, unsigned seconds)
{
    for (unsigned i = 0; i < seconds * 50; i++, usleep(20000))
        if (scene_count(file, text) >= times)
            return true;
    printf("\n    expected %u x \"%s\" in:\n%s\n", times, text, scene_read(file));
    return false;
}

bool scene_wait_ready(unsigned starts)
{
    return scene_wait_count("log", "naru-control is ready", starts, 10) &&
           scene_wait_count("log", "naru-dataplane is ready", 1, 10);
}

bool scene_gone(pid_t pid)
{
    for (unsigned i = 0; i < 100; i++, usleep(20000))
        if (kill(pid, 0))
            return true;
    return false;
}

// Waits until another supervisor than the given one has taken over.
bool scene_succeeded(pid_t former, unsigned times)
{
    return scene_wait_count("log", "naru-dataplane taken over", times, 5) && scene_pid("supervise") != former;
}
