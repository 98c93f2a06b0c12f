// SPDX-License-Identifier: Apache-2.0
#include "victims.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct record_head *shard(const struct tables *tables, uint32_t index)
{
    return &tables_shard(tables, index)->head;
}

static struct record_head *transport(const struct tables *tables, uint32_t index)
{
    return &tables_transport(tables, index)->head;
}

static struct record_head *stream(const struct tables *tables, uint32_t index)
{
    return &tables_stream(tables, index)->head;
}

static struct record_head *route(const struct tables *tables, uint32_t index)
{
    return &tables_route(tables, index)->head;
}

void victims_table(const struct tables *tables, enum table_kind kind, struct intent_table *ret_table)
{
    const struct intent_table all[VICTIM_TABLES] = {
        [TABLE_SHARD] = {tables->limits.shards, sizeof(struct shard_intent), shard},
        [TABLE_TRANSPORT] = {tables->limits.transports, sizeof(struct transport_intent), transport},
        [TABLE_STREAM] = {tables->limits.streams, sizeof(struct stream_intent), stream},
        [TABLE_ROUTE] = {tables->limits.routes, sizeof(struct route_intent), route},
    };
    *ret_table = all[kind];
}

// The generation stands first in each intent.
static bool is_in_use(const struct record_head *head, size_t size)
{
    uint8_t value[RECORD_MAX];
    uint32_t generation;
    if (!record_read(head, value, size))
        return false;
    memcpy(&generation, value, sizeof(generation));
    return generation != 0;
}

void victims_list(const struct tables *tables, FILE *to)
{
    for (enum table_kind kind = TABLE_TRANSPORT; kind < VICTIM_TABLES; kind++) {
        struct intent_table table;
        victims_table(tables, kind, &table);
        for (uint32_t i = 0; i < table.count; i++)
            if (is_in_use(table.record(tables, i), table.slot_size))
                fprintf(to, "%d %u\n", (int)kind, i);
    }
    for (uint32_t i = 0; i < tables->limits.transports; i++) {
        struct transport_intent intent;
        if (record_read(transport(tables, i), &intent, sizeof(intent)) && intent.generation)
            fprintf(to, "%d %u\n", (int)TABLE_SHARD, intent.shard);
    }
}

static int read_lines(const struct tables *tables, FILE *file, struct victims *victims)
{
    unsigned kind, index;
    while (fscanf(file, "%u %u", &kind, &index) == 2) {
        struct intent_table table = {0};
        if (kind < VICTIM_TABLES)
            victims_table(tables, (enum table_kind)kind, &table);
        if (index >= table.count)
            return -EBADMSG;
        victims->spared_count += !victims->spared[kind][index];
        victims->spared[kind][index] = true;
    }
    return feof(file) ? 0 : -EBADMSG;
}

int victims_read(const struct tables *tables, const char *path, struct victims *ret_victims)
{
    struct victims victims = {0};
    for (enum table_kind kind = TABLE_SHARD; kind < VICTIM_TABLES; kind++) {
        struct intent_table table;
        victims_table(tables, kind, &table);
        victims.spared[kind] = calloc(table.count, sizeof(bool));
        if (!victims.spared[kind])
            return -ENOMEM;
    }
    FILE *file = path ? fopen(path, "re") : NULL;
    int error = path && !file ? -errno : 0;
    if (file) {
        error = read_lines(tables, file, &victims);
        fclose(file);
    }
    *ret_victims = victims;
    return error;
}

void victims_free(struct victims *victims)
{
    for (unsigned kind = 0; kind < VICTIM_TABLES; kind++)
        free(victims->spared[kind]);
}
