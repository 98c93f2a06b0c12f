// SPDX-License-Identifier: Apache-2.0
// Checksums of received packets: what the device says of them, where it says anything.
#pragma once

#include "checksum.h"
#include "port.h"

#include <rte_ip.h>
#include <rte_mbuf.h>

enum sum_verdict { SUM_NOT_CHECKED, SUM_GOOD, SUM_BAD };

// Of an IPv4 header that stands in the packet with all its options.
static inline bool received_ip4_sum_is_good(const struct rte_mbuf *mbuf, const struct rte_ipv4_hdr *ip)
{
    uint64_t verdict = mbuf->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    if (verdict == RTE_MBUF_F_RX_IP_CKSUM_GOOD || verdict == RTE_MBUF_F_RX_IP_CKSUM_BAD)
        return verdict == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
    return checksum_fold(checksum_sum_words(ip, ip->ihl)) == UINT16_MAX;
}

// Of UDP; good where the port may be trusted.
static inline enum sum_verdict received_udp_verdict(const struct rte_mbuf *mbuf, const struct port *port)
{
    uint64_t verdict = mbuf->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    if (port->trust_checksum || (port->checksum_rx && verdict == RTE_MBUF_F_RX_L4_CKSUM_GOOD))
        return SUM_GOOD;
    return port->checksum_rx && verdict == RTE_MBUF_F_RX_L4_CKSUM_BAD ? SUM_BAD : SUM_NOT_CHECKED;
}
