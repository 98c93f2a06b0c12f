// SPDX-License-Identifier: Apache-2.0
#include "threads.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 320

// One line of a file of a thread; "" where there is none.
static void read_line(const char *folder, const char *thread, const char *name, char *line, size_t size)
{
    char path[PATH_SIZE];
    line[0] = 0;
    snprintf(path, sizeof(path), "%s/%s/%s", folder, thread, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (!fgets(line, (int)size, file))
        line[0] = 0;
    fclose(file);
    line[strcspn(line, "\n")] = 0;
}

static DIR *open_folder(pid_t pid, char folder[32])
{
    snprintf(folder, 32, "/proc/%d/task", (int)pid);
    return opendir(folder);
}

static struct dirent *next(DIR *directory)
{
    struct dirent *entry;
    while ((entry = readdir(directory)) && entry->d_name[0] == '.')
        ;
    return entry;
}

uint64_t threads_waited(pid_t pid)
{
    char folder[32], line[96];
    uint64_t sum = 0;
    DIR *directory = open_folder(pid, folder);
    if (!directory)
        return 0;
    for (struct dirent *entry; (entry = next(directory));) {
        unsigned long long ran, waited;
        read_line(folder, entry->d_name, "schedstat", line, sizeof(line));
        if (sscanf(line, "%llu %llu", &ran, &waited) == 2)
            sum += waited;
    }
    closedir(directory);
    return sum;
}

static void describe(const char *folder, const char *thread, char *text, size_t size)
{
    char stat[256], place[64], name[20] = "?", state = '?';
    read_line(folder, thread, "stat", stat, sizeof(stat));
    read_line(folder, thread, "wchan", place, sizeof(place));
    const char *end = strrchr(stat, ')'); // a name may hold anything
    (void)sscanf(stat, "%*d (%17[^)]", name);
    if (end)
        (void)sscanf(end, ") %c", &state);
    snprintf(text, size, "%s %c %s", name, state, strcmp(place, "0") == 0 ? "" : place);
}

void threads_describe(pid_t pid, char ret_text[THREADS_TEXT_SIZE])
{
    char folder[32];
    size_t length = 0;
    strcpy(ret_text, "unknown");
    DIR *directory = open_folder(pid, folder);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = next(directory)) && length + 2 < THREADS_TEXT_SIZE;) {
        if (length)
            length += (size_t)snprintf(ret_text + length, THREADS_TEXT_SIZE - length, ", ");
        describe(folder, entry->d_name, ret_text + length, THREADS_TEXT_SIZE - length);
        length += strlen(ret_text + length);
    }
    closedir(directory);
}
