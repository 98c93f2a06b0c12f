// SPDX-License-Identifier: Apache-2.0
// naru-dataplane: attach, start the devices and the workers, watch over them, and take it all down in mirror order.
#include "dataplane.h"
#include "graph.h"
#include "isolation.h"
#include "options.h"
#include "tsc_calibration.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_signal(int signal)
{
    (void)signal;
    atomic_store(&worker_stop, 1);
}

static int start_eal(const struct config *config)
{
    static struct eal_arguments arguments;
    bool huge;
    if (options_choose_huge(config, &huge))
        return -ENOMEM;
    options_eal(config, huge, &arguments);
    tsc_calibration_shorten(true);
    int parsed = rte_eal_init(arguments.count, arguments.values);
    tsc_calibration_shorten(false);
    if (parsed >= 0)
        return 0;
    fprintf(stderr, "naru-dataplane: DPDK did not start (%s): run as root, and look at the lines above\n",
            rte_strerror(rte_errno));
    return -rte_errno;
}

static int print_graph(void)
{
    char *arguments[] = {"naru-dataplane", "--no-huge", "--no-pci",           "--no-shconf",
                         "--no-telemetry", "-m64",      "--log-level=*:error"};
    return rte_eal_init(RTE_DIM(arguments), arguments) < 0 || graph_print(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
    static struct options options;
    static struct dataplane dataplane;
    int done = options_parse(argc, argv, &options);
    if (done)
        return done < 0 ? 2 : 0;
    if (options.print_graph)
        return print_graph();
    if (options.check_memory)
        return dataplane_check_memory() ? 1 : 0;
    isolation_begin();
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    if (dataplane_attach(&dataplane, &options.config) || start_eal(&options.config) || dataplane_start(&dataplane))
        return 1;
    dataplane_watch(&dataplane);
    dataplane_stop(&dataplane);
    if (!geteuid()) // it closes the devices, which the kernel does otherwise (port.c)
        rte_eal_cleanup();
    return 0;
}
