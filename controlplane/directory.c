// SPDX-License-Identifier: Apache-2.0
#include "directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int directory_open(struct directory *directory, uint32_t expected, uint64_t seed)
{
    uint32_t buckets = 16;
    while (buckets < expected && buckets < 1u << 20)
        buckets *= 2;
    *directory =
        (struct directory){.buckets = calloc(buckets, sizeof(*directory->buckets)), .mask = buckets - 1, .seed = seed};
    return directory->buckets ? 0 : -ENOMEM;
}

void directory_close(struct directory *directory)
{
    free(directory->buckets);
    *directory = (struct directory){0};
}

static struct directory_entry **bucket(const struct directory *directory, const char *name)
{
    uint64_t hash = directory->seed;
    for (; *name; name++) {
        hash = (hash ^ (uint8_t)*name) * 0x9e3779b97f4a7c15ULL;
        hash ^= hash >> 29;
    }
    return &directory->buckets[(hash ^ hash >> 32) & directory->mask];
}

void directory_add(struct directory *directory, struct directory_entry *entry)
{
    struct directory_entry **head = bucket(directory, entry->name);
    entry->next = *head;
    *head = entry;
    directory->count++;
}

void directory_remove(struct directory *directory, struct directory_entry *entry)
{
    for (struct directory_entry **at = bucket(directory, entry->name); *at; at = &(*at)->next)
        if (*at == entry) {
            *at = entry->next;
            directory->count--;
            return;
        }
}

struct directory_entry *directory_find(const struct directory *directory, const char *name)
{
    struct directory_entry *entry = *bucket(directory, name);
    while (entry && strcmp(entry->name, name))
        entry = entry->next;
    return entry;
}
