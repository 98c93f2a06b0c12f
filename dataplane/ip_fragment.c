// SPDX-License-Identifier: Apache-2.0
#include "ip_fragment.h"

#include "frame.h"
#include "worker_random.h"

#include <errno.h>
#include <rte_ip.h>
#include <rte_ip_frag.h>

#define PIECES_MAX 4

static void send_piece(struct worker *worker, const struct port *port, struct rte_mbuf *piece,
                       const struct rte_ether_addr *station)
{
    struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(piece, struct rte_ipv4_hdr *);
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    memset(packet_of(piece), 0, sizeof(struct packet));
    packet_of(piece)->port = port->index;
    piece->ol_flags = 0;
    counter_add(&worker->state->created[CREATE_FRAGMENT], 1);
    frame_prepend(port, piece, station, RTE_ETHER_TYPE_IPV4); // a fresh buffer has the headroom
    worker_send(worker, &worker->port_outbox, piece);
}

int ip_fragment_send(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf,
                     const struct rte_ether_addr *station)
{
    struct rte_mbuf *pieces[PIECES_MAX];
    struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(mbuf, struct rte_ipv4_hdr *);
    ip->fragment_offset = 0; // may be fragmented after all
    ip->packet_id = (rte_be16_t)worker_random(worker);
    int count = rte_ipv4_fragment_copy_nonseg_packet(mbuf, pieces, PIECES_MAX, port->mtu, worker->pool);
    for (int i = 0; i < count; i++)
        send_piece(worker, port, pieces[i], station);
    return count < 0 ? count : 0;
}
