// SPDX-License-Identifier: Apache-2.0
#include "rtx_packet.h"

#include "path.h"
#include "route_extensions.h"
#include "rtp_parse.h"
#include "rtx.h"
#include "suite.h"

#include <rte_graph_worker.h>

#define OSN_SIZE 2

static uint8_t rtx_payload_type(const struct route_entry *route, uint8_t from)
{
    for (unsigned i = 0; i < route->payload_count; i++)
        if (route->payloads[i].from == from)
            return route->rtx_payload_types[i];
    return 0;
}

enum nack_outcome rtx_packet_read(const struct worker *worker, uint32_t index, uint64_t number, const uint8_t *data,
                                  size_t size, struct resend *ret_resend)
{
    const struct route_entry *route = &worker->entries->routes[index];
    const struct retransmission_epoch *epoch = retransmission_find_epoch(route->retransmission, number);
    struct resend resend = {.route = index, .data = data, .size = size, .sequence = (uint16_t)number};
    if (!epoch)
        return NACK_UNKNOWN;
    if (rtp_parse(data, size, &resend.rtp) < 0 || resend.rtp.ssrc != epoch->source_ssrc)
        return NACK_NOT_KEPT;
    resend.timestamp = resend.rtp.timestamp + epoch->timestamp_offset;
    resend.payload_type = rtx_payload_type(route, resend.rtp.payload_type);
    *ret_resend = resend;
    return resend.payload_type ? NACK_RESENT : NACK_UNKNOWN;
}

// Encrypted in place: the packet is its own source.
static enum drop_reason write_packet(struct worker *worker, const struct resend *resend, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    struct route_entry *route = &worker->entries->routes[resend->route];
    const struct transport_entry *to = entry_transport(worker->entries, packet->transport);
    uint8_t *data = packet_data(mbuf);
    size_t payload = resend->size - resend->rtp.payload_offset;
    // Those of the lost packet go with it, for its receiver takes them from here.
    int extensions =
        route_extensions_write(route, resend->data, &resend->rtp, rtp_extension_abs_send_time(worker->now / 1000), true,
                               data + RTP_HEADER_SIZE);
    size_t at = RTP_HEADER_SIZE + (size_t)RTE_MAX(extensions, 0);
    if (at + OSN_SIZE + payload + SRTP_TRAILER_LENGTH_MAX > rte_pktmbuf_tailroom(mbuf) || extensions < 0 ||
        !rtx_take_index(worker, route, route->state, &packet->index))
        return DROP_RTX_SEND_TOO_LONG;
    rtp_write_header(data, resend->payload_type, resend->rtp.marker, (uint16_t)packet->index, resend->timestamp,
                     route->rtx_ssrc);
    rtp_set_extension(data, extensions > 0);
    rtp_set_padding(data, resend->rtp.padding);
    bytes_put16(data + at, resend->sequence);
    memcpy(data + at + OSN_SIZE, resend->data + resend->rtp.payload_offset, payload);
    packet->path = to->selected;
    path_address(&to->upkeep->paths[to->selected], packet);
    packet->source = mbuf;
    packet->rtp.payload_offset = (uint16_t)at;
    packet->rtp.ssrc = route->rtx_ssrc;
    packet->payload_length = (uint16_t)(OSN_SIZE + payload);
    counter_add(&route->state->rtx_packets, 1);
    counter_add(&route->state->rtx_octets, packet->payload_length);
    return DROP_NONE;
}

static struct rte_mbuf *make(struct worker *worker, const struct resend *resend, enum drop_reason *ret_reason)
{
    const struct route_entry *route = &worker->entries->routes[resend->route];
    struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_RTX);
    if (!mbuf)
        return NULL;
    packet_of(mbuf)->route = resend->route;
    packet_of(mbuf)->stream = route->stream;
    packet_of(mbuf)->transport = route->transport;
    *ret_reason = write_packet(worker, resend, mbuf);
    return mbuf;
}

enum nack_outcome rtx_packet_send(struct worker *worker, struct rte_graph *graph, struct rte_node *node,
                                  rte_edge_t protect, const struct resend *resend)
{
    enum drop_reason reason;
    struct rte_mbuf *mbuf = make(worker, resend, &reason);
    if (!mbuf)
        return NACK_NO_BUFFER;
    rte_node_enqueue_x1(graph, node, reason ? packet_drop(mbuf, reason) : protect, mbuf);
    return NACK_RESENT;
}
