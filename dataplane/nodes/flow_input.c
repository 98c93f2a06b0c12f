// SPDX-License-Identifier: Apache-2.0
// The short way for media: RTP and RTCP in a plain UDP frame on a five-tuple that is known goes to SRTP at once. All
// else takes the long way, from eth_input on, where each fault has its name, but for strays under a flood. A batch
// node: look-ups overlap.
#include "checksum.h"
#include "demux.h"
#include "frame.h"
#include "packet.h"
#include "path.h"
#include "stray.h"
#include "worker.h"

#include <rte_graph_worker.h>
#include <rte_ip.h>
#include <rte_udp.h>

enum { EDGE_ETH_INPUT = EDGE_FIRST, EDGE_SRTP_UNPROTECT, EDGE_SRTCP_UNPROTECT, EDGES };

#define FULL_BURST   32 // more than some devices never hand over at once
#define IPV4_HEADERS (RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))
#define IPV6_HEADERS (RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv6_hdr) + sizeof(struct rte_udp_hdr))

// What one look at a frame says; headers 0: not a whole datagram in plain UDP.
struct glance {
    struct flow_tuple tuple;
    uint32_t home;          // of media, in the flow cache
    uint16_t headers, size; // of Ethernet, IP and UDP; of the datagram's payload
    uint8_t kind;           // enum demux_kind
};

// A full burst may be one: what is from nobody is then dropped before it costs more.
struct flood {
    bool suspected;
    unsigned stun; // stray_reason's
};

static bool is_media(const struct glance *glance)
{
    return glance->headers && (glance->kind == DEMUX_RTP || glance->kind == DEMUX_RTCP);
}

static bool has_good_header(const struct rte_mbuf *mbuf, const struct rte_ipv4_hdr *ip)
{
    uint64_t verdict = mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    if (verdict == RTE_MBUF_F_RX_IP_CKSUM_GOOD || verdict == RTE_MBUF_F_RX_IP_CKSUM_BAD)
        return verdict == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
    return checksum_fold(checksum_sum_words(ip, sizeof(*ip) / 4)) == UINT16_MAX;
}

static bool is_our_ethernet(const struct port *port, const struct rte_mbuf *mbuf)
{
    const struct rte_ether_hdr *ethernet = rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *);
    return mbuf->nb_segs == 1 && mbuf->data_len >= IPV4_HEADERS &&
           mbuf->data_len <= port->mtu + (uint32_t)RTE_ETHER_HDR_LEN && port->vlan == 0 &&
           !(mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) && rte_is_same_ether_addr(&ethernet->dst_addr, &port->mac);
}

static void glance_ipv4(const struct rte_mbuf *mbuf, struct glance *glance)
{
    const struct rte_ipv4_hdr *ip =
        rte_pktmbuf_mtod_offset(mbuf, const struct rte_ipv4_hdr *, sizeof(struct rte_ether_hdr));
    const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
    uint16_t total = rte_be_to_cpu_16(ip->total_length), length = rte_be_to_cpu_16(udp->dgram_len);
    uint32_t ports;
    if (ip->version_ihl != RTE_IPV4_VHL_DEF || ip->next_proto_id != IPPROTO_UDP ||
        ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK) ||
        total + RTE_ETHER_HDR_LEN > mbuf->data_len || length + sizeof(*ip) != total || length <= sizeof(*udp) + 1 ||
        !has_good_header(mbuf, ip))
        return;
    memcpy(&ports, udp, sizeof(ports));
    flow_tuple_ipv4((const uint8_t *)&ip->src_addr, ports, &glance->tuple);
    glance->headers = IPV4_HEADERS;
    glance->size = (uint16_t)(length - sizeof(*udp));
}

static void glance_ipv6(const struct rte_mbuf *mbuf, struct glance *glance)
{
    const struct rte_ipv6_hdr *ip =
        rte_pktmbuf_mtod_offset(mbuf, const struct rte_ipv6_hdr *, sizeof(struct rte_ether_hdr));
    const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
    if (mbuf->data_len < IPV6_HEADERS)
        return;
    uint16_t payload = rte_be_to_cpu_16(ip->payload_len), length = rte_be_to_cpu_16(udp->dgram_len);
    uint32_t ports;
    if ((ip->vtc_flow & rte_cpu_to_be_32(0xf0000000)) != rte_cpu_to_be_32(0x60000000) || ip->proto != IPPROTO_UDP ||
        RTE_ETHER_HDR_LEN + sizeof(*ip) + payload > mbuf->data_len || length != payload || length <= sizeof(*udp) + 1)
        return;
    memcpy(&ports, udp, sizeof(ports));
    flow_tuple_ipv6(ip->src_addr, ports, &glance->tuple);
    glance->headers = IPV6_HEADERS;
    glance->size = (uint16_t)(length - sizeof(*udp));
}

static void look(struct worker *worker, const struct port *port, const struct rte_mbuf *mbuf, struct glance *glance)
{
    glance->headers = 0;
    if (!is_our_ethernet(port, mbuf))
        return;
    uint16_t type = rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *)->ether_type;
    if (type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4))
        glance_ipv4(mbuf, glance);
    else if (type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6))
        glance_ipv6(mbuf, glance);
    if (!glance->headers)
        return;
    glance->kind = (uint8_t)demux_classify(rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, glance->headers), 2);
    if (is_media(glance)) {
        glance->home = flow_cache_home(&worker->flow_cache, &glance->tuple);
        flow_cache_prefetch(&worker->flow_cache, glance->home);
    }
}

static bool has_good_checksum(const struct port *port, const struct rte_mbuf *mbuf, const struct glance *glance)
{
    uint64_t verdict = mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    if (port->trust_checksum || (port->checksum_rx && verdict == RTE_MBUF_F_RX_L4_CKSUM_GOOD))
        return true;
    const uint8_t *udp = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, glance->headers - sizeof(struct rte_udp_hdr));
    return ((const struct rte_udp_hdr *)udp)->dgram_cksum != 0 &&
           frame_checksum_received((const uint8_t *)glance->tuple.words, glance->headers == IPV4_HEADERS ? 8 : 32, udp,
                                   glance->size + sizeof(struct rte_udp_hdr)) == 0;
}

static rte_edge_t hand_on(struct rte_mbuf *mbuf, const struct glance *glance, uint64_t value)
{
    struct packet *packet = packet_of(mbuf);
    packet->transport = FLOW_TRANSPORT(value);
    packet->path = FLOW_PATH(value);
    packet->demux = glance->kind;
    if (glance->kind == DEMUX_RTCP)
        rte_ether_addr_copy(&rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *)->src_addr, &packet->remote_mac);
    mbuf->data_off = (uint16_t)(mbuf->data_off + glance->headers);
    mbuf->data_len = glance->size;
    mbuf->pkt_len = glance->size;
    return glance->kind == DEMUX_RTP ? EDGE_SRTP_UNPROTECT : EDGE_SRTCP_UNPROTECT;
}

static void take_addresses(struct packet *packet, const struct glance *glance)
{
    const uint8_t *addresses = (const uint8_t *)glance->tuple.words;
    uint16_t ports[2];
    memcpy(ports, &glance->tuple.words[4], sizeof(ports));
    if (glance->headers == IPV4_HEADERS) {
        transport_address_set_ipv4(&packet->remote, addresses);
        transport_address_set_ipv4(&packet->local, addresses + 4);
    } else {
        memcpy(packet->remote.ip, addresses, 16);
        memcpy(packet->local.ip, addresses + 16, 16);
    }
    packet->remote.port = rte_be_to_cpu_16(ports[0]);
    packet->local.port = rte_be_to_cpu_16(ports[1]);
}

// As the address of an IPv6 host it stands for an IPv4 one, and would pass for it.
static bool is_mapped(const struct packet *packet, const struct glance *glance)
{
    return glance->headers == IPV6_HEADERS &&
           (transport_address_is_ipv4(&packet->remote) || transport_address_is_ipv4(&packet->local));
}

// Media not met lately: the worker's hash knows.
static rte_edge_t decide_unmet(struct worker *worker, struct rte_mbuf *mbuf, const struct glance *glance)
{
    void *value;
    struct flow_key key = flow_key_of(packet_of(mbuf));
    if (rte_hash_lookup_data(worker->flows, &key, &value) < 0)
        return EDGE_ETH_INPUT;
    flow_cache_add(&worker->flow_cache, &glance->tuple, (uint64_t)(uintptr_t)value);
    return hand_on(mbuf, glance, (uint64_t)(uintptr_t)value);
}

static rte_edge_t decide(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf,
                         const struct glance *glance, struct flood *flood)
{
    if (!glance->headers || !has_good_checksum(port, mbuf, glance))
        return EDGE_ETH_INPUT;
    if (is_media(glance)) {
        const struct flow_slot *slot = flow_cache_find(&worker->flow_cache, &glance->tuple, glance->home);
        if (slot) {
            rte_prefetch0(&worker->entries->transports[FLOW_TRANSPORT(slot->value)]);
            return hand_on(mbuf, glance, slot->value);
        }
    }
    take_addresses(packet_of(mbuf), glance);
    if (is_mapped(packet_of(mbuf), glance))
        return EDGE_ETH_INPUT;
    enum drop_reason reason =
        flood->suspected ? stray_reason(worker, port, packet_of(mbuf), glance->kind, &flood->stun) : DROP_NONE;
    if (reason)
        return packet_drop(mbuf, reason);
    return is_media(glance) ? decide_unmet(worker, mbuf, glance) : (rte_edge_t)EDGE_ETH_INPUT;
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct glance glances[WORKER_BURST];
    void *media[WORKER_BURST];
    uint16_t media_count = 0;
    struct flood flood = {.suspected = count >= FULL_BURST};
    for (uint16_t i = 0; i < count; i++)
        look(worker, ports_get(packet_of(objs[i])->port), objs[i], &glances[i]);
    for (uint16_t i = 0; i < count; i++) {
        rte_edge_t edge = decide(worker, ports_get(packet_of(objs[i])->port), objs[i], &glances[i], &flood);
        if (edge == EDGE_SRTP_UNPROTECT)
            media[media_count++] = objs[i];
        else
            rte_node_enqueue_x1(graph, node, edge, objs[i]);
    }
    if (media_count)
        rte_node_enqueue(graph, node, EDGE_SRTP_UNPROTECT, media, media_count);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register flow_input = {
    .name = "flow_input",
    .process = process,
    .nb_edges = EDGES,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_ETH_INPUT] = "eth_input",
                   [EDGE_SRTP_UNPROTECT] = "srtp_unprotect",
                   [EDGE_SRTCP_UNPROTECT] = "srtcp_unprotect"},
};
RTE_NODE_REGISTER(flow_input);
