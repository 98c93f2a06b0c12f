// SPDX-License-Identifier: Apache-2.0
#include "huge_pages.h"

#include <errno.h>
#include <stdio.h>

#define POOL   "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define WANTED 2560

static long added;

static long read_number(const char *path)
{
    long value = -1;
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    if (fscanf(file, "%ld", &value) != 1)
        value = -1;
    fclose(file);
    return value;
}

static void write_number(const char *path, long value)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    fprintf(file, "%ld\n", value);
    fclose(file);
}

int huge_pages_reserve(void)
{
    long free_now = read_number(POOL "free_hugepages"), total = read_number(POOL "nr_hugepages");
    if (free_now < 0 || total < 0)
        return -ENOMEM;
    if (free_now >= WANTED)
        return 0;
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
