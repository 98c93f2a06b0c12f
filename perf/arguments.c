// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_help(const struct perf_help *help)
{
    printf("%s\n\n%s\n\nOptions:\n", help->usage, help->text);
    if (help->only)
        printf("  --only WHAT  %s\n", help->only);
    if (help->has_plot)
        printf("  --plot FILE  the results as a picture (SVG)\n");
    if (help->sessions)
        printf("  --sessions N %s\n", help->sessions);
    printf("  --quick      fewer cases and slices: a look, not a result\n"
           "  --json       one JSON object instead of tables\n"
           "  --help       this text\n");
}

int arguments_read(int argc, char **argv, const struct perf_help *help, struct perf_options *ret_options)
{
    static const struct option known[] = {{"only", required_argument, NULL, 'o'},
                                          {"plot", required_argument, NULL, 'p'},
                                          {"sessions", required_argument, NULL, 's'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"quick", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    *ret_options = (struct perf_options){0};
    for (int option; (option = getopt_long(argc, argv, "jqh", known, NULL)) != -1;) {
        switch (option) {
        case 'o':
            ret_options->only = optarg;
            break;
        case 'p':
            ret_options->plot = optarg;
            break;
        case 's':
            ret_options->sessions = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'j':
            ret_options->json = true;
            break;
        case 'q':
            ret_options->quick = true;
            break;
        case 'h':
            print_help(help);
            return 1;
        default:
            return -EINVAL;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "naru-perf: %s: not an option; try --help\n", argv[optind]);
        return -EINVAL;
    }
    return 0;
}

void arguments_progress(const char *what, unsigned done, unsigned total)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (total)
        fprintf(stderr, "\r\033[K%u of %u: %s", done, total, what);
    else
        fprintf(stderr, "\r\033[K");
    fflush(stderr);
}
