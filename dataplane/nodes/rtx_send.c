// SPDX-License-Identifier: Apache-2.0
// Answers what viewers asked for again, out of the history (RFC 4588): at most 32 packets a walk, within each route's
// budget. What is not sent is counted by its outcome. A source node, like fan_out.
#include "packet.h"
#include "packet_index.h"
#include "path.h"
#include "repair.h"
#include "route_extensions.h"
#include "rtp_parse.h"
#include "rtx.h"
#include "suite.h"

#include <rte_graph_worker.h>

enum { EDGE_SRTP_PROTECT = EDGE_FIRST };

#define LOOKS_A_WALK 128u
#define SENDS_A_WALK 32u
#define MS_NS        1000000ULL
#define OSN_SIZE     2

// A kept packet on its way to one viewer.
struct resend {
    struct route_entry *route;
    uint32_t route_index;
    const uint8_t *data;
    size_t size;
    struct rtp_header rtp;
    uint32_t timestamp;
    uint16_t sequence; // as the viewer knows it
    uint8_t payload_type;
};

static uint8_t rtx_payload_type(const struct route_entry *route, uint8_t from)
{
    for (unsigned i = 0; i < route->payload_count; i++)
        if (route->payloads[i].from == from)
            return route->rtx_payload_types[i];
    return 0;
}

static bool find_kept(struct worker *worker, const struct retransmission_epoch *epoch, uint64_t index,
                      struct resend *resend)
{
    const struct stream_entry *stream = entry_stream(worker->entries, resend->route->stream);
    if (!stream || stream->generation != resend->route->stream_generation || !stream->history)
        return false;
    resend->data = history_find(&worker->history, stream->history, index - epoch->offset, &resend->size);
    return resend->data && rtp_parse(resend->data, resend->size, &resend->rtp) > 0 &&
           resend->rtp.ssrc == epoch->source_ssrc;
}

static enum nack_outcome look_up(struct worker *worker, const struct nack_request *request, struct resend *resend)
{
    struct route_entry *route = entry_route(worker->entries, request->route);
    const struct route_state *state = tables_route_state(worker->tables, request->route);
    uint32_t now_ms = (uint32_t)(worker->now / MS_NS), rtt_ms = (state->rtt_us + 999) / 1000;
    if (!route || route->generation != request->generation || !route->retransmission || !counter_get(&state->packets))
        return NACK_UNKNOWN;
    const struct transport_entry *to = entry_transport(worker->entries, route->transport);
    uint64_t highest = counter_get(&state->highest_index);
    uint64_t index = srtp_packet_index_guess(highest, request->sequence);
    const struct retransmission_epoch *epoch = retransmission_find_epoch(route->retransmission, index);
    if (!to->keys || to->selected == ENTRY_NO_PATH || index > highest || !epoch)
        return NACK_UNKNOWN;
    if (srtp_replay_check(&route->taken, index) == 0) // it came late, and fan_out is about to send it
        return NACK_UNKNOWN;
    resend->route = route;
    resend->route_index = request->route;
    if (!find_kept(worker, epoch, index, resend))
        return NACK_NOT_KEPT;
    resend->payload_type = rtx_payload_type(route, resend->rtp.payload_type);
    if (!resend->payload_type)
        return NACK_UNKNOWN;
    if (retransmission_is_too_soon(route->retransmission, index, now_ms, rtt_ms))
        return NACK_TOO_SOON;
    retransmission_refill(route->retransmission, counter_get(&state->octets), state->kbps);
    if (!retransmission_take(route->retransmission, index, (uint32_t)resend->size, now_ms))
        return NACK_OVER_BUDGET;
    resend->timestamp = resend->rtp.timestamp + epoch->timestamp_offset;
    resend->sequence = request->sequence;
    return NACK_RESENT;
}

// Encrypted in place: the packet is its own source.
static rte_edge_t write_packet(struct worker *worker, const struct resend *resend, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    struct route_state *state = tables_route_state(worker->tables, resend->route_index);
    const struct transport_entry *to = entry_transport(worker->entries, packet->transport);
    uint8_t *data = packet_data(mbuf);
    size_t payload = resend->size - resend->rtp.payload_offset;
    // Those of the lost packet go with it, for its receiver takes them from here.
    int extensions =
        route_extensions_write(resend->route, resend->data, &resend->rtp,
                               rtp_extension_abs_send_time(worker->now / 1000), true, data + RTP_HEADER_SIZE);
    size_t at = RTP_HEADER_SIZE + (size_t)RTE_MAX(extensions, 0);
    if (at + OSN_SIZE + payload + SRTP_TRAILER_LENGTH_MAX > rte_pktmbuf_tailroom(mbuf) || extensions < 0 ||
        !rtx_take_index(worker, resend->route, state, &packet->index))
        return packet_drop(mbuf, DROP_RTX_SEND_TOO_LONG);
    rtp_write_header(data, resend->payload_type, resend->rtp.marker, (uint16_t)packet->index, resend->timestamp,
                     resend->route->rtx_ssrc);
    rtp_set_extension(data, extensions > 0);
    rtp_set_padding(data, resend->rtp.padding);
    bytes_put16(data + at, resend->sequence);
    memcpy(data + at + OSN_SIZE, resend->data + resend->rtp.payload_offset, payload);
    packet->path = to->selected;
    path_address(&to->paths[to->selected], packet);
    packet->source = mbuf;
    packet->rtp.payload_offset = (uint16_t)at;
    packet->rtp.ssrc = resend->route->rtx_ssrc;
    packet->payload_length = (uint16_t)(OSN_SIZE + payload);
    counter_add(&state->rtx_packets, 1);
    counter_add(&state->rtx_octets, packet->payload_length);
    return EDGE_SRTP_PROTECT;
}

static bool resend_packet(struct worker *worker, struct rte_graph *graph, struct rte_node *node,
                          const struct resend *resend)
{
    struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_RTX);
    if (!mbuf)
        return false;
    packet_of(mbuf)->route = resend->route_index;
    packet_of(mbuf)->stream = resend->route->stream;
    packet_of(mbuf)->transport = resend->route->transport;
    rte_node_enqueue_x1(graph, node, write_packet(worker, resend, mbuf), mbuf);
    return true;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    struct nack_queue *queue = &worker->nacks;
    unsigned sent = 0;
    (void)objs;
    (void)count;
    repair_poll(worker);
    for (unsigned looks = 0; queue->count && looks < LOOKS_A_WALK && sent < SENDS_A_WALK; looks++) {
        struct resend resend;
        const struct nack_request *request = &queue->requests[queue->head];
        enum nack_outcome outcome = look_up(worker, request, &resend);
        if (outcome == NACK_RESENT && !resend_packet(worker, graph, node, &resend))
            outcome = NACK_NO_BUFFER;
        sent += outcome == NACK_RESENT;
        counter_add(&worker->state->nacked[outcome], 1);
        queue->head = (queue->head + 1) % WORKER_NACK_REQUESTS;
        queue->count--;
    }
    worker->worked |= sent > 0;
    return (uint16_t)sent;
}

static struct rte_node_register rtx_send = {
    .name = "rtx_send",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_SRTP_PROTECT] = "srtp_protect"},
};
RTE_NODE_REGISTER(rtx_send);
