// SPDX-License-Identifier: Apache-2.0
#include "huge_pages.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define POOL   "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define WANTED 2560

// A process of its own gives the pages back: it is there still when this one was killed or has crashed.
static struct {
    pid_t process;
    int orders; // a byte: give back now
} keeper;

static long read_number(const char *path)
{
    long number = -1;
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%ld", &number) != 1)
        number = -1;
    if (file)
        fclose(file);
    return number;
}

static void write_number(const char *path, long value)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    fprintf(file, "%ld", value);
    fclose(file);
}

// Returns how many were added to the pool.
static long take(void)
{
    long free_now = read_number(POOL "free_hugepages"), total = read_number(POOL "nr_hugepages");
    if (free_now < 0 || total < 0 || free_now >= WANTED)
        return 0;
    write_number(POOL "nr_hugepages", total + WANTED - free_now);
    return read_number(POOL "nr_hugepages") - total;
}

static _Noreturn void keep(int owner, int orders, int reports)
{
    struct pollfd until[] = {{.fd = owner, .events = POLLIN}, {.fd = orders, .events = POLLIN}};
    (void)setsid(); // what ends the run from its terminal does not end this one
    for (int number = 1; number < SIGRTMIN; number++)
        signal(number, SIG_IGN);
    long added = take();
    bool told = write(reports, "", 1) == 1;
    while (told && poll(until, 2, -1) < 1)
        ;
    if (added > 0) // others may have changed the pool meanwhile: only our own share goes
        write_number(POOL "nr_hugepages", read_number(POOL "nr_hugepages") - added);
    _exit(0);
}

static int start_keeper(void)
{
    char taken;
    int orders[2], reports[2], owner = pidfd_open(getpid(), 0);
    if (owner < 0 || pipe(orders) || pipe(reports))
        return -errno;
    pid_t child = fork();
    if (child == 0)
        keep(owner, orders[0], reports[1]);
    close(owner);
    close(orders[0]);
    close(reports[1]);
    bool reported = child > 0 && read(reports[0], &taken, 1) == 1;
    close(reports[0]);
    keeper.process = child;
    keeper.orders = orders[1];
    return reported ? 0 : -ECHILD;
}

int huge_pages_reserve(void)
{
    if (read_number(POOL "free_hugepages") >= WANTED)
        return 0;
    if (!start_keeper() && read_number(POOL "free_hugepages") >= WANTED)
        return 0;
    huge_pages_release();
    return -ENOMEM;
}

void huge_pages_release(void)
{
    if (keeper.process <= 0)
        return;
    if (write(keeper.orders, "", 1) == 1)
        (void)waitpid(keeper.process, NULL, 0);
    close(keeper.orders);
    keeper.process = 0;
}
