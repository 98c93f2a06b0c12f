// SPDX-License-Identifier: Apache-2.0
#include "frame_template.h"

#include "checksum.h"
#include "frame.h"

#include <rte_ip.h>
#include <rte_udp.h>

#define KEPT_NS 1000000000ULL

static void forget_lengths(struct frame_template *frame)
{
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(frame->bytes + frame->head.size - sizeof(*udp));
    uint8_t *ip = frame->bytes + frame->head.size - sizeof(*udp) - frame->head.ip_size;
    udp->dgram_len = udp->dgram_cksum = 0;
    if (frame->head.ip_size == sizeof(struct rte_ipv4_hdr)) {
        ((struct rte_ipv4_hdr *)ip)->total_length = ((struct rte_ipv4_hdr *)ip)->hdr_checksum = 0;
        frame->head.ip_sum = checksum_fold(checksum_sum_words(ip, frame->head.ip_size / 4u));
    } else {
        ((struct rte_ipv6_hdr *)ip)->payload_len = 0;
    }
}

void frame_template_take(const struct port *port, const struct rte_mbuf *mbuf, uint64_t now,
                         struct frame_template *ret_frame)
{
    const struct packet *packet = packet_of((struct rte_mbuf *)(uintptr_t)mbuf);
    struct frame_template frame = {.head.size = (uint8_t)(mbuf->l2_len + mbuf->l3_len + sizeof(struct rte_udp_hdr)),
                                   .head.ip_size = (uint8_t)mbuf->l3_len,
                                   .port = port->index,
                                   .room = (uint16_t)(port->mtu - mbuf->l3_len - sizeof(struct rte_udp_hdr)),
                                   .until = FRAME_TEMPLATE_TIME(now + KEPT_NS)};
    memcpy(frame.bytes, rte_pktmbuf_mtod(mbuf, const uint8_t *), frame.head.size);
    forget_lengths(&frame);
    frame.head.udp_sum =
        checksum_fold(checksum_sum_words(frame.bytes + frame.head.size - sizeof(struct rte_udp_hdr), 1) + // the ports
                      frame_pseudo_checksum(&packet->local, &packet->remote, IPPROTO_UDP, 0));
    *ret_frame = frame;
}

void frame_template_finish(const struct frame_head *head, const struct port *port, struct rte_mbuf *mbuf)
{
    uint8_t *payload = packet_data(mbuf);
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(payload - sizeof(*udp));
    uint16_t length = (uint16_t)(mbuf->data_len + sizeof(*udp)), wire = rte_cpu_to_be_16(length);
    udp->dgram_len = wire;
    if (head->ip_size == sizeof(struct rte_ipv4_hdr)) {
        struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(payload - sizeof(*udp) - sizeof(*ip));
        ip->total_length = rte_cpu_to_be_16((uint16_t)(length + sizeof(*ip)));
        ip->hdr_checksum = (uint16_t)~checksum_fold((uint64_t)head->ip_sum + ip->total_length);
    } else {
        ((struct rte_ipv6_hdr *)(payload - sizeof(*udp) - sizeof(struct rte_ipv6_hdr)))->payload_len = wire;
    }
    if (port->checksum_tx) {
        uint32_t ports;
        memcpy(&ports, udp, sizeof(ports));
        mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM |
                          (head->ip_size == sizeof(struct rte_ipv4_hdr) ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
        udp->dgram_cksum = checksum_fold(head->udp_sum + (uint64_t)wire + (uint32_t)~ports); // without the ports
        mbuf->l3_len = head->ip_size;
        mbuf->l2_len = (head->size - sizeof(*udp) - head->ip_size) & 0x7f;
    } else {
        uint16_t sum = (uint16_t)~checksum_fold(head->udp_sum + 2ULL * wire + checksum_sum(payload, mbuf->data_len));
        udp->dgram_cksum = sum ? sum : UINT16_MAX; // RFC 768: zero would mean "none"
    }
    mbuf->data_off = (uint16_t)(mbuf->data_off - head->size);
    mbuf->data_len = (uint16_t)(mbuf->data_len + head->size);
    mbuf->pkt_len = mbuf->data_len;
}
