// SPDX-License-Identifier: Apache-2.0
#include "format.h"
#include "show.h"
#include "table.h"

static void print_workers(const json_t *workers, FILE *out)
{
    static const struct table_column columns[] = {
        {"WORKER", true},     {"CPU", true},      {"STATE", false}, {"LOAD", true},     {"NEW SESSIONS", false},
        {"TRANSPORTS", true}, {"RECEIVED", true}, {"SENT", true},   {"CONSUMED", true}, {"DROPPED", true},
        {"UNDER WAY", true},  {"WALKS", true},    {"SLEEPS", true}, {.title = NULL}};
    static const char *const numbers[] = {"transports", "received", "sent",  "consumed",
                                          "dropped",    "balance",  "walks", "sleeps"};
    struct table *table = table_new(columns);
    size_t i;
    json_t *worker;
    json_array_foreach(workers, i, worker)
    {
        table_cell(table, "%lld", number_of(worker, "index"));
        table_cell(table, "%lld", number_of(worker, "cpu"));
        table_cell(table, "%s", json_is_true(json_object_get(worker, "alive")) ? "alive" : "dead");
        table_cell(table, "%.0f %%", 100 * json_number_value(json_object_get(worker, "load")));
        table_cell(table, "%s",
                   json_is_true(json_object_get(worker, "draining"))     ? "draining"
                   : json_is_true(json_object_get(worker, "overloaded")) ? "overloaded"
                                                                         : "yes");
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            table_cell(table, "%lld", number_of(worker, numbers[n]));
    }
    table_print(table, out, "no worker shows life: is naru-dataplane running?");
}

static void print_nodes(const json_t *workers, FILE *out)
{
    static const struct table_column columns[] = {{"NODE", false}, {"WORKER", true},       {"PACKETS", true},
                                                  {"CALLS", true}, {"PACKETS/CALL", true}, {"CYCLES/PACKET", true},
                                                  {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i, n;
    json_t *worker, *node;
    json_array_foreach(workers, i, worker)
    {
        json_array_foreach(json_object_get(worker, "nodes"), n, node)
        {
            long long calls = number_of(node, "calls"), packets = number_of(node, "packets");
            if (!calls)
                continue;
            table_cell(table, "%s", text_of(node, "name"));
            table_cell(table, "%lld", number_of(worker, "index"));
            table_cell(table, "%lld", packets);
            table_cell(table, "%lld", calls);
            table_cell(table, "%.2f", (double)packets / (double)calls);
            table_cell(table, "%.0f", json_number_value(json_object_get(node, "cycles_per_packet")));
        }
    }
    table_print(table, out, "no node has run yet");
}

void show_workers(const json_t *answer, FILE *out)
{
    const json_t *workers = json_object_get(answer, "workers");
    print_workers(workers, out);
    fputc('\n', out);
    print_nodes(workers, out);
}
