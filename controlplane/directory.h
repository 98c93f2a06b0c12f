// SPDX-License-Identifier: Apache-2.0
// Things by name. Entries are part of what they name; the directory owns nothing but its buckets.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct directory_entry {
    const char *name; // the owner's; does not change while it is listed
    struct directory_entry *next;
};

struct directory {
    struct directory_entry **buckets;
    uint32_t mask, count;
    uint64_t seed; // names come from outside: they must not choose their bucket
};

// For about so many entries. 0 or -ENOMEM.
int directory_open(struct directory *directory, uint32_t expected, uint64_t seed);
void directory_close(struct directory *directory);

void directory_add(struct directory *directory, struct directory_entry *entry);
void directory_remove(struct directory *directory, struct directory_entry *entry);
struct directory_entry *directory_find(const struct directory *directory, const char *name);
