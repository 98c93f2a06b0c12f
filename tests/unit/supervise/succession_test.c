// SPDX-License-Identifier: Apache-2.0
// Proves, with stand-ins for both programs: a supervisor that dies, or a successor of it that cannot take over, ends
// nothing; without a keeper nothing stays behind.
#include "scene.h"
#include "segment.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void test_supervisor_killed(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    for (unsigned i = 1; i <= 3; i++) {
        pid_t control = scene_pid("control"), dataplane = scene_pid("dataplane"), former = scene_pid("supervise");
        kill(former, SIGKILL);
        CU_ASSERT(scene_succeeded(former, i));
        CU_ASSERT_EQUAL(scene_pid("control"), control);
        CU_ASSERT_EQUAL(scene_pid("dataplane"), dataplane);
    }
    CU_ASSERT_EQUAL(kill(scene_keeper, 0), 0);
    // What it took over it watches, kills and starts again, under epochs that were never given before.
    kill(scene_pid("control"), SIGKILL);
    CU_ASSERT(scene_wait_count("said", "naru-control epoch=3\n", 1, 5));
    CU_ASSERT_EQUAL(scene_count("log", "nobody saw how"), 1);
    kill(scene_pid("dataplane"), SIGSTOP);
    CU_ASSERT(scene_wait_count("said", "naru-dataplane epoch=4\n", 1, 5));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    CU_ASSERT_EQUAL(scene_count("said", "naru-control terminated"), 1);
    scene_tear_down();
}

static void test_all_but_the_keeper_killed(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    kill(scene_pid("supervise"), SIGKILL);
    kill(scene_pid("control"), SIGKILL);
    kill(scene_pid("dataplane"), SIGKILL);
    CU_ASSERT(scene_wait_count("said", "naru-dataplane epoch=", 2, 5) &&
              scene_wait_count("said", "naru-control epoch=", 2, 5));
    CU_ASSERT(scene_wait_ready(2));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_supervisor_hangs(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t former = scene_pid("supervise");
    usleep(2000000); // the first sign of life may take that long
    kill(former, SIGSTOP);
    CU_ASSERT(scene_wait_count("log", "the supervisor hangs", 1, 8));
    CU_ASSERT(scene_succeeded(former, 1));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_bad_config_meanwhile(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t former = scene_pid("supervise");
    scene_write("naru.yaml", "gateway: {workers: many}\n");
    kill(former, SIGKILL);
    CU_ASSERT(scene_succeeded(former, 1));
    CU_ASSERT_EQUAL(scene_count("log", "going on with what it said before"), 1);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void move_control_away(void)
{
    char from[256], to[256];
    scene_path("bin/naru-control", from);
    scene_path("away", to);
    CU_ASSERT_EQUAL_FATAL(rename(from, to), 0);
}

static void move_control_back(void)
{
    char from[256], to[256];
    scene_path("away", from);
    scene_path("bin/naru-control", to);
    CU_ASSERT_EQUAL_FATAL(rename(from, to), 0);
}

static void install_supervisor(const char *from)
{
    char command[768];
    snprintf(command, sizeof(command), "cp %s %s/new && chmod 755 %s/new && mv %s/new %s/bin/naru-supervise", from,
             scene_directory, scene_directory, scene_directory, scene_directory);
    CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void install_useless_supervisor(void)
{
    char path[256];
    scene_write("useless", "#!/bin/sh\nexit 1\n");
    scene_path("useless", path);
    install_supervisor(path);
}

static void install_good_supervisor(void)
{
    install_supervisor(getenv("NARU_SUPERVISE"));
}

// Of the segment that naru-control has at its first descriptor.
static void change_abi(int by)
{
    char path[64];
    struct segment_header header;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)scene_pid("control"), TABLES_FIRST_FD);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(pread(fd, &header, sizeof(header), 0), sizeof(header));
    header.abi_version += (uint32_t)by;
    CU_ASSERT_EQUAL(
        pwrite(fd, &header.abi_version, sizeof(header.abi_version), offsetof(struct segment_header, abi_version)),
        sizeof(header.abi_version));
    close(fd);
}

static void become_another_release(void)
{
    change_abi(1);
}

static void become_this_release(void)
{
    change_abi(-1);
}

static void start_from_own_file(void)
{
    static char path[256];
    scene_set_up();
    install_good_supervisor();
    scene_path("bin/naru-supervise", path);
    scene_program = path;
    scene_start();
    scene_program = NULL;
    CU_ASSERT(scene_wait_ready(1));
}

static void test_successor_cannot_take_over(void)
{
    static const struct {
        void (*hinder)(void), (*repair)(void);
        const char *says;
    } rows[] = {
        {move_control_away, move_control_back, "the supervisor ended (exit code 75)"},
        {install_useless_supervisor, install_good_supervisor, "the supervisor ended (exit code 1)"},
        {become_another_release, become_this_release, "its memory is another release's: put back the files"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start_from_own_file();
        pid_t control = scene_pid("control"), dataplane = scene_pid("dataplane"), former = scene_pid("supervise");
        rows[i].hinder();
        kill(former, SIGKILL);
        CU_ASSERT(scene_wait_count("log", rows[i].says, 3, 5)); // tried again, ever later
        CU_ASSERT(!kill(control, 0) && !kill(dataplane, 0) && !kill(scene_keeper, 0));
        rows[i].repair();
        CU_ASSERT(scene_succeeded(former, 1));
        CU_ASSERT(scene_pid("control") == control && scene_pid("dataplane") == dataplane);
        CU_ASSERT_EQUAL(scene_stop(), 0);
        scene_tear_down();
    }
}

// Nobody can end them in order: the kernel does.
static void test_stop_without_a_successor(void)
{
    static void (*const hinder[])(void) = {move_control_away, install_useless_supervisor};
    for (size_t i = 0; i < sizeof(hinder) / sizeof(hinder[0]); i++) {
        start_from_own_file();
        pid_t control = scene_pid("control"), dataplane = scene_pid("dataplane");
        hinder[i]();
        kill(scene_pid("supervise"), SIGKILL);
        CU_ASSERT(scene_wait_count("log", "the supervisor ended (exit code ", 3, 5));
        CU_ASSERT_EQUAL(scene_stop(), 1);
        CU_ASSERT(scene_gone(control) && scene_gone(dataplane));
        scene_tear_down();
    }
}

static void test_keeper_killed(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t control = scene_pid("control"), dataplane = scene_pid("dataplane"), supervise = scene_pid("supervise");
    kill(scene_keeper, SIGKILL);
    CU_ASSERT_EQUAL(scene_wait_end(5), 100 + SIGKILL);
    CU_ASSERT(scene_gone(supervise) && scene_gone(control) && scene_gone(dataplane));
    CU_ASSERT_EQUAL(scene_count("said", "naru-control terminated"), 1); // in order
    scene_tear_down();
}

static void test_keeper_and_supervisor_killed(void)
{
    scene_set_up();
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t control = scene_pid("control"), dataplane = scene_pid("dataplane");
    kill(scene_keeper, SIGSTOP); // so that it starts no successor in between
    kill(scene_pid("supervise"), SIGKILL);
    kill(scene_keeper, SIGKILL);
    CU_ASSERT_EQUAL(scene_wait_end(5), 100 + SIGKILL);
    CU_ASSERT(scene_gone(control) && scene_gone(dataplane));
    scene_start(); // over what they left behind
    CU_ASSERT(scene_wait_ready(2));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

void succession_suite(void)
{
    CU_pSuite suite = CU_add_suite("succession", NULL, NULL);
    CU_add_test(suite, "a killed supervisor's successor takes the programs over", test_supervisor_killed);
    CU_add_test(suite, "all three killed at once come back", test_all_but_the_keeper_killed);
    CU_add_test(suite, "a supervisor that hangs is replaced", test_supervisor_hangs);
    CU_add_test(suite, "a configuration that went bad does not keep a successor from taking over",
                test_bad_config_meanwhile);
    CU_add_test(suite, "a successor that cannot take over is tried again, and nothing ends",
                test_successor_cannot_take_over);
    CU_add_test(suite, "a stop ends all without a successor, too", test_stop_without_a_successor);
    CU_add_test(suite, "a killed keeper ends the gateway in order", test_keeper_killed);
    CU_add_test(suite, "a killed keeper and supervisor take the programs along", test_keeper_and_supervisor_killed);
}
