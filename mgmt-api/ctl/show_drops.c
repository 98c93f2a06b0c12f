// SPDX-License-Identifier: Apache-2.0
// Accounts for every packet: what was not forwarded stands here with its reason.
#include "format.h"
#include "show.h"
#include "table.h"

static void print_kind(const json_t *counts, const char *empty, FILE *out)
{
    static const struct table_column columns[] = {
        {"REASON", false}, {"PACKETS", true}, {"WHAT IT MEANS", false}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *count;
    json_array_foreach(counts, i, count)
    {
        if (!number_of(count, "packets"))
            continue;
        table_cell(table, "%s", text_of(count, "name"));
        table_cell(table, "%lld", number_of(count, "packets"));
        table_cell(table, "%s", text_of(count, "help"));
    }
    table_print(table, out, empty);
}

static void add_sums(struct table *table, const json_t *sums, const char *name)
{
    static const char *const numbers[] = {"received", "created", "sent", "consumed", "dropped", "balance"};
    table_cell(table, "%s", name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        table_cell(table, "%lld", number_of(sums, numbers[i]));
}

static void print_sums(const json_t *answer, FILE *out)
{
    static const struct table_column columns[] = {{"WORKER", false},   {"RECEIVED", true},   {"+ CREATED", true},
                                                  {"= SENT", true},    {"+ CONSUMED", true}, {"+ DROPPED", true},
                                                  {"+ BALANCE", true}, {.title = NULL}};
    struct table *table = table_new(columns);
    size_t i;
    json_t *worker;
    json_array_foreach(json_object_get(answer, "workers"), i, worker)
    {
        char name[FORMAT_SIZE];
        snprintf(name, sizeof name, "%lld", number_of(worker, "index"));
        add_sums(table, worker, name);
    }
    add_sums(table, json_object_get(answer, "total"), "all");
    table_print(table, out, "no workers");
}

void show_drops(const json_t *answer, FILE *out)
{
    print_kind(json_object_get(answer, "dropped"), "no packet was dropped", out);
    fputs("\nConsumed: packets that were for naru itself, and are not forwarded by design\n", out);
    print_kind(json_object_get(answer, "consumed"), "no packet was consumed", out);
    fputs("\nCreated: packets that naru made\n", out);
    print_kind(json_object_get(answer, "created"), "no packet was created", out);
    fputs("\nThe balance is what is under way at this moment: 0 when quiet\n", out);
    print_sums(answer, out);
    long long punts = number_of(answer, "punts_dropped"), injects = number_of(answer, "injects_dropped");
    if (punts || injects)
        fprintf(out, "\nRings between the programs were full: %lld punts and %lld injects were lost\n", punts, injects);
    long long ignored = number_of(answer, "dtls_ignored"), dropped = number_of(answer, "dtls_dropped");
    if (ignored || dropped)
        fprintf(out, "\nDTLS of connected sessions: %lld datagrams that nobody wants, %lld plain, forged or replayed\n",
                ignored, dropped);
    long long withheld = number_of(answer, "checks_withheld");
    if (withheld)
        fprintf(out, "\n%lld ICE checks were withheld: all sessions together would have sent too many\n", withheld);
}
