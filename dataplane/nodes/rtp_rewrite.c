// SPDX-License-Identifier: Apache-2.0
// Writes a receiver's own RTP header: SSRC, sequence, timestamp, payload type, extensions. The payload is not touched:
// it is encrypted out of the shared plaintext by srtp_protect.
#include "burst.h"
#include "extension_plan.h"
#include "frame_template.h"
#include "packet_index.h"
#include "path.h"
#include "route_extensions.h"
#include "rtx.h"
#include "suite.h"
#include "tick.h"
#include "worker_random.h"

#include <errno.h>

enum { EDGE_SRTP_PROTECT = EDGE_FIRST };

#define RESTART_MARGIN 64     // indexes skipped after a restart (index safety)
#define START_RANGE    0x7fff // RFC 3711 3.3.1: a first sequence number below 2^15
#define IP6_UDP_SIZE   48
#define SECOND         1000000000ULL

static int map_payload_type(const struct route_entry *route, uint8_t from)
{
    for (unsigned i = 0; i < route->payload_count; i++)
        if (route->payloads[i].from == from)
            return route->payloads[i].to;
    return -1;
}

static bool has_sent(const struct route_state *state)
{
    return state->source_ssrc || counter_get(&state->highest_index);
}

// Sequence and time go on where the last source ended, or where a killed process did: from its highest index, because
// the first packet now may be older than its last. A first source starts anywhere.
static void start_source(struct worker *worker, const struct route_entry *route, struct route_state *state,
                         const struct packet *source)
{
    uint64_t next = worker_random(worker) & START_RANGE;
    uint32_t timestamp = (uint32_t)worker_random(worker);
    if (has_sent(state)) {
        uint64_t silent = worker->now - counter_get(&state->last_sent);
        next = counter_get(&state->highest_index) + 1 + RESTART_MARGIN;
        timestamp = state->last_timestamp + (uint32_t)(uint64_t)((double)silent * route->clock_rate / SECOND) + 1;
    }
    atomic_store_explicit(&state->index_offset, next - source->index, memory_order_relaxed);
    if (state->source_ssrc == source->rtp.ssrc)
        return; // the same timeline
    atomic_store_explicit(&state->timestamp_offset, timestamp - source->rtp.timestamp, memory_order_relaxed);
    atomic_store_explicit(&state->source_ssrc, source->rtp.ssrc, memory_order_relaxed);
}

// DROP_NONE: the source packet has its place in the route's numbers; sets them up for a new source and after a restart.
// The window of this route alone decides that no index is taken twice, whatever a sender or a restart makes of its own.
static enum drop_reason take_index(struct worker *worker, struct route_entry *route, struct route_state *state,
                                   const struct packet *source, uint64_t *ret_index)
{
    if (!route->started || state->source_ssrc != source->rtp.ssrc) {
        if (!route->started) // only now can it decode a key frame: what was sent before it had keys is lost to it
            tick_request_keyframe_of(worker, route);
        start_source(worker, route, state, source);
        rtx_begin_epoch(route, state, source->index);
        route->started = true;
        route->start_index = source->index;
    }
    if (source->index < route->start_index)
        return DROP_RTP_REWRITE_BEFORE_START;
    *ret_index = source->index + counter_get(&state->index_offset);
    if (*ret_index > SRTP_INDEX_MAX)
        return DROP_SRTP_PROTECT_KEYS_USED_UP;
    return srtp_replay_commit(&route->taken, *ret_index) ? DROP_RTP_REWRITE_BEFORE_START : DROP_NONE;
}

// What the receiver does not need stays out of a packet that would not fit the link with it.
static int write_fitting_extensions(const struct worker *worker, struct route_entry *route, struct rte_mbuf *source,
                                    uint8_t *block, uint16_t mtu)
{
    const uint8_t *data = packet_data(source);
    const struct rtp_header *header = &packet_of(source)->rtp;
    int size = route_extensions_write(route, data, header, worker->send_time, true, block);
    uint32_t whole = RTP_HEADER_SIZE + packet_of(source)->payload_length + SRTP_TRAILER_LENGTH_MAX + IP6_UDP_SIZE;
    if (size == -ENOSPC || (size > 0 && whole + (uint32_t)size > mtu))
        return route_extensions_write(route, data, header, worker->send_time, false, block);
    route_extensions_plan(route, packet_of(source)->extension_layout);
    return size;
}

static void count_sent(struct worker *worker, struct route_state *state, const struct packet *packet,
                       uint32_t timestamp)
{
    // The index is in the state segment before the packet can leave.
    if (packet->index > counter_get(&state->highest_index) || counter_get(&state->packets) == 0)
        atomic_store_explicit(&state->highest_index, packet->index, memory_order_relaxed);
    atomic_store_explicit(&state->last_timestamp, timestamp, memory_order_relaxed);
    atomic_store_explicit(&state->last_sent, worker->now, memory_order_relaxed);
    counter_add(&state->packets, 1);
    counter_add(&state->octets, packet->payload_length);
}

// The headers in front of RTP are the path's, where it has them ready and the packet will fit. What else the packet
// needs is the path's address: udp_output goes the long way.
static void choose_frame(struct worker *worker, const struct transport_entry *to, struct packet *packet)
{
    const struct frame_template *frame = &to->frame;
    unsigned most = RTP_HEADER_SIZE + EXTENSION_PLAN_BLOCK + packet->payload_length + SRTP_TRAILER_LENGTH_MAX;
    packet->path = to->selected;
    if (frame_template_holds(frame, FRAME_TEMPLATE_TIME(worker->now)) && most <= frame->room) {
        packet->frame = frame->head;
        packet->port = frame->port;
    } else {
        packet->frame.size = 0;
        path_address(&to->upkeep->paths[to->selected], packet);
    }
}

static int finish_header(struct worker *worker, struct route_entry *route, const struct packet *packet, uint8_t *block)
{
    const struct packet *source = packet_of(packet->source);
    if (packet->frame.size && source->extension_layout == route->plan.layout && route->plan.layout)
        return extension_plan_write(&route->plan, packet_data(packet->source) + source->rtp.extension_offset,
                                    worker->send_time, block);
    return write_fitting_extensions(worker, route, packet->source, block, ports_get(packet->port)->mtu);
}

// The header takes the place of the publisher's, right before the payload. False: there is no room for it.
static bool replace_header(struct rte_mbuf *mbuf, const uint8_t *header, uint16_t size)
{
    unsigned payload_at = mbuf->data_off + packet_of(mbuf)->rtp.payload_offset;
    if (payload_at < (unsigned)size + FRAME_TEMPLATE_BYTES)
        return false;
    mbuf->data_off = (uint16_t)(payload_at - size);
    mbuf->pkt_len = mbuf->data_len = 0;
    mbuf->ol_flags = mbuf->tx_offload = 0; // what the device said of the packet that came
    memcpy(packet_data(mbuf), header, size);
    return true;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    const struct packet *source = packet_of(packet->source);
    struct route_entry *route = &worker->entries->routes[packet->route];
    struct route_state *state = route->state;
    const struct transport_entry *to = &worker->entries->transports[packet->transport];
    uint8_t beside[RTP_HEADER_SIZE + RTP_EXTENSION_MAX], *header = packet->source == mbuf ? beside : packet_data(mbuf);
    worker_works_on(worker, packet->publisher);
    if (to->selected == ENTRY_NO_PATH) // consent was lost since fan_out looked, in this very walk
        return packet_drop(mbuf, DROP_UDP_OUTPUT_NO_PATH);
    int payload_type = map_payload_type(route, source->rtp.payload_type);
    if (payload_type < 0)
        return packet_drop(mbuf, DROP_RTP_REWRITE_UNKNOWN_PAYLOAD_TYPE);
    enum drop_reason none_left = take_index(worker, route, state, source, &packet->index);
    if (none_left)
        return packet_drop(mbuf, none_left);
    uint32_t timestamp = source->rtp.timestamp + state->timestamp_offset;
    packet->payload_length = source->payload_length;
    choose_frame(worker, to, packet);
    rtp_write_header(header, (uint8_t)payload_type, source->rtp.marker, (uint16_t)packet->index, timestamp,
                     route->ssrc);
    int extensions = finish_header(worker, route, packet, header + RTP_HEADER_SIZE);
    if (extensions < 0)
        return packet_drop(mbuf, DROP_RTP_REWRITE_TOO_LONG);
    rtp_set_extension(header, extensions > 0);
    rtp_set_padding(header, source->rtp.padding);
    if (header == beside && !replace_header(mbuf, header, (uint16_t)(RTP_HEADER_SIZE + extensions)))
        return packet_drop(mbuf, DROP_RTP_REWRITE_TOO_LONG);
    if (packet->frame.size)
        frame_template_write(&to->frame, packet_data(mbuf));
    packet->rtp.payload_offset = (uint16_t)(RTP_HEADER_SIZE + extensions);
    packet->rtp.ssrc = route->ssrc;
    count_sent(worker, state, packet, timestamp);
    return EDGE_SRTP_PROTECT;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    worker->send_time = rtp_extension_abs_send_time(worker->now / 1000);
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register rtp_rewrite = {
    .name = "rtp_rewrite",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_SRTP_PROTECT] = "srtp_protect"},
};
RTE_NODE_REGISTER(rtp_rewrite);
