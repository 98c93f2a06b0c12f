// SPDX-License-Identifier: Apache-2.0
// naru-perf: one command per question.
#include "bare.h"
#include "commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *question;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"srtp", "what does SRTP cost: ipsec-mb, naru's srtp/, OpenSSL, libsrtp2, side by side?", srtp_command},
    {"pipeline", "what does the whole dataplane cost over its crypto and a bare forwarder?", pipeline_command},
    {"memif", "what rate does naru-dataplane hold without loss, and how long does a packet take?", memif_command},
    {"setup", "what do sessions cost to set up, how long does it take, and what do idle ones hold?", setup_command},
    {"accept", "which goals are met?", accept_command},
};

static void print_commands(FILE *out)
{
    fprintf(out, "usage: naru-perf COMMAND [options]\n\n");
    for (unsigned i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].question);
    fprintf(out,
            "\nEach has --help, --quick and --json. Only ratios within one run mean anything on a shared machine.\n");
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "bare") == 0) // started by naru-perf itself
        return bare_command(argc - 1, argv + 1);
    for (unsigned i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    bool asked = argc == 2 && strcmp(argv[1], "--help") == 0;
    if (argc > 1 && !asked)
        fprintf(stderr, "naru-perf: %s: no such command\n", argv[1]);
    print_commands(asked ? stdout : stderr);
    return asked ? 0 : 2;
}
