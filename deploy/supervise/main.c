// SPDX-License-Identifier: Apache-2.0
// naru-supervise: holds the memory, starts, fences and restarts naru-dataplane and naru-control.
#include "shared_memory.h"
#include "supervisor.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2

static const char help[] =
    "naru-supervise starts naru-dataplane and naru-control, and keeps them alive.\n"
    "\n"
    "  --config FILE       the configuration, " CONFIG_PATH " by default\n"
    "  --bin-dir DIR       where the programs are, by default beside this one\n"
    "  --check-config      read the configuration, print what is wrong with it, start nothing\n"
    "  --huge-pages        print how many huge pages of 2 MiB the configuration takes\n"
    "  --help              print this\n"
    "\n"
    "Exit code: 0 after SIGTERM or SIGINT, 1 when the gateway cannot run, 2 for a bad configuration.\n";

struct arguments {
    struct supervisor_options options;
    bool check, huge_pages, help;
};

static int parse_arguments(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"bin-dir", required_argument, NULL, 'b'},
        {"check-config", no_argument, NULL, 'k'}, {"huge-pages", no_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},         {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'c':
            arguments->options.config_path = optarg;
            break;
        case 'b':
            arguments->options.bin_directory = optarg;
            break;
        case 'k':
            arguments->check = true;
            break;
        case 'p':
            arguments->huge_pages = true;
            break;
        case 'h':
            arguments->help = true;
            break;
        default:
            return -1;
        }
    return optind == argc ? 0 : -1;
}

static const char *own_directory(void)
{
    static char path[CONFIG_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash = length > 0 ? strrchr(path, '/') : NULL;
    if (!slash)
        return "/usr/bin";
    *slash = 0;
    return path;
}

static int run(const struct arguments *arguments, struct config *config)
{
    struct config_error error = {.text = ""};
    if (config_load(arguments->options.config_path, config, &error)) {
        fprintf(stderr, "naru-supervise: %s\n", error.text);
        return EXIT_USAGE;
    }
    if (arguments->huge_pages)
        printf("%u\n", shared_memory_huge_pages(config));
    if (arguments->huge_pages || arguments->check)
        return 0;
    return supervisor_run(config, &arguments->options);
}

int main(int argc, char **argv)
{
    static struct config config;
    struct arguments arguments = {.options = {.config_path = CONFIG_PATH}};
    if (parse_arguments(argc, argv, &arguments)) {
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (arguments.help)
        return fputs(help, stdout) < 0;
    if (!arguments.options.bin_directory)
        arguments.options.bin_directory = own_directory();
    return run(&arguments, &config);
}
