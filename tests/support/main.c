// SPDX-License-Identifier: Apache-2.0
#include "commands.h"

#include <curl/curl.h>
#include <signal.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *purpose;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"session", "publish and watch over WHIP and WHEP, and check what arrives", command_session},
    {"loop", "the client against itself, without a gateway", command_loop},
    {"stun-ping", "one Binding request, and what is answered", command_stun_ping},
    {"junk", "datagrams that a gateway must drop", command_junk},
    {"observe", "every SRTP and SRTCP index that a gateway sends: is one used twice", command_observe},
    {"load", "publishers at a steady rate, as orders on stdin ask for them", command_load},
};

static void print_help(FILE *out)
{
    fputs("naru-client COMMAND [options]: an independent WebRTC client for testing gateways\n\n", out);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].purpose);
    fputs("\nEach command has --help with examples. Results go to stdout (--json: as JSON), progress to stderr.\n"
          "Exit status: 0 all was as it should be, 1 it was not, or the options are wrong.\n",
          out);
}

int main(int argc, char **argv)
{
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, argv[1]))
            continue;
        if (srtp_init() != srtp_err_status_ok || curl_global_init(CURL_GLOBAL_DEFAULT)) {
            fprintf(stderr, "naru-client: libsrtp2 or libcurl cannot be initialised\n");
            return 1;
        }
        int status = commands[i].run(argc - 1, argv + 1);
        curl_global_cleanup();
        srtp_shutdown();
        return status;
    }
    fprintf(stderr, "naru-client: %s: no such command, see --help\n", argv[1]);
    return 1;
}
