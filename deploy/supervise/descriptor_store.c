// SPDX-License-Identifier: Apache-2.0
#include "descriptor_store.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_FDS_START 3 // SD_LISTEN_FDS_START

static int connect_to(const char *address)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t length = strlen(address);
    if (length < 2 || length >= sizeof(to.sun_path) || (address[0] != '/' && address[0] != '@'))
        return -EINVAL;
    memcpy(to.sun_path, address, length);
    if (address[0] == '@')
        to.sun_path[0] = 0; // abstract: its name has no NUL behind it
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (!connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)))
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

static uint64_t number_of(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : 0;
}

static void remember(struct descriptor_store *store, const char *name, int fd)
{
    struct stored_descriptor *item = &store->items[store->count++];
    snprintf(item->name, sizeof(item->name), "%s", name);
    item->fd = fd;
}

static void take_listen_fds(struct descriptor_store *store)
{
    char *names = getenv("LISTEN_FDNAMES"), *rest = NULL;
    uint64_t count = number_of("LISTEN_PID") == (uint64_t)getpid() ? number_of("LISTEN_FDS") : 0;
    char *name = names ? strtok_r(names, ":", &rest) : NULL;
    for (uint64_t i = 0; i < count && store->count < STORE_MAX; i++, name = name ? strtok_r(NULL, ":", &rest) : NULL) {
        int fd = LISTEN_FDS_START + (int)i;
        if (name && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
            remember(store, name, fd);
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
}

int store_open(struct descriptor_store *ret_store)
{
    const char *address = getenv("NOTIFY_SOCKET");
    struct descriptor_store store = {.socket = address ? connect_to(address) : -ENOTCONN};
    if (store.socket < 0) {
        notice_write(
            "no service manager at NOTIFY_SOCKET (%s): --kept belongs into a unit of Type=notify; leave it out",
            strerror(-store.socket));
        return store.socket;
    }
    if (!getenv("WATCHDOG_PID") || number_of("WATCHDOG_PID") == (uint64_t)getpid())
        store.watchdog_ns = number_of("WATCHDOG_USEC") * 1000 / 2;
    take_listen_fds(&store);
    *ret_store = store;
    return 0;
}

void store_close(struct descriptor_store *store)
{
    close(store->socket);
    store->socket = -1;
}

int store_find(const struct descriptor_store *store, const char *name)
{
    for (unsigned i = 0; i < store->count; i++)
        if (!strcmp(store->items[i].name, name))
            return store->items[i].fd;
    return -1;
}

static int send_message(const struct descriptor_store *store, const char *text, int fd)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.space = {0}};
    struct iovec data = {(void *)text, strlen(text)};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header =
            (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &fd, sizeof(int));
    }
    return sendmsg(store->socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int store_keep(struct descriptor_store *store, const char *name, int fd)
{
    char text[128];
    int own = store->count < STORE_MAX ? fcntl(fd, F_DUPFD_CLOEXEC, LISTEN_FDS_START) : -1;
    if (own < 0)
        return store->count < STORE_MAX ? -errno : -ENFILE;
    // Unwatched: a pipe whose other end is closed for a moment is to stay.
    snprintf(text, sizeof(text), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);
    int error = send_message(store, text, fd);
    if (error)
        close(own);
    else
        remember(store, name, own);
    return error;
}

void store_forget(struct descriptor_store *store, const char *name)
{
    char text[128];
    snprintf(text, sizeof(text), "FDSTOREREMOVE=1\nFDNAME=%s", name);
    for (unsigned i = 0; i < store->count; i++) {
        if (strcmp(store->items[i].name, name))
            continue;
        (void)send_message(store, text, -1);
        close(store->items[i].fd);
        store->items[i--] = store->items[--store->count];
    }
}

void store_forget_all(struct descriptor_store *store)
{
    while (store->count) {
        char name[NOTIFY_NAME_SIZE];
        memcpy(name, store->items[0].name, sizeof(name));
        store_forget(store, name);
    }
}

void store_tell(const struct descriptor_store *store, const char *text)
{
    (void)send_message(store, text, -1);
}

int store_hand_over(struct descriptor_store *store)
{
    char names[STORE_MAX * NOTIFY_NAME_SIZE] = "", number[16];
    size_t length = 0;
    int past = LISTEN_FDS_START + (int)store->count;
    for (unsigned i = 0; i < store->count; i++) {
        if ((store->items[i].fd = fcntl(store->items[i].fd, F_DUPFD_CLOEXEC, past)) < 0)
            return -errno;
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s", i ? ":" : "", store->items[i].name);
    }
    for (unsigned i = 0; i < store->count; i++)
        if (dup2(store->items[i].fd, LISTEN_FDS_START + (int)i) < 0)
            return -errno;
    snprintf(number, sizeof(number), "%d", (int)getpid());
    (void)setenv("LISTEN_PID", number, 1);
    snprintf(number, sizeof(number), "%u", store->count);
    (void)setenv("LISTEN_FDS", number, 1);
    (void)setenv("LISTEN_FDNAMES", names, 1);
    return syscall(SYS_close_range, (unsigned)past, ~0U, 0) ? -errno : 0;
}
