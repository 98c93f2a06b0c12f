// SPDX-License-Identifier: Apache-2.0
#include "control_options.h"

#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "Usage: naru-control [OPTION]...\n"
    "naru's control plane: HTTP (WHIP, WHEP, REST), SDP, ICE, DTLS, rooms. It is started by naru-supervise, which\n"
    "hands it the shared memory; it runs until SIGTERM.\n"
    "\n"
    "  --config FILE     configuration (default " CONFIG_PATH ")\n"
    "  --check-config    read the configuration, say what is wrong, exit (0 or 2)\n"
    "  --check-memory    say whether this release could take over what runs (on the descriptors), exit (0 or 1)\n"
    "  --print-config    print the default configuration with every key explained\n"
    "  --fds LIST        descriptors instead of 10, 11, ...: intent,state,rings,control-eventfd,\n"
    "                    one eventfd per worker,journal,supervision,link\n"
    "  --version         print the version\n"
    "  --help            print this text\n"
    "\n"
    "Environment: NARU_EPOCH  the boot epoch that the supervisor gave it.\n"
    "\n"
    "Examples:\n"
    "  naru-control --print-config > /etc/naru/naru.yaml\n"
    "  naru-control --config ./naru.yaml --check-config\n"
    "  naru-control --config ./naru.yaml --fds 3,4,5,6,7,8     # one worker: 7 is its eventfd, 8 the journal\n";

static int parse_fds(const char *text, int fds[CONTROL_FDS_MAX])
{
    unsigned count = 0;
    for (char *end; count < CONTROL_FDS_MAX; text = end + 1) {
        long number = strtol(text, &end, 10);
        if (end == text || number < 0 || number > 65535)
            return -EINVAL;
        fds[count++] = (int)number;
        if (*end != ',')
            return *end || count < 6 ? -EINVAL : 0;
    }
    return -EINVAL;
}

static int take(int option, struct control_options *options)
{
    switch (option) {
    case 'c':
        options->config_path = optarg;
        return 0;
    case 'k':
        options->check_config = true;
        return 0;
    case 'm':
        options->check_memory = true;
        return 0;
    case 'p':
        config_print_commented(stdout);
        return 1;
    case 'f':
        if (!parse_fds(optarg, options->fds))
            return 0;
        fprintf(stderr, "naru-control: --fds %s: at least six numbers, separated by commas (see --help)\n", optarg);
        return -EINVAL;
    case 'v':
        puts("naru-control " NARU_VERSION);
        return 1;
    case 'h':
        fputs(help, stdout);
        return 1;
    default:
        fputs("naru-control: try naru-control --help\n", stderr);
        return -EINVAL;
    }
}

int control_options_parse(int argc, char **argv, struct control_options *ret_options)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"check-config", no_argument, NULL, 'k'},
        {"check-memory", no_argument, NULL, 'm'}, {"print-config", no_argument, NULL, 'p'},
        {"fds", required_argument, NULL, 'f'},    {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    *ret_options = (struct control_options){.config_path = CONFIG_PATH};
    for (unsigned i = 0; i < CONTROL_FDS_MAX; i++)
        ret_options->fds[i] = TABLES_FIRST_FD + (int)i;
    int option, verdict = 0;
    while (!verdict && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        verdict = take(option, ret_options);
    if (!verdict && optind < argc) {
        fprintf(stderr, "naru-control: unexpected argument %s (see --help)\n", argv[optind]);
        return -EINVAL;
    }
    return verdict;
}
