// SPDX-License-Identifier: Apache-2.0
#include "format.h"
#include "show.h"
#include "table.h"

void show_shards(const json_t *answer, FILE *out)
{
    static const struct table_column columns[] = {{"SHARD", true},    {"WORKER", true},     {"ROOMS", true},
                                                  {"SESSIONS", true}, {"UDP PORTS", false}, {"NEW ROOMS", false},
                                                  {"MOVING", false},  {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *shard;
    json_array_foreach(json_object_get(answer, "shards"), i, shard)
    {
        long long first = number_of(shard, "first_port");
        table_cell(table, "%lld", number_of(shard, "index"));
        table_cell(table, "%lld", number_of(shard, "worker"));
        table_cell(table, "%lld", number_of(shard, "rooms"));
        table_cell(table, "%lld", number_of(shard, "sessions"));
        table_cell(table, "%lld-%lld", first, first + number_of(shard, "ports") - 1);
        table_cell(table, "%s", json_is_true(json_object_get(shard, "draining")) ? "draining" : "yes");
        table_cell(table, "%s", json_is_true(json_object_get(shard, "moving")) ? "yes" : "");
    }
    table_print(table, out, "no shards");
}
