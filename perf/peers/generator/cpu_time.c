// SPDX-License-Identifier: Apache-2.0
#include "cpu_time.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t read_schedstat(const char *path)
{
    uint64_t ran = 0;
    FILE *file = fopen(path, "r");
    if (!file)
        return 0; // the thread has ended
    if (fscanf(file, "%" SCNu64, &ran) != 1)
        ran = 0;
    fclose(file);
    return ran;
}

static uint64_t process_time(unsigned pid)
{
    char path[288];
    uint64_t sum = 0;
    snprintf(path, sizeof(path), "/proc/%u/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        return 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "/proc/%u/task/%.20s/schedstat", pid, task->d_name);
        sum += read_schedstat(path);
    }
    closedir(tasks);
    return sum;
}

static unsigned find_ksoftirqd(unsigned cpu)
{
    char wanted[32], path[288], name[32] = "";
    unsigned found = 0;
    snprintf(wanted, sizeof(wanted), "ksoftirqd/%u\n", cpu);
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && !found && (entry = readdir(processes));) {
        snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
        FILE *file = atoi(entry->d_name) ? fopen(path, "r") : NULL;
        if (file && fgets(name, sizeof(name), file) && strcmp(name, wanted) == 0)
            found = (unsigned)atoi(entry->d_name);
        if (file)
            fclose(file);
    }
    if (processes)
        closedir(processes);
    return found;
}

// proc(5): user nice system idle iowait irq softirq steal, in ticks.
static void read_core(unsigned cpu, struct cpu_time *time)
{
    char line[512], wanted[16];
    uint64_t ticks[8] = {0}, tick_ns = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
    FILE *file = fopen("/proc/stat", "r");
    int length = snprintf(wanted, sizeof(wanted), "cpu%u ", cpu);
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, wanted, (size_t)length) != 0)
            continue;
        char *at = line + length;
        for (unsigned i = 0; i < 8; i++)
            ticks[i] = strtoull(at, &at, 10);
    }
    if (file)
        fclose(file);
    time->softirq_ns = (ticks[5] + ticks[6]) * tick_ns;
    time->steal_ns = ticks[7] * tick_ns;
}

void cpu_time_read(unsigned pid, unsigned cpu, struct cpu_time *ret_time)
{
    static unsigned ksoftirqd;
    if (!ksoftirqd)
        ksoftirqd = find_ksoftirqd(cpu);
    read_core(cpu, ret_time);
    ret_time->process_ns = process_time(pid) + (ksoftirqd ? process_time(ksoftirqd) : 0);
}
