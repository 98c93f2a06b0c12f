// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "Usage: naru-dataplane [--config FILE] [--idle spin|adaptive]\n"
    "The poll-mode process of naru: STUN, SRTP and forwarding on dedicated cores. It is started by naru-supervise,\n"
    "which hands it the shared memory; started by hand it can check and print.\n"
    "\n"
    "  -c, --config FILE   configuration, default " CONFIG_PATH "\n"
    "      --idle MODE     spin: a core each, lowest latency; adaptive: sleep when nothing comes\n"
    "      --check-config  read the configuration, say what is wrong, and exit\n"
    "      --check-memory  say whether this release could take over what runs (on descriptors 10, 11, 12), and exit\n"
    "      --print-config  print the default configuration with every key explained\n"
    "      --print-graph   print the packet graph in dot's language\n"
    "  -V, --version\n"
    "  -h, --help\n"
    "\n"
    "Examples:\n"
    "  naru-dataplane --check-config --config ./naru.yaml\n"
    "  naru-dataplane --print-graph | dot -Tsvg > graph.svg\n"
    "\n"
    "Exit status: 0 done, 1 could not run (one line says why and what to do), 2 wrong command line or configuration.\n";

enum { OPTION_IDLE = 256, OPTION_CHECK, OPTION_MEMORY, OPTION_PRINT, OPTION_GRAPH };

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"idle", required_argument, NULL, OPTION_IDLE},
    {"check-config", no_argument, NULL, OPTION_CHECK},
    {"check-memory", no_argument, NULL, OPTION_MEMORY},
    {"print-config", no_argument, NULL, OPTION_PRINT},
    {"print-graph", no_argument, NULL, OPTION_GRAPH},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int parse_idle(const char *text, int *ret_idle)
{
    if (strcmp(text, "spin") == 0)
        *ret_idle = CONFIG_IDLE_SPIN;
    else if (strcmp(text, "adaptive") == 0)
        *ret_idle = CONFIG_IDLE_ADAPTIVE;
    else
        return -EINVAL;
    return 0;
}

static int load(struct options *options, int idle)
{
    struct config_error error;
    if (config_load(options->config_path, &options->config, &error)) {
        fprintf(stderr, "naru-dataplane: %s\n", error.text);
        return -EINVAL;
    }
    if (idle >= 0)
        options->config.gateway.idle = (enum config_idle)idle;
    config_warn(&options->config, stderr);
    return 0;
}

static int take(struct options *options, int option, int *idle)
{
    switch (option) {
    case 'c':
        options->config_path = optarg;
        return 0;
    case OPTION_IDLE:
        if (parse_idle(optarg, idle) == 0)
            return 0;
        fprintf(stderr, "naru-dataplane: --idle %s: allowed: spin, adaptive\n", optarg);
        return -EINVAL;
    case OPTION_CHECK:
        options->check_config = true;
        return 0;
    case OPTION_MEMORY:
        options->check_memory = true;
        return 0;
    case OPTION_GRAPH:
        options->print_graph = true;
        return 0;
    case OPTION_PRINT:
        config_print_commented(stdout);
        return 1;
    case 'V':
        puts("naru-dataplane " NARU_VERSION);
        return 1;
    case 'h':
        fputs(usage, stdout);
        return 1;
    default:
        fputs("naru-dataplane: try --help\n", stderr);
        return -EINVAL;
    }
}

int options_parse(int argc, char **argv, struct options *ret_options)
{
    int idle = -1, option;
    *ret_options = (struct options){.config_path = CONFIG_PATH};
    while ((option = getopt_long(argc, argv, "c:Vh", long_options, NULL)) != -1) {
        int done = take(ret_options, option, &idle);
        if (done)
            return done;
    }
    if (ret_options->print_graph)
        return 0;
    int error = load(ret_options, idle);
    if (error || !ret_options->check_config)
        return error;
    printf("%s: the configuration is good\n", ret_options->config_path);
    return 1;
}

__attribute__((format(printf, 2, 3))) static void add(struct eal_arguments *arguments, const char *format, ...)
{
    va_list values;
    if (arguments->count == OPTIONS_EAL_MAX)
        return;
    char *text = arguments->text[arguments->count];
    va_start(values, format);
    vsnprintf(text, sizeof(arguments->text[0]), format, values);
    va_end(values);
    arguments->values[arguments->count++] = text;
    arguments->values[arguments->count] = NULL;
}

// The main thread floats over all CPUs and sleeps; each worker has its own.
static void add_lcores(const struct config *config, struct eal_arguments *arguments)
{
    char lcores[2 * CONFIG_STRING_SIZE];
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int size = snprintf(lcores, sizeof(lcores), "--lcores=0@(0-%ld)", cpus - 1);
    for (unsigned i = 0; i < config->gateway.workers && size < (int)sizeof(lcores); i++) {
        // Without a list from the top down: the first CPU serves the system's interrupts.
        unsigned cpu = i < config->lcores.count ? config->lcores.item[i] : (unsigned)(cpus - 1 - i % cpus);
        size += snprintf(lcores + size, sizeof(lcores) - (size_t)size, ",%u@%u", i + 1, cpu);
    }
    add(arguments, "%s", lcores);
}

static void add_devices(const struct config *config, struct eal_arguments *arguments)
{
    bool has_pci = false;
    for (unsigned i = 0; i < config->port_count; i++) {
        bool is_vdev = strncmp(config->ports[i].device, "net_", 4) == 0;
        add(arguments, is_vdev ? "--vdev=%s" : "--allow=%s", config->ports[i].device);
        has_pci |= !is_vdev;
    }
    if (!has_pci)
        add(arguments, "--no-pci");
}

void options_eal(const struct config *config, bool huge, struct eal_arguments *ret_arguments)
{
    ret_arguments->count = 0;
    add(ret_arguments, "naru-dataplane");
    add_lcores(config, ret_arguments);
    add(ret_arguments, "--no-telemetry");
    add(ret_arguments, "--log-level=*:warning");
    if (config->port_count)
        add_devices(config, ret_arguments);
    else
        add(ret_arguments, "--no-pci");
    if (huge) {
        add(ret_arguments, "--in-memory");
    } else {
        add(ret_arguments, "--no-huge");
        add(ret_arguments, "--no-shconf");
        add(ret_arguments, "--iova-mode=va");
    }
    add(ret_arguments, "-m%u", config->memory.heap_mb);
    for (unsigned i = 0; i < config->eal.extra.count; i++)
        add(ret_arguments, "%s", config->eal.extra.item[i]);
}

// Free less what others have reserved and not touched yet.
static unsigned long free_huge_mb(void)
{
    char line[128];
    unsigned long free_pages = 0, reserved = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof(line), file)) {
        sscanf(line, "HugePages_Free: %lu", &free_pages);
        sscanf(line, "HugePages_Rsvd: %lu", &reserved);
    }
    if (file)
        fclose(file);
    return free_pages > reserved ? (free_pages - reserved) * 2 : 0;
}

int options_choose_huge(const struct config *config, bool *ret_huge)
{
    unsigned long available = free_huge_mb();
    bool enough = available >= config->memory.heap_mb;
    *ret_huge = enough && config->memory.huge_pages != CONFIG_HUGE_OFF;
    if (*ret_huge || config->memory.huge_pages == CONFIG_HUGE_OFF)
        return 0;
    bool required = config->memory.huge_pages == CONFIG_HUGE_REQUIRED;
    fprintf(stderr,
            "naru-dataplane: %s%lu MB of huge pages are free and %u MB are needed: sysctl vm.nr_hugepages=%u%s\n",
            required ? "" : "warning: ", available, config->memory.heap_mb, config->memory.heap_mb / 2,
            required ? ", or set memory.huge-pages: auto" : "; going on with 4 KiB pages, which is slower");
    return required ? -ENOMEM : 0;
}
