// SPDX-License-Identifier: Apache-2.0
#include "supervise_request.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_SECONDS 30
#define ANSWER_MAX     1024

static int connect_to(const char *run_directory)
{
    const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (snprintf(to.sun_path, sizeof to.sun_path, "%s/%s", run_directory, CONFIG_REQUEST_SOCKET) >=
        (int)sizeof to.sun_path)
        return -ENAMETOOLONG;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (!connect(fd, (struct sockaddr *)&to, sizeof to) &&
        !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit))
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

// Prints each line; the last one says whether it was done.
static int print_answers(int fd)
{
    static const char done[] = "done: ";
    char text[ANSWER_MAX + 1];
    int verdict = -1;
    ssize_t size;
    while ((size = recv(fd, text, ANSWER_MAX, 0)) > 0) {
        text[size] = '\0';
        verdict = strncmp(text, done, sizeof done - 1) ? -1 : 0;
        fprintf(strncmp(text, "refused: ", 9) ? stdout : stderr, "%s\n", text);
    }
    if (size < 0)
        fprintf(stderr, "naru-ctl: no answer within %d s: look at the log of naru-supervise\n", ANSWER_SECONDS);
    return size < 0 ? -1 : verdict;
}

static int say(int fd, const char *text)
{
    size_t size = strlen(text);
    int verdict = send(fd, text, size, MSG_NOSIGNAL) == (ssize_t)size ? print_answers(fd) : -1;
    close(fd);
    return verdict;
}

static int ask(const char *run_directory, const char *program)
{
    char text[64];
    int fd = connect_to(run_directory);
    if (fd < 0) {
        fprintf(stderr, "naru-ctl: %s/%s: %s: run this as root on the gateway's machine, with its --config\n",
                run_directory, CONFIG_REQUEST_SOCKET, strerror(-fd));
        return -1;
    }
    snprintf(text, sizeof text, "upgrade %s", program);
    return say(fd, text);
}

int supervise_status(const char *run_directory)
{
    int fd = connect_to(run_directory);
    return fd < 0 ? -1 : say(fd, "status");
}

int supervise_upgrade(const char *run_directory, const char *program)
{
    // Who reads what the next one writes is first.
    static const char *const all[] = {"supervise", "dataplane", "control", "sctp"};
    int verdict = 0;
    if (strcmp(program, "all") != 0)
        return ask(run_directory, program);
    for (size_t i = 0; i < sizeof all / sizeof all[0] && !verdict; i++)
        verdict = ask(run_directory, all[i]);
    return verdict;
}
