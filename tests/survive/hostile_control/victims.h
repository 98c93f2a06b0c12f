// SPDX-License-Identifier: Apache-2.0
// Which records of intent may be attacked: all but those that were in use when they were noted down.
#pragma once

#include "segment.h"

#include <stdbool.h>
#include <stdio.h>

#define VICTIM_TABLES 4 // TABLE_SHARD, TABLE_TRANSPORT, TABLE_STREAM, TABLE_ROUTE: the kinds of an intent record

struct intent_table {
    uint32_t count;   // of records
    size_t slot_size; // bytes of one value
    struct record_head *(*record)(const struct tables *tables, uint32_t index);
};

struct victims {
    bool *spared[VICTIM_TABLES]; // by index
    unsigned spared_count;
};

void victims_table(const struct tables *tables, enum table_kind kind, struct intent_table *ret_table);

// A line "KIND INDEX" for each record that is in use, and for the shards of the transports.
void victims_list(const struct tables *tables, FILE *to);

// Reads what victims_list wrote; no file: nothing is spared. 0 or -errno.
int victims_read(const struct tables *tables, const char *path, struct victims *ret_victims);
void victims_free(struct victims *victims);
