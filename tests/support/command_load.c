// SPDX-License-Identifier: Apache-2.0
// "load": publishers at a steady rate, as orders on stdin ask for them. Sessions begin when their turn comes whether or
// not those before them are done, so a slow gateway cannot slow its own load down.
#include "load_set.h"

#include "byte_order.h"
#include "commands.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_opened(struct load_set *set, const struct load_outcome *outcome, double cpu)
{
    json_t *report = json_pack(
        "{s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s, s:s}", "asked", (int)outcome->asked, "connected",
        (int)outcome->connected, "failed", (int)outcome->failed, "most_at_once", (int)outcome->most_at_once, "seconds",
        outcome->seconds, "client_cpu", cpu, "p50_ms", load_percentile(set, 0.50), "p90_ms", load_percentile(set, 0.90),
        "p99_ms", load_percentile(set, 0.99), "max_ms", load_percentile(set, 1), "late_ms", outcome->latest_start_ms,
        "suite", outcome->suite, "error", outcome->error);
    json_dumpf(report, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(report);
    printf("\n");
    fflush(stdout);
}

static int open_sessions(struct load_set *set, unsigned count, double rate)
{
    struct load_outcome outcome;
    if (load_prepare(set, count))
        return -1;
    double before = cpu_seconds();
    load_open(set, rate, &outcome);
    print_opened(set, &outcome, cpu_seconds() - before);
    return 0;
}

// A line is an order: "open COUNT PER-SECOND", "close".
static int obey(struct load_set *set, const char *line)
{
    unsigned count;
    double rate;
    if (sscanf(line, "open %u %lf", &count, &rate) == 2 && count && rate > 0)
        return open_sessions(set, count, rate);
    if (strncmp(line, "close", 5)) {
        fprintf(stderr, "naru-client: no such order: %s", line);
        return -1;
    }
    unsigned closed = load_close(set);
    printf("{\"closed\":%u}\n", closed);
    fflush(stdout);
    return 0;
}

int command_load(int argc, char **argv)
{
    struct client_options options;
    struct load_set set;
    int result = client_options_read(argc, argv, &options);
    if (result)
        return result != 1;
    if (!options.whip) {
        fprintf(stderr, "naru-client: --whip is needed, see --help\n");
        return 1;
    }
    if (load_set_open(&set, &options))
        return 1;
    char line[128];
    (void)setvbuf(stdin, NULL, _IONBF, 0); // what lay in a buffer, nobody would be woken for
    while (!result && load_wait_for_order(&set) && fgets(line, sizeof(line), stdin))
        result = obey(&set, line);
    load_set_close(&set);
    return result != 0;
}
