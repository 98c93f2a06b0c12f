// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: naru-peers measure [options]\n"
    "       naru-peers forwarder ADDRESS PORT\n\n"
    "Sets up flows through a server, finds its highest rate without loss, and prints what a packet costs it, as JSON.\n"
    "perf/peers/run.sh makes the interfaces and starts the servers.\n\n"
    "  --server NAME       forwarder, rtpengine, janus or naru\n"
    "  --control WHERE     of rtpengine host:port (NG protocol), of Janus and naru the base URL; --token T for naru\n"
    "  --address A         where the server takes media        --own A   the generator's address\n"
    "  --interface I       frames are sent on it\n"
    "  --pid P, --cpu C    the server's process and the core that it is bound to (1)\n"
    "  --in S, --out S     SRTP suites: sha1_80, sha1_32, gcm_128, gcm_256 (sha1_80)\n"
    "  --flows N           (200)       --copies N   receivers of each flow (1)\n"
    "  --payload B         bytes of RTP payload, 64 to 1200 (1100)\n"
    "  --runs N            searches; the median counts (5)\n"
    "  --seconds S         of one window (1)\n"
    "  --guess R           packets a second into the server that are tried first (20000)\n"
    "  --most R            never more (400000)\n"
    "  --rate R            no search: --runs windows at that rate\n"
    "  --verbose           a line on stderr for each window, also where that is no terminal\n\n"
    "  naru-peers measure --server forwarder --interface gen0 --own 10.7.0.1 --address 10.7.0.2 --pid 4711\n";

static const struct option longs[] = {{"server", 1, 0, 's'},  {"control", 1, 0, 'c'}, {"token", 1, 0, 't'},
                                      {"address", 1, 0, 'a'}, {"own", 1, 0, 'o'},     {"interface", 1, 0, 'i'},
                                      {"pid", 1, 0, 'p'},     {"cpu", 1, 0, 'C'},     {"in", 1, 0, 'I'},
                                      {"out", 1, 0, 'O'},     {"flows", 1, 0, 'f'},   {"copies", 1, 0, 'n'},
                                      {"payload", 1, 0, 'b'}, {"runs", 1, 0, 'r'},    {"seconds", 1, 0, 'S'},
                                      {"guess", 1, 0, 'g'},   {"most", 1, 0, 'm'},    {"rate", 1, 0, 'R'},
                                      {"verbose", 0, 0, 'v'}, {"help", 0, 0, 'h'},    {0}};

static const struct server *find_server(const char *name)
{
    static const struct server *const servers[] = {&server_forwarder, &server_rtpengine, &server_janus, &server_naru};
    for (unsigned i = 0; i < sizeof(servers) / sizeof(*servers); i++)
        if (strcmp(servers[i]->name, name) == 0)
            return servers[i];
    return NULL;
}

static int take_text(int option, struct options *options)
{
    switch (option) {
    case 'v':
        options->verbose = true;
        return 0;
    case 's':
        options->server = find_server(optarg);
        return options->server ? 0 : -EINVAL;
    case 'c':
        options->to.control = optarg;
        return 0;
    case 't':
        options->to.token = optarg;
        return 0;
    case 'a':
        options->to.address = optarg;
        return 0;
    case 'o':
        options->to.own = optarg;
        return 0;
    case 'i':
        options->interface = optarg;
        return 0;
    case 'I':
        options->to.in = leg_suite_find(optarg);
        return options->to.in ? 0 : -EINVAL;
    case 'O':
        options->to.out = leg_suite_find(optarg);
        return options->to.out ? 0 : -EINVAL;
    default:
        return 1;
    }
}

static int take_number(int option, struct options *options)
{
    char *end;
    double value = strtod(optarg, &end);
    if (*end || end == optarg || !(value >= 0 && value < 1e8))
        return -EINVAL;
    const struct {
        int option;
        unsigned *count;
        double *real;
    } places[] = {{'p', &options->pid, 0},     {'C', &options->cpu, 0},     {'f', &options->flows, 0},
                  {'n', &options->copies, 0},  {'b', &options->payload, 0}, {'r', &options->runs, 0},
                  {'S', 0, &options->seconds}, {'g', 0, &options->guess},   {'m', 0, &options->most},
                  {'R', 0, &options->rate}};
    for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
        if (places[i].option != option)
            continue;
        if (places[i].count)
            *places[i].count = (unsigned)value;
        else
            *places[i].real = value;
        return 0;
    }
    return -EINVAL;
}

static bool is_complete(const struct options *options)
{
    return options->server && options->interface && options->to.own && options->to.address &&
           options->payload >= LOAD_PAYLOAD_MIN && options->payload <= LOAD_PAYLOAD_MAX && options->flows &&
           options->copies && options->runs && options->seconds > 0 && options->guess > 0;
}

int options_read(int argc, char **argv, struct options *ret_options)
{
    const struct leg_suite *suite = leg_suite_find("sha1_80");
    struct options options = {.to = {.in = suite, .out = suite},
                              .cpu = 1,
                              .flows = 200,
                              .copies = 1,
                              .payload = 1100,
                              .runs = 5,
                              .seconds = 1,
                              .guess = 20000,
                              .most = 400000};
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            return 1;
        }
        int error = option == '?' ? -EINVAL : take_text(option, &options);
        if (error == 1)
            error = take_number(option, &options);
        if (error) {
            fprintf(stderr, "naru-peers: %s %s: see --help\n", argv[optind - 1], optarg ? optarg : "");
            return error;
        }
    }
    if (optind < argc || !is_complete(&options)) {
        fprintf(stderr, "naru-peers: --server, --interface, --own and --address are needed; see --help\n");
        return -EINVAL;
    }
    *ret_options = options;
    return 0;
}
