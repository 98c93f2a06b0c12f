// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 256

uint64_t usage_cpu_ns(pid_t process)
{
    char path[64];
    uint64_t sum = 0, spent;
    snprintf(path, sizeof(path), "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        snprintf(path, sizeof(path), "/proc/%d/task/%.16s/schedstat", process, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file && fscanf(file, "%lu", &spent) == 1)
            sum += spent;
        if (file)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return sum;
}

// What no file backs: private memory in pages of either size.
static uint64_t own_bytes(pid_t process)
{
    char path[64], line[256];
    unsigned long kib, sum = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "RssAnon: %lu kB", &kib) == 1)
            sum = kib;
    if (file)
        fclose(file);
    return sum * 1024;
}

struct memories {
    ino_t known[FILES_MAX];
    unsigned count;
    uint64_t bytes;
};

static void add_memory(struct memories *memories, const struct stat *status)
{
    for (unsigned i = 0; i < memories->count; i++)
        if (memories->known[i] == status->st_ino)
            return;
    if (memories->count == FILES_MAX)
        return;
    memories->known[memories->count++] = status->st_ino;
    memories->bytes += (uint64_t)status->st_blocks * 512; // the pages that were ever touched, huge ones whole
}

static void add_memories(pid_t process, struct memories *memories)
{
    char path[64], target[64];
    struct stat status;
    snprintf(path, sizeof(path), "/proc/%d/fd", process);
    DIR *files = opendir(path);
    for (struct dirent *file; files && (file = readdir(files));) {
        snprintf(path, sizeof(path), "/proc/%d/fd/%.16s", process, file->d_name);
        ssize_t size = readlink(path, target, sizeof(target) - 1);
        if (size > 8 && !strncmp(target, "/memfd:", 7) && !stat(path, &status))
            add_memory(memories, &status);
    }
    if (files)
        closedir(files);
}

void usage_memory(const pid_t processes[2], struct usage_memory *ret_memory)
{
    struct memories memories = {.count = 0};
    for (unsigned i = 0; i < 2; i++) {
        ret_memory->own[i] = own_bytes(processes[i]);
        add_memories(processes[i], &memories);
    }
    ret_memory->shared = memories.bytes;
}
