// SPDX-License-Identifier: Apache-2.0
#include "bare.h"

#include "config_types.h"
#include "segment.h"
#include "swap.h"

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BURST      64
#define RING       1024
#define POOL_SIZE  16383
#define POOL_CACHE 256

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

static void forward(uint16_t port, struct rte_mbuf **mbufs, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++)
        swap_addresses(mbufs[i]);
    uint16_t sent = rte_eth_tx_burst(port, 0, mbufs, count);
    rte_pktmbuf_free_bulk(&mbufs[sent], count - sent);
}

static int open_port(uint16_t *ret_port)
{
    const struct rte_eth_conf conf = {0};
    struct rte_mempool *pool =
        rte_pktmbuf_pool_create("bare", POOL_SIZE, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (!pool || rte_eth_dev_get_port_by_name("net_memif0", ret_port) ||
        rte_eth_dev_configure(*ret_port, 1, 1, &conf) ||
        rte_eth_rx_queue_setup(*ret_port, 0, RING, SOCKET_ID_ANY, NULL, pool) ||
        rte_eth_tx_queue_setup(*ret_port, 0, RING, SOCKET_ID_ANY, NULL))
        return -1;
    return rte_eth_dev_start(*ret_port);
}

// Its sign of life is that of a dataplane: the same counter of rounds.
static void run(uint16_t port, bool drops, struct worker_state *state)
{
    struct rte_mbuf *mbufs[BURST];
    while (!stop) {
        uint16_t count = rte_eth_rx_burst(port, 0, mbufs, BURST);
        if (drops)
            rte_pktmbuf_free_bulk(mbufs, count);
        else
            forward(port, mbufs, count);
        counter_add(&state->received, count);
        counter_add(&state->walks, 1);
    }
}

int bare_command(int argc, char **argv)
{
    char lcores[32], device[2 * CONFIG_STRING_SIZE];
    struct tables tables;
    uint16_t port;
    if (argc != 3)
        return 2;
    const int fds[SEGMENT_KINDS] = {FD_INTENT, FD_STATE, FD_RINGS};
    signal(SIGTERM, on_signal);
    snprintf(lcores, sizeof(lcores), "--lcores=0@%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
    snprintf(device, sizeof(device), "--vdev=%.200s", argv[2]);
    char *arguments[] = {
        "naru-perf",          lcores, device, "--no-pci", "--in-memory", "--single-file-segments", "--no-telemetry",
        "--log-level=*:error"};
    if (tables_attach(TABLES_DATAPLANE, fds, &tables) || rte_eal_init(RTE_DIM(arguments), arguments) < 0 ||
        open_port(&port)) {
        fprintf(stderr, "naru-perf: the bare process did not start\n");
        return 1;
    }
    rte_eth_macaddr_get(port, (struct rte_ether_addr *)tables_port_state(&tables, 0)->mac);
    atomic_store(&tables.segments[SEGMENT_STATE]->owner_ready, 1);
    run(port, strcmp(argv[1], "drop") == 0, tables_worker_state(&tables, 0));
    rte_eth_dev_stop(port);
    rte_eal_cleanup();
    return 0;
}
