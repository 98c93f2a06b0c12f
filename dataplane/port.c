// SPDX-License-Identifier: Apache-2.0
#include "port.h"

#include "segment.h"
#include "wait_fds.h"

#include <errno.h>
#include <rte_dev.h>
#include <rte_log.h>
#include <stdio.h>
#include <unistd.h>

#define RECEIVE_RING 1024
#define SEND_RING    1024

static struct port ports[PORT_MAX];
static unsigned port_count;

unsigned ports_count(void)
{
    return port_count;
}

struct port *ports_get(unsigned index)
{
    return index < port_count ? &ports[index] : NULL;
}

static struct transport_address to_transport_address(const struct config_address *address)
{
    struct transport_address none = {0};
    if (address->family == AF_INET)
        return transport_address_ipv4((const uint8_t *)&address->v4, 0);
    return address->family == AF_INET6 ? transport_address_ipv6(address->v6.s6_addr, 0) : none;
}

static void link_local(const struct rte_ether_addr *mac, struct transport_address *ret_address)
{
    const uint8_t *b = mac->addr_bytes;
    uint8_t ip[16] = {0xfe, 0x80, [8] = (uint8_t)(b[0] ^ 2), b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]};
    *ret_address = transport_address_ipv6(ip, 0);
}

static void take_addresses(struct port *port, const struct config_port *config)
{
    port->address_count = config->addresses.count;
    for (unsigned i = 0; i < config->addresses.count; i++) {
        const struct config_address *address = &config->addresses.item[i];
        port->addresses[i].ip = to_transport_address(address);
        port->addresses[i].prefix = address->prefix;
        port->addresses[i].is_ipv4 = address->family == AF_INET;
    }
    link_local(&port->mac, &port->link_local);
    port->gateway = to_transport_address(&config->gateway);
    port->gateway6 = to_transport_address(&config->gateway6);
    if (config->gateway.family != AF_UNSPEC)
        neighbour_add(&port->neighbours, port->gateway.ip, true);
    if (config->gateway6.family != AF_UNSPEC)
        neighbour_add(&port->neighbours, port->gateway6.ip, true);
}

// The names that the EAL gave: a vdev is known by what stands before its first comma, a PCI device by its address.
static int find_device(const struct config_port *config, uint16_t *ret_device)
{
    char name[CONFIG_STRING_SIZE];
    snprintf(name, sizeof(name), "%s", config->device);
    name[strcspn(name, ",")] = '\0';
    if (rte_eth_dev_get_port_by_name(name, ret_device) == 0)
        return 0;
    fprintf(stderr,
            "naru-dataplane: device %s did not start: is its interface there and unused, is this run as root (or with "
            "net_admin, net_raw, bpf), and is a PCI device bound to vfio-pci (dpdk-devbind.py)?\n",
            name);
    return -ENODEV;
}

static void choose_offloads(struct port *port, const struct config_port *config, const struct rte_eth_dev_info *info,
                            struct rte_eth_conf *conf)
{
    const uint64_t tx = RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
    const uint64_t rx = RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_IPV4_CKSUM;
    bool allowed = config->checksum != CONFIG_CHECKSUM_SOFTWARE;
    port->checksum_tx = allowed && (info->tx_offload_capa & tx) == tx;
    port->checksum_rx = allowed && (info->rx_offload_capa & rx) == rx;
    if (port->checksum_tx)
        conf->txmode.offloads |= tx;
    if (port->checksum_rx)
        conf->rxmode.offloads |= rx;
    if (port->queues > 1 && (info->flow_type_rss_offloads & RTE_ETH_RSS_NONFRAG_IPV4_UDP)) {
        conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf->rx_adv_conf.rss_conf.rss_hf =
            info->flow_type_rss_offloads & (RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP);
    }
}

static int set_up_queues(struct port *port, const struct rte_eth_dev_info *info, struct rte_mempool *pool)
{
    uint16_t receive = RECEIVE_RING, send = SEND_RING;
    int error = rte_eth_dev_adjust_nb_rx_tx_desc(port->device, &receive, &send);
    (void)info;
    for (uint16_t queue = 0; queue < port->queues && !error; queue++) {
        error = rte_eth_rx_queue_setup(port->device, queue, receive, SOCKET_ID_ANY, NULL, pool);
        if (!error)
            error = rte_eth_tx_queue_setup(port->device, queue, send, SOCKET_ID_ANY, NULL);
    }
    return error;
}

static int start_device(struct port *port, const struct config_port *config, unsigned workers, struct rte_mempool *pool)
{
    struct rte_eth_dev_info info;
    struct rte_eth_conf conf = {0};
    int error = rte_eth_dev_info_get(port->device, &info);
    if (error)
        return error;
    unsigned queues = config->queues && config->queues < workers ? config->queues : workers;
    unsigned possible = RTE_MIN(info.max_rx_queues, info.max_tx_queues);
    port->queues = (uint16_t)RTE_MIN(queues, possible);
    choose_offloads(port, config, &info, &conf);
    error = rte_eth_dev_configure(port->device, port->queues, port->queues, &conf);
    if (!error)
        error = set_up_queues(port, &info, pool);
    if (!error)
        error = rte_eth_dev_start(port->device);
    if (!error)
        error = rte_eth_macaddr_get(port->device, &port->mac);
    if (!error)
        wait_fds_collect(port, info.if_index);
    (void)rte_eth_allmulticast_enable(port->device); // ND needs solicited-node groups; not every device can
    return error;
}

static void describe(const struct port *port, const struct config_port *config, struct tables *tables)
{
    struct rte_eth_dev_info info;
    struct port_state *state = tables_port_state(tables, port->index);
    if (!state || rte_eth_dev_info_get(port->device, &info))
        return;
    snprintf(state->device, sizeof(state->device), "%s %.40s", info.driver_name, config->device);
    snprintf(
        state->offloads, sizeof(state->offloads),
        "udp-checksum-tx=%s udp-checksum-rx=%s packet-type=software rss=%s flow-steering=software timestamps=absent",
        port->checksum_tx ? "hardware" : "software",
        port->checksum_rx      ? "hardware"
        : port->trust_checksum ? "trusted"
                               : "software",
        port->queues > 1 ? "hardware" : "absent");
    memcpy(state->mac, port->mac.addr_bytes, sizeof(state->mac));
    char mac[RTE_ETHER_ADDR_FMT_SIZE];
    rte_ether_format_addr(mac, sizeof(mac), &port->mac);
    fprintf(stderr, "naru-dataplane: port %u: %s, %s, %u queues, %s\n", port->index, state->device, mac, port->queues,
            state->offloads);
}

static int start(struct port *port, const struct config_port *config, unsigned workers, struct rte_mempool *pool)
{
    port->vlan = (uint16_t)config->vlan;
    port->mtu = (uint16_t)config->mtu;
    port->trust_checksum = config->trust_receive_checksum;
    port->reply_to_sender_mac = config->reply_to_sender_mac;
    if (find_device(config, &port->device))
        return -ENODEV;
    int error = start_device(port, config, workers, pool);
    if (error) {
        fprintf(stderr, "naru-dataplane: port %u (%s): cannot be started: %s\n", port->index, config->device,
                rte_strerror(-error));
        return error;
    }
    take_addresses(port, config);
    return 0;
}

int ports_start(const struct config *config, unsigned workers, struct rte_mempool *pool, struct tables *tables)
{
    if (config->port_count == 0) {
        fprintf(stderr, "naru-dataplane: no port is configured: add one under ports: in the configuration\n");
        return -ENODEV;
    }
    for (port_count = 0; port_count < config->port_count; port_count++) {
        struct port *port = &ports[port_count];
        port->index = (uint16_t)port_count;
        int error = start(port, &config->ports[port_count], workers, pool);
        if (error)
            return error;
        describe(port, &config->ports[port_count], tables);
    }
    return 0;
}

void ports_stop(void)
{
    for (unsigned i = 0; i < port_count; i++) {
        rte_eth_dev_stop(ports[i].device);
        // Taking down what root has set up (an XDP program) takes root; naru-supervise does it, as after a kill.
        if (!geteuid())
            rte_eth_dev_close(ports[i].device);
    }
    port_count = 0;
}

void ports_publish(struct tables *tables)
{
    for (unsigned i = 0; i < port_count; i++) {
        struct port_state *state = tables_port_state(tables, i);
        struct rte_eth_stats stats;
        struct rte_eth_link link;
        if (!state || rte_eth_stats_get(ports[i].device, &stats))
            continue;
        if (rte_eth_link_get_nowait(ports[i].device, &link) == 0)
            atomic_store_explicit(&state->link_up, link.link_status, memory_order_relaxed);
        atomic_store_explicit(&state->received, stats.ipackets, memory_order_relaxed);
        atomic_store_explicit(&state->received_bytes, stats.ibytes, memory_order_relaxed);
        atomic_store_explicit(&state->sent, stats.opackets, memory_order_relaxed);
        atomic_store_explicit(&state->sent_bytes, stats.obytes, memory_order_relaxed);
        atomic_store_explicit(&state->missed, stats.imissed + stats.rx_nombuf, memory_order_relaxed);
        atomic_store_explicit(&state->errors, stats.ierrors + stats.oerrors, memory_order_relaxed);
    }
}

int port_receive_queue(const struct port *port, unsigned worker)
{
    return worker < port->queues ? (int)worker : -1;
}

unsigned port_send_worker(const struct port *port, unsigned worker)
{
    return worker % port->queues;
}

void port_learn_neighbour(struct port *port, unsigned worker, const uint8_t ip[16], const struct rte_ether_addr *mac,
                          uint64_t now)
{
    if (port_receive_queue(port, worker) == 0)
        neighbour_learn(&port->neighbours, ip, mac, now);
    else
        neighbour_tell(&port->neighbours, ip, mac);
}

bool port_has_address(const struct port *port, const struct transport_address *ip)
{
    for (unsigned i = 0; i < port->address_count; i++)
        if (memcmp(port->addresses[i].ip.ip, ip->ip, 16) == 0)
            return true;
    return memcmp(port->link_local.ip, ip->ip, 16) == 0;
}

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    if (memcmp(a, b, bits / 8))
        return false;
    uint8_t mask = (uint8_t)(0xff00 >> bits % 8);
    return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

int port_next_hop(const struct port *port, const struct transport_address *remote, struct transport_address *ret_hop)
{
    bool is_ipv4 = transport_address_is_ipv4(remote);
    for (unsigned i = 0; i < port->address_count; i++) {
        const struct port_address *own = &port->addresses[i];
        if (own->is_ipv4 == is_ipv4 && same_prefix(own->ip.ip, remote->ip, own->prefix + (is_ipv4 ? 96 : 0))) {
            *ret_hop = *remote;
            return 0;
        }
    }
    if (!is_ipv4 && remote->ip[0] == 0xfe && (remote->ip[1] & 0xc0) == 0x80) {
        *ret_hop = *remote;
        return 0;
    }
    const struct transport_address *gateway = is_ipv4 ? &port->gateway : &port->gateway6;
    if (transport_address_is_none(gateway))
        return -EHOSTUNREACH;
    *ret_hop = *gateway;
    return 0;
}
