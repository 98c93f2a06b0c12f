// SPDX-License-Identifier: Apache-2.0
#include "simulate_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: naru-simulate [OPTION]...\n"
    "naru's control plane and dataplane in one process and one thread, in virtual time, with simulated peers and a "
    "network\n"
    "between them. Everything comes out of the seed: the same seed gives the same run, and the same hash of its "
    "trace.\n"
    "\n"
    "  --seed N        default 1\n"
    "  --sessions N    peers that come (default 100)\n"
    "  --seconds N     of virtual time in which they come and go (default 60); what is left then ends, too\n"
    "  --faults LIST   of: loss, reorder, duplicate, delay, kill-control, kill-dataplane, clock (steps of the wall\n"
    "                  clock), pause (the machine stands still), move (shards to other workers), all, none (default "
    "all)\n"
    "  --dtls KIND     stand-in (default), or openssl: real handshakes under the simulated clock. Their randomness is\n"
    "                  OpenSSL's own, so such a run cannot be repeated exactly\n"
    "  --trace         print each event\n"
    "  --help          print this text\n"
    "\n"
    "Exit status: 0 every rule was kept, 1 one was broken (the line says which), 2 bad usage, 77 DPDK does not start.\n"
    "\n"
    "Examples:\n"
    "  naru-simulate --seed 42\n"
    "  naru-simulate --seed 42 --faults loss,kill-control --trace | less\n"
    "  naru-simulate --dtls openssl --faults clock --sessions 40\n";

static const struct {
    const char *name;
    unsigned bits;
} faults[] = {{"loss", FAULT_LOSS},
              {"reorder", FAULT_REORDER},
              {"duplicate", FAULT_DUPLICATE},
              {"delay", FAULT_DELAY},
              {"kill-control", FAULT_KILL_CONTROL},
              {"kill-dataplane", FAULT_KILL_DATAPLANE},
              {"clock", FAULT_CLOCK},
              {"pause", FAULT_PAUSE},
              {"move", FAULT_MOVE},
              {"all", FAULTS_ALL},
              {"none", 0}};
#define FAULT_NAMES (sizeof(faults) / sizeof(faults[0]))

static int parse_faults(char *text, unsigned *ret_faults)
{
    char *rest = NULL;
    *ret_faults = 0;
    for (char *name = strtok_r(text, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        unsigned row = 0;
        while (row < FAULT_NAMES && strcmp(name, faults[row].name) != 0)
            row++;
        if (row == FAULT_NAMES) {
            fprintf(stderr, "naru-simulate: --faults: there is no fault %s (see --help)\n", name);
            return -EINVAL;
        }
        *ret_faults |= faults[row].bits;
    }
    return 0;
}

const char *options_faults_text(unsigned bits)
{
    static char text[128];
    text[0] = 0;
    for (unsigned row = 0; faults[row].bits != FAULTS_ALL; row++)
        if (bits & faults[row].bits)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", text[0] ? "," : "", faults[row].name);
    return text[0] ? text : "none";
}

static int parse_number(const char *name, unsigned long long most, unsigned long long *ret_number)
{
    char *end;
    *ret_number = strtoull(optarg, &end, 10);
    if (end != optarg && !*end && *ret_number <= most)
        return 0;
    fprintf(stderr, "naru-simulate: --%s %s: a number up to %llu\n", name, optarg, most);
    return -EINVAL;
}

static int take(int option, struct options *options)
{
    unsigned long long number = 0;
    int error = 0;
    switch (option) {
    case 's':
        error = parse_number("seed", UINT64_MAX, &number);
        options->seed = number;
        return error;
    case 'n':
        error = parse_number("sessions", 60000, &number);
        options->sessions = (unsigned)number;
        return error;
    case 't':
        error = parse_number("seconds", 100000, &number);
        options->seconds = (unsigned)number;
        return error;
    case 'f':
        return parse_faults(optarg, &options->faults);
    case 'd':
        options->openssl = !strcmp(optarg, "openssl");
        return options->openssl || !strcmp(optarg, "stand-in") ? 0 : -EINVAL;
    case 'v':
        options->trace = true;
        return 0;
    case 'h':
        fputs(help, stdout);
        return 1;
    default:
        return -EINVAL;
    }
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
    static const struct option known[] = {
        {"seed", required_argument, NULL, 's'},    {"sessions", required_argument, NULL, 'n'},
        {"seconds", required_argument, NULL, 't'}, {"faults", required_argument, NULL, 'f'},
        {"dtls", required_argument, NULL, 'd'},    {"trace", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    *ret_options = (struct options){.seed = 1, .sessions = 100, .seconds = 60, .faults = FAULTS_ALL};
    int option, verdict = 0;
    while (!verdict && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        verdict = take(option, ret_options);
    if (!verdict && optind < argc)
        verdict = -EINVAL;
    if (verdict < 0)
        fputs("naru-simulate: try naru-simulate --help\n", stderr);
    return verdict;
}
