// SPDX-License-Identifier: Apache-2.0
// upgrade: proves that a program on trial holds the supervisor up in nothing, and that one is on trial at a time.
#include "config.h"
#include "request.h"
#include "scene.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// What is asked is answered on the descriptor that is returned.
static int ask(const char *request)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof(to.sun_path), "%s/run/%s", scene_directory, CONFIG_REQUEST_SOCKET);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    CU_ASSERT_EQUAL(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    return fd;
}

// The last line of an answer, which stays until the next one; "" when none comes in time.
static const char *answer_to(int fd, int seconds)
{
    static char text[ANSWER_SIZE];
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    ssize_t size = 1;
    text[0] = 0;
    while (size > 0 && strncmp(text, "done: ", 6) && strncmp(text, "refused: ", 9) &&
           poll(&ready, 1, seconds * 1000) > 0)
        if ((size = recv(fd, text, sizeof(text) - 1, 0)) > 0)
            text[size] = 0;
    close(fd);
    return text;
}

static bool begins_with(const char *text, const char *beginning)
{
    bool does = !strncmp(text, beginning, strlen(beginning));
    if (!does)
        printf("\n    expected \"%s...\", got \"%s\"\n", beginning, text);
    return does;
}

static void begin_slow_trial(const char *slow, int *ret_asker)
{
    scene_set_up();
    scene_write("naru-control.trial", slow);
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    *ret_asker = ask("upgrade control");
    CU_ASSERT(scene_wait_count("said", "naru-control on trial", 1, 5));
}

static void test_kill_meanwhile(void)
{
    static const char *const victims[] = {"dataplane", "control"};
    for (size_t i = 0; i < sizeof(victims) / sizeof(victims[0]); i++) {
        char ready[64];
        int asker;
        begin_slow_trial("slow 5000", &asker);
        snprintf(ready, sizeof(ready), "naru-%s is ready", victims[i]);
        kill(scene_pid(victims[i]), SIGKILL);
        CU_ASSERT(scene_wait_count("log", ready, 2, 10));
        CU_ASSERT_EQUAL(scene_count("log", "upgrade: "), 0); // the trial still runs
        pid_t control = scene_pid("control");
        CU_ASSERT(begins_with(answer_to(asker, 20), "done: naru-control: pid "));
        CU_ASSERT_NOT_EQUAL(scene_pid("control"), control);
        CU_ASSERT_EQUAL(scene_stop(), 0);
        scene_tear_down();
    }
}

static void test_others_meanwhile(void)
{
    int asker;
    begin_slow_trial("slow 3000", &asker);
    CU_ASSERT(begins_with(answer_to(ask("status"), 10), "done: naru-supervise: pid "));
    CU_ASSERT(begins_with(answer_to(ask("upgrade dataplane"), 10), "refused: naru-control is on trial"));
    CU_ASSERT(begins_with(answer_to(ask("upgrade control"), 10), "refused: naru-control is on trial"));
    CU_ASSERT_EQUAL(scene_count("log", "upgrade: done"), 0);
    CU_ASSERT(begins_with(answer_to(asker, 20), "done: naru-control: pid "));
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

static void test_trial_without_an_end(void)
{
    int asker;
    begin_slow_trial("slow 60000", &asker);
    pid_t control = scene_pid("control");
    CU_ASSERT(begins_with(answer_to(asker, 20), "refused: naru-control goes on as it is"));
    CU_ASSERT_EQUAL(scene_pid("control"), control);
    asker = ask("upgrade control");
    CU_ASSERT(scene_wait_count("said", "naru-control on trial", 2, 5));
    CU_ASSERT_EQUAL(scene_stop(), 0); // nor does a trial hold up the end
    CU_ASSERT(begins_with(answer_to(asker, 5), "refused: "));
    scene_tear_down();
}

static void test_refusal(void)
{
    scene_set_up();
    scene_write("naru-control.trial", "another shape");
    scene_start();
    CU_ASSERT(scene_wait_ready(1));
    pid_t control = scene_pid("control");
    CU_ASSERT(begins_with(answer_to(ask("upgrade control"), 10),
                          "refused: naru-control goes on as it is; the new one says: another shape"));
    CU_ASSERT_EQUAL(scene_pid("control"), control);
    CU_ASSERT_EQUAL(scene_stop(), 0);
    scene_tear_down();
}

void upgrade_suite(void)
{
    CU_pSuite suite = CU_add_suite("upgrade", NULL, NULL);
    CU_add_test(suite, "what is killed during a trial comes back during it", test_kill_meanwhile);
    CU_add_test(suite, "during a trial others are answered", test_others_meanwhile);
    CU_add_test(suite, "a trial that does not end refuses", test_trial_without_an_end);
    CU_add_test(suite, "a refusal has the program's reason", test_refusal);
}
