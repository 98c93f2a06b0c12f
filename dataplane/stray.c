// SPDX-License-Identifier: Apache-2.0
#include "stray.h"

#include "demux.h"
#include "known_sources.h"
#include "segment.h"

#include <netinet/in.h>
#include <rte_ip.h>
#include <rte_udp.h>

struct datagram {
    struct transport_address remote, local;
    const uint8_t *data;
    size_t size;
};

// Looks at what the five-tuple takes; anything out of the ordinary is left to the nodes that name it.
static bool read_datagram(const uint8_t *frame, size_t size, struct datagram *ret_datagram)
{
    const struct rte_ether_hdr *ethernet = (const struct rte_ether_hdr *)frame;
    const struct rte_ipv4_hdr *ip4 = (const struct rte_ipv4_hdr *)(ethernet + 1);
    const struct rte_ipv6_hdr *ip6 = (const struct rte_ipv6_hdr *)(ethernet + 1);
    const struct rte_udp_hdr *udp;
    if (size < sizeof(*ethernet) + sizeof(*ip6) + sizeof(*udp) + 2)
        return false;
    if (ethernet->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)) {
        if (ip4->version_ihl != RTE_IPV4_VHL_DEF || ip4->next_proto_id != IPPROTO_UDP ||
            ip4->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))
            return false;
        transport_address_set_ipv4(&ret_datagram->remote, (const uint8_t *)&ip4->src_addr);
        transport_address_set_ipv4(&ret_datagram->local, (const uint8_t *)&ip4->dst_addr);
        udp = (const struct rte_udp_hdr *)(ip4 + 1);
    } else {
        if (ethernet->ether_type != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6) || ip6->proto != IPPROTO_UDP)
            return false;
        memcpy(ret_datagram->remote.ip, ip6->src_addr, sizeof(ret_datagram->remote.ip));
        memcpy(ret_datagram->local.ip, ip6->dst_addr, sizeof(ret_datagram->local.ip));
        udp = (const struct rte_udp_hdr *)(ip6 + 1);
    }
    ret_datagram->remote.port = rte_be_to_cpu_16(udp->src_port);
    ret_datagram->local.port = rte_be_to_cpu_16(udp->dst_port);
    ret_datagram->data = (const uint8_t *)(udp + 1);
    ret_datagram->size = size - (size_t)(ret_datagram->data - frame);
    return true;
}

static bool is_for(const struct worker *worker, const struct port *port, const struct transport_address *local)
{
    const struct tables_limits *limits = &worker->tables->limits;
    uint32_t shard = shard_of_port(limits, local->port);
    return shard != limits->shards && worker->shard_worker[shard] == worker->index && port_has_address(port, local);
}

static enum drop_reason reason_of(const struct worker *worker, enum demux_kind kind, unsigned *stun)
{
    switch (kind) {
    case DEMUX_STUN:
        if (worker->unknown_credit >= STRAY_STUN_COST || (*stun)++ == 0)
            return DROP_NONE;
        return DROP_UDP_CLASSIFY_UNKNOWN_OVER_BUDGET;
    case DEMUX_DTLS:
        return DROP_DTLS_PUNT_UNCHECKED_SOURCE;
    case DEMUX_RTP:
    case DEMUX_RTCP:
        return DROP_UDP_CLASSIFY_UNKNOWN_SOURCE;
    default:
        return DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL;
    }
}

enum drop_reason stray_reason(const struct worker *worker, const struct port *port, const struct rte_mbuf *mbuf,
                              unsigned *stun)
{
    struct datagram datagram;
    if (port->vlan || !read_datagram(rte_pktmbuf_mtod(mbuf, const uint8_t *), mbuf->data_len, &datagram) ||
        known_sources_has(worker->known_sources, &datagram.remote) || !is_for(worker, port, &datagram.local))
        return DROP_NONE;
    return reason_of(worker, demux_classify(datagram.data, datagram.size), stun);
}
