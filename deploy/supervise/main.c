// SPDX-License-Identifier: Apache-2.0
// naru-supervise: holds the memory, starts, fences and restarts naru-dataplane and naru-control.
#include "configuration.h"
#include "isolation.h"
#include "keeper.h"
#include "restart_policy.h"
#include "shared_memory.h"
#include "supervisor.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

static const char help[] =
    "naru-supervise starts naru-dataplane and naru-control, and keeps them alive.\n"
    "\n"
    "  --config FILE       the configuration, " CONFIG_PATH " by default\n"
    "  --bin-dir DIR       where the programs are, by default beside this one\n"
    "  --kept              the service manager keeps the memory and starts this again (deploy/systemd); without it a\n"
    "                      process of its own, the keeper, does\n"
    "  --check-config      read the configuration, print what is wrong with it, start nothing\n"
    "  --check-memory      whether this release could take over the memory on descriptors 10, 11, ...; start nothing\n"
    "  --huge-pages        print how many huge pages of 2 MiB the configuration takes\n"
    "  --version           print the version\n"
    "  --help              print this\n"
    "\n"
    "Exit code: 0 after SIGTERM or SIGINT, 1 when the gateway cannot run, 2 for a bad configuration;\n"
    "with --kept 69 and 78 instead of these two, and 75 when what runs cannot be taken over now: it goes on, and\n"
    "starting this again is worth a try.\n";

enum action { RUN, RUN_KEPT, CHECK_CONFIG, CHECK_MEMORY, HUGE_PAGES, VERSION, HELP };

struct arguments {
    struct supervisor_options options;
    enum action action;
};

static int parse_arguments(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"bin-dir", required_argument, NULL, 'b'},
                                            {"kept", no_argument, NULL, RUN_KEPT},
                                            {"check-config", no_argument, NULL, CHECK_CONFIG},
                                            {"check-memory", no_argument, NULL, CHECK_MEMORY},
                                            {"huge-pages", no_argument, NULL, HUGE_PAGES},
                                            {"version", no_argument, NULL, VERSION},
                                            {"help", no_argument, NULL, HELP},
                                            {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (option == 'c')
            arguments->options.config_path = optarg;
        else if (option == 'b')
            arguments->options.bin_directory = optarg;
        else if (option == '?')
            return -1;
        else
            arguments->action = (enum action)option;
    return optind == argc ? 0 : -1;
}

// By name, not /proc/self/exe itself: that would be the old release after its file was replaced.
static const char *find_myself(void)
{
    static char path[CONFIG_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *deleted = length > 0 ? strstr(path, " (deleted)") : NULL;
    if (deleted)
        *deleted = 0;
    return length > 0 ? path : "/usr/sbin/naru-supervise";
}

static const char *directory_of(const char *path)
{
    static char directory[CONFIG_PATH_SIZE];
    snprintf(directory, sizeof(directory), "%s", path);
    *strrchr(directory, '/') = 0;
    return directory;
}

// So that the service manager cannot take another program's exit code for this one's.
static int kept_code(int code)
{
    switch (code) {
    case EXIT_FAILURE:
        return EXIT_CODE_KEPT_REFUSED;
    case EXIT_USAGE:
        return EXIT_CODE_KEPT_BAD_CONFIG;
    default:
        return code;
    }
}

static int run_kept(const struct supervisor_options *options)
{
    static struct config config;
    static struct descriptor_store store;
    if (store_open(&store))
        return EXIT_FAILURE;
    if (configuration_load(options->config_path, &store, &config))
        return kept_code(supervisor_refuse(&store, EXIT_USAGE));
    int code = supervisor_run(&config, options, &store);
    store_close(&store);
    return kept_code(code);
}

// The same command line, and --kept.
static int run_keeper(const char *path, int argc, char **argv)
{
    char **arguments = calloc((size_t)argc + 2, sizeof(*arguments));
    if (!arguments)
        return EXIT_FAILURE;
    memcpy(arguments, argv, (size_t)argc * sizeof(*arguments));
    arguments[argc] = "--kept";
    return keeper_run(path, arguments);
}

static int check_config(const struct arguments *arguments)
{
    static struct config config;
    if (configuration_load(arguments->options.config_path, NULL, &config))
        return EXIT_USAGE;
    if (arguments->action == HUGE_PAGES)
        printf("%u\n", shared_memory_huge_pages(&config));
    else if (arguments->action == CHECK_CONFIG &&
             (isolation_check_user("naru-supervise", "processes.control-user", config.gateway.control_user) ||
              isolation_check_user("naru-supervise", "processes.dataplane-user", config.gateway.dataplane_user) ||
              isolation_check_user("naru-supervise", "processes.sctp-user", config.gateway.sctp_user)))
        return EXIT_USAGE;
    return 0;
}

static int check_memory(const struct arguments *arguments)
{
    char why[256];
    int code = check_config(arguments);
    if (code || !shared_memory_check(TABLES_FIRST_FD, why, sizeof(why)))
        return code;
    fprintf(stderr, "naru-supervise: %s\n", why);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.options = {.config_path = CONFIG_PATH, .arguments = argv}};
    if (parse_arguments(argc, argv, &arguments)) {
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    arguments.options.own_path = find_myself();
    if (!arguments.options.bin_directory)
        arguments.options.bin_directory = directory_of(arguments.options.own_path);
    switch (arguments.action) {
    case RUN:
        return run_keeper(arguments.options.own_path, argc, argv);
    case RUN_KEPT:
        return run_kept(&arguments.options);
    case CHECK_MEMORY:
        return check_memory(&arguments);
    case VERSION:
        return puts("naru-supervise " NARU_VERSION) < 0;
    case HELP:
        return fputs(help, stdout) < 0;
    default:
        return check_config(&arguments);
    }
}
