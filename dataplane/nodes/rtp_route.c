// SPDX-License-Identifier: Apache-2.0
// Authentic RTP meets its stream: statistics, transport-wide arrival times, and a place in the queue to its receivers.
// A batch node: packets stay in the fan-out queue, and fan_out is called for them in this very walk.
#include "extension_plan.h"
#include "packet.h"
#include "poison.h"
#include "repair.h"

#include <rte_graph_worker.h>

enum { EDGE_RTX_RECEIVE = EDGE_FIRST, EDGE_FAN_OUT };

// On the way, for all receivers' rewriting: the layout of the header extensions.
static void record_arrival(struct worker *worker, const struct stream_entry *stream, struct packet *packet,
                           const uint8_t *data)
{
    struct transport_entry *transport = &worker->entries->transports[packet->transport];
    uint8_t id = transport->feedback == FEEDBACK_TRANSPORT_CC ? stream->transport_cc_extension : 0;
    struct rtp_extension_element element = {.size = 2};
    packet->extension_layout = extension_layout(data, &packet->rtp, id, element.size, &element.value);
    if (packet->extension_layout == EXTENSION_LAYOUT_UNKNOWN &&
        !(id && rtp_extension_find(data, &packet->rtp, id, &element)))
        return;
    if (element.value && element.size == 2)
        twcc_record(&transport->twcc, bytes_get16(element.value), (int64_t)(packet->received_at / 1000));
}

static const struct stream_payload *find_payload(const struct stream_entry *stream, uint8_t payload_type)
{
    for (unsigned i = 0; i < stream->payload_count; i++)
        if (stream->payloads[i].payload_type == payload_type)
            return &stream->payloads[i];
    return NULL;
}

// RFC 3550 A.3 and A.8. A new media SSRC starts the statistics again.
static void measure(struct worker *worker, struct stream_entry *stream, const struct packet *packet,
                    uint32_t clock_rate)
{
    if (stream->media_ssrc != packet->rtp.ssrc) {
        if (stream->media_ssrc) // the other SSRC's timeline is not this one's
            atomic_store_explicit(&tables_stream_state(worker->tables, packet->stream)->sr_received, 0,
                                  memory_order_relaxed);
        stream->media_ssrc = packet->rtp.ssrc;
        stream->base_index = stream->highest_index = packet->index;
        stream->received = stream->expected_prior = stream->received_prior = 0;
        stream->jitter = 0;
        stream->last_arrival = 0;
    }
    if (stream->missing && packet->index != stream->highest_index + 1)
        repair_track(worker, stream, packet->stream, packet->index);
    stream->received++;
    stream->highest_index = RTE_MAX(stream->highest_index, packet->index);
    stream->base_index = RTE_MIN(stream->base_index, packet->index);
    if (stream->last_arrival) {
        int64_t passed = (int64_t)(packet->received_at - stream->last_arrival); // another queue's clock may be behind
        double transit =
            (double)passed * clock_rate / 1e9 - (double)(int32_t)(packet->rtp.timestamp - stream->last_timestamp);
        stream->jitter += ((transit < 0 ? -transit : transit) - stream->jitter) / 16;
    }
    stream->last_arrival = packet->received_at;
    stream->last_timestamp = packet->rtp.timestamp;
}

static rte_edge_t route(struct worker *worker, struct rte_mbuf *mbuf, bool *ret_queued)
{
    struct packet *packet = packet_of(mbuf);
    struct stream_entry *stream = &worker->entries->streams[packet->stream];
    const struct stream_payload *payload = find_payload(stream, packet->rtp.payload_type);
    *ret_queued = false;
    worker_works_on(worker, packet->transport);
    record_arrival(worker, stream, packet, packet_data(mbuf));
    if (!payload)
        return repair_is_rtx(stream, packet->rtp.payload_type) ? (rte_edge_t)EDGE_RTX_RECEIVE
                                                               : packet_drop(mbuf, DROP_RTP_ROUTE_UNKNOWN_PAYLOAD_TYPE);
    measure(worker, stream, packet, payload->clock_rate);
    return repair_hand_on(worker, stream, mbuf, ret_queued);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i++) {
        const struct packet *packet = packet_of(objs[i]);
        const struct stream_entry *stream = &worker->entries->streams[packet->stream];
        repair_prefetch(stream, packet->index);
        rte_prefetch0(stream->audience.routes);
    }
    for (uint16_t i = 0; i < count; i++) {
        bool queued;
        rte_edge_t edge = route(worker, objs[i], &queued);
        if (!queued)
            rte_node_enqueue_x1(graph, node, edge, objs[i]);
    }
    worker_works_on_none(worker);
    if (worker->fan_out.count)
        rte_node_enqueue_x1(graph, node, EDGE_FAN_OUT, NULL);
    return count;
}

static struct rte_node_register rtp_route = {
    .name = "rtp_route",
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_RTX_RECEIVE] = "rtx_receive",
                   [EDGE_FAN_OUT] = "fan_out"},
};
RTE_NODE_REGISTER(rtp_route);
