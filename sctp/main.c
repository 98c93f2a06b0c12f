// SPDX-License-Identifier: Apache-2.0
// naru-sctp: SCTP of all data channels, in a process of its own. Whatever usrsctp does to it costs no audio or video.
#include "config.h"
#include "isolation.h"
#include "segment.h"
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define EXIT_BAD_CONFIG 2

static const char help[] =
    "Usage: naru-sctp [OPTION]...\n"
    "naru's data channels: SCTP over what naru-control decrypts. It is started by naru-supervise, which hands it its "
    "end\n"
    "of a socket pair to naru-control; it runs until SIGTERM.\n"
    "\n"
    "  --config FILE     configuration (default " CONFIG_PATH ")\n"
    "  --check-config    read the configuration, say what is wrong, exit (0 or 2)\n"
    "  --check-memory    the same: it takes nothing over from a predecessor\n"
    "  --link FD         the socket pair's end (default 10); the page of its signs of life is the next one\n"
    "  --version         print the version\n"
    "  --help            print this text\n"
    "\n"
    "Environment: NARU_EPOCH  the boot epoch that the supervisor gave it.\n";

struct options {
    const char *config_path;
    int link;
    bool check;
};

// 0: go on. 1: everything was said. -1: a mistake.
static int parse(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"check-config", no_argument, NULL, 'k'},
                                          {"check-memory", no_argument, NULL, 'k'},
                                          {"link", required_argument, NULL, 'l'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (option == 'c')
            options->config_path = optarg;
        else if (option == 'k')
            options->check = true;
        else if (option == 'l')
            options->link = atoi(optarg);
        else if (option == 'v')
            return puts("naru-sctp " NARU_VERSION) < 0 ? -1 : 1;
        else if (option == 'h')
            return fputs(help, stdout) < 0 ? -1 : 1;
        else
            return -1;
    return optind == argc ? 0 : -1;
}

// NULL without a supervisor.
static struct segment_header *map_life(int fd)
{
    void *memory = mmap(NULL, sizeof(struct segment_header), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static int run(const struct options *options, const struct config *config)
{
    const char *epoch = getenv("NARU_EPOCH");
    struct service *service;
    const struct service_setup setup = {.link = options->link,
                                        .life = map_life(options->link + 1),
                                        .epoch = epoch ? strtoull(epoch, NULL, 10) : 1,
                                        .endpoints_max = config->limits.data_channel_peers};
    if (fcntl(options->link, F_SETFD, FD_CLOEXEC)) {
        fprintf(stderr, "naru-sctp: descriptor %d is not open: start naru-supervise, which starts this\n",
                options->link);
        return EXIT_FAILURE;
    }
    int error = service_open(&setup, &service);
    if (!error && isolation_enter("naru-sctp", config->gateway.sctp_user, FILTER_SCTP))
        return EXIT_FAILURE;
    if (!error)
        error = service_run(service);
    if (error)
        fprintf(stderr, "naru-sctp: %s\n", strerror(-error));
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static struct config config;
    struct config_error error;
    struct options options = {.config_path = CONFIG_PATH, .link = TABLES_FIRST_FD};
    int verdict = parse(argc, argv, &options);
    if (verdict < 0)
        fputs("naru-sctp: try naru-sctp --help\n", stderr);
    if (verdict)
        return verdict > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    if (config_load(options.config_path, &config, &error)) {
        fprintf(stderr, "naru-sctp: %s\n", error.text);
        return EXIT_BAD_CONFIG;
    }
    if (options.check)
        return EXIT_SUCCESS;
    isolation_begin();
    return run(&options, &config);
}
