// SPDX-License-Identifier: Apache-2.0
#include "huge_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define POOL   "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define WANTED 2560

static long added;

// By system calls alone: a signal handler gives pages back, too.
static long read_number(const char *path)
{
    char text[32] = "";
    int file = open(path, O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
    if (file >= 0)
        close(file);
    return size > 0 ? atol(text) : -1;
}

static void write_number(const char *path, long value)
{
    char digits[24], *first = digits + sizeof(digits);
    for (unsigned long rest = (unsigned long)value; rest || first == digits + sizeof(digits); rest /= 10)
        *--first = (char)('0' + rest % 10);
    int file = open(path, O_WRONLY);
    if (file < 0)
        return;
    if (write(file, first, (size_t)(digits + sizeof(digits) - first)) < 0)
        added = 0;
    close(file);
}

static void on_signal(int signal)
{
    huge_pages_release();
    _exit(128 + signal);
}

int huge_pages_reserve(void)
{
    long free_now = read_number(POOL "free_hugepages"), total = read_number(POOL "nr_hugepages");
    if (free_now < 0 || total < 0)
        return -ENOMEM;
    if (free_now >= WANTED)
        return 0;
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        signal(ends[i], on_signal);
    write_number(POOL "nr_hugepages", total + WANTED - free_now);
    added = read_number(POOL "nr_hugepages") - total;
    if (read_number(POOL "free_hugepages") >= WANTED)
        return 0;
    huge_pages_release();
    return -ENOMEM;
}

void huge_pages_release(void)
{
    // Others may have changed the pool meanwhile: only our own share goes.
    if (added > 0)
        write_number(POOL "nr_hugepages", read_number(POOL "nr_hugepages") - added);
    added = 0;
}
