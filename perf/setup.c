// SPDX-License-Identifier: Apache-2.0
// naru-perf setup: WHIP sessions against a real stage, from the POST to the first SRTP packet, and what they hold
// when nothing happens.
#include "accept.h"
#include "arguments.h"
#include "commands.h"
#include "crypto.h"
#include "figures.h"
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLES      20000 // sessions; the goal of memory speaks of as many
#define RATIO_GOAL  1.35
#define P99_GOAL    250.0
#define MEMORY_GOAL 40000.0

static const struct perf_help help = {
    .usage = "usage: naru-perf setup [options]",
    .text =
        "Publishers (audio and video), each over an HTTP connection of its own, come up at a steady rate: POST, SDP, "
        "ICE\n"
        "check, DTLS, first SRTP packets. The gateway is real (naru-supervise, naru-dataplane, naru-control in\n"
        "namespaces of their own, an AF_XDP device on a veth pair), the client the independent one of the tests.\n"
        "naru-control has one CPU, everything else the other. Beside it on the same CPU: the server's half of a bare\n"
        "OpenSSL handshake with ECDSA P-256 certificates on both sides. Needs root, and two CPUs.\n\n"
        "  naru-perf setup --quick                     a few seconds\n"
        "  naru-perf setup --sessions 20000            idle sessions (2000)\n"
        "  naru-perf setup --only cost                 idle: memory; cost: CPU, rate and time\n"
        "  naru-perf setup --json > setup.json",
    .only = "idle or cost",
    .sessions = "how many are left idle"};

static double number(json_t *report, const char *part, const char *name)
{
    return json_number_value(json_object_get(json_object_get(report, part), name));
}

static void print_cost(json_t *report)
{
    if (!json_object_get(report, "cost"))
        return;
    printf("CPU of naru-control per session  %7.0f us\n", number(report, "cost", "cpu_us"));
    printf("bare handshake, server           %7.0f us  (%s)\n", number(report, "cost", "handshake_us"),
           json_string_value(json_object_get(json_object_get(report, "cost"), "handshake")));
    printf("ratio                            %7.2f     goal %.2f\n", number(report, "cost", "cpu_ratio"), RATIO_GOAL);
    printf(
        "highest rate kept up             %7.0f /s  (naru-control %.0f %% of its CPU, the client %.0f %% of another)\n",
        number(report, "cost", "highest_rate"), 100 * number(report, "cost", "control_busy"),
        100 * number(report, "cost", "client_busy"));
    printf("at half of it: CPU per session    %7.0f us  (each flight finds the caches cold)\n",
           number(report, "cost", "cpu_us_at_half"));
    printf("set-up time at %.0f/s: p50 %.1f, p90 %.1f, p99 %.1f, most %.1f ms; goal for p99 %.0f ms\n",
           number(report, "cost", "rate"), number(report, "cost", "p50_ms"), number(report, "cost", "p90_ms"),
           number(report, "cost", "p99_ms"), number(report, "cost", "max_ms"), P99_GOAL);
}

static void print_idle(json_t *report)
{
    if (!json_object_get(report, "idle"))
        return;
    printf(
        "memory of an idle session        %7.0f B   goal %.0f (naru-control %.0f, naru-dataplane %.0f, shared %.0f;\n"
        "                                             %.0f sessions, %.0f packets accepted, %.0f refused)\n",
        number(report, "idle", "bytes"), MEMORY_GOAL, number(report, "idle", "control_bytes"),
        number(report, "idle", "dataplane_bytes"), number(report, "idle", "shared_bytes"),
        number(report, "idle", "sessions"), number(report, "idle", "rtp_accepted"),
        number(report, "idle", "rtp_refused"));
}

static bool is_met(json_t *report)
{
    return number(report, "cost", "cpu_ratio") <= RATIO_GOAL && number(report, "cost", "p99_ms") <= P99_GOAL &&
           number(report, "cost", "failed") == 0 && number(report, "idle", "failed") == 0 &&
           number(report, "idle", "bytes") <= MEMORY_GOAL;
}

static struct setup_plan make_plan(const struct perf_options *options)
{
    struct setup_plan plan = {.tables = TABLES, .idle = 2000, .rounds = 6, .seconds = 1.5, .first_rate = 200};
    if (options->quick)
        plan = (struct setup_plan){.tables = 2000, .idle = 200, .rounds = 2, .seconds = 0.5, .first_rate = 100};
    if (options->sessions)
        plan.idle = options->sessions;
    if (plan.idle > plan.tables)
        plan.tables = plan.idle;
    if (options->only && options->only[0] == 'c')
        plan.idle = 0;
    if (options->only && options->only[0] == 'i')
        plan.rounds = 0;
    return plan;
}

int setup_command(int argc, char **argv)
{
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    struct setup_plan plan = make_plan(&options);
    json_t *report = setup_run(&plan);
    if (!report || crypto_start()) // machine_describe names its backend
        return 1;
    bool met = is_met(report);
    if (options.json)
        machine_print_json("setup", report);
    else {
        printf("%s, %s\n\n", machine_describe(), json_string_value(json_object_get(report, "device")));
        print_cost(report);
        print_idle(report);
    }
    json_decref(report);
    return met ? 0 : 1;
}

int accept_setup(void)
{
    const struct setup_plan plan = {.tables = TABLES, .idle = 2000, .rounds = 5, .seconds = 1, .first_rate = 250};
    json_t *report = setup_run(&plan);
    if (!report || number(report, "idle", "failed") > 0 || number(report, "cost", "failed") > 0) {
        fprintf(stderr, "naru-perf: setup: sessions failed\n");
        json_decref(report);
        return -1;
    }
    accept_add("setup_cpu_ratio", number(report, "cost", "cpu_ratio"));
    accept_add("setup_p99_ms", number(report, "cost", "p99_ms"));
    accept_add("idle_bytes_per_session", number(report, "idle", "bytes"));
    json_decref(report);
    return 0;
}
