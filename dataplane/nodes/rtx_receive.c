// SPDX-License-Identifier: Apache-2.0
// A publisher's repair becomes the packet that was lost (RFC 4588 4): its sequence number, SSRC and payload type again,
// a place in the media's own replay window, and on to the receivers. Statistics of arrival are not told of it. A batch
// node: packets stay in the fan-out queue.
#include "binding.h"
#include "packet.h"
#include "packet_index.h"
#include "repair.h"

#include <rte_graph_worker.h>

#define OSN_SIZE 2 // the original sequence number, in front of the payload

static struct srtp_replay_window *media_window(struct worker *worker, const struct packet *packet, uint32_t media_ssrc)
{
    struct ssrc_entry *ssrc = binding_find(entry_transport(worker->entries, packet->transport), media_ssrc);
    if (!ssrc || ssrc->fresh || ssrc->stream != packet->stream)
        return NULL;
    return &tables_stream_state(worker->tables, ssrc->stream)->bindings[ssrc->binding].window;
}

static bool is_padding(const struct rte_mbuf *mbuf, const struct packet *packet, const uint8_t *data)
{
    return packet->payload_length - rtp_padding_size(data, mbuf->data_len, &packet->rtp) <= OSN_SIZE;
}

// The header moves over the two octets.
static void restore(struct rte_mbuf *mbuf, const struct stream_entry *stream, uint64_t index)
{
    struct packet *packet = packet_of(mbuf);
    uint8_t *data = packet_data(mbuf);
    int payload_type = repair_payload_type(stream, packet->rtp.payload_type);
    memmove(data + OSN_SIZE, data, packet->rtp.payload_offset);
    data = (uint8_t *)rte_pktmbuf_adj(mbuf, OSN_SIZE);
    rtp_set_payload_type(data, (uint8_t)payload_type);
    rtp_set_sequence(data, (uint16_t)index);
    rtp_set_ssrc(data, stream->media_ssrc);
    packet->payload_length = (uint16_t)(packet->payload_length - OSN_SIZE);
    packet->index = index;
    packet->rtp.payload_type = (uint8_t)payload_type;
    packet->rtp.sequence = (uint16_t)index;
    packet->rtp.ssrc = stream->media_ssrc;
}

static rte_edge_t receive(struct worker *worker, struct rte_mbuf *mbuf, bool *ret_queued)
{
    const struct packet *packet = packet_of(mbuf);
    const uint8_t *data = packet_data(mbuf);
    struct stream_entry *stream = entry_stream(worker->entries, packet->stream);
    struct stream_state *state = tables_stream_state(worker->tables, packet->stream);
    *ret_queued = false;
    if (packet->rtp.ssrc != stream->media_ssrc)
        atomic_store_explicit(&state->bindings[packet->binding].is_rtx, 1, memory_order_relaxed);
    if (is_padding(mbuf, packet, data))
        return packet_consume(mbuf, CONSUME_RTX_PADDING);
    struct srtp_replay_window *window = stream->media_ssrc ? media_window(worker, packet, stream->media_ssrc) : NULL;
    if (!window || packet->rtp.ssrc == stream->media_ssrc)
        return packet_drop(mbuf, DROP_RTX_RECEIVE_WITHOUT_MEDIA);
    uint64_t index =
        srtp_packet_index_guess(srtp_replay_highest(window), bytes_get16(data + packet->rtp.payload_offset));
    if (srtp_replay_commit(window, index))
        return packet_drop(mbuf, DROP_RTX_RECEIVE_REPLAYED);
    repair_received(worker, stream, packet->stream, index);
    restore(mbuf, stream, index);
    return repair_hand_on(worker, stream, mbuf, ret_queued);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i++) {
        bool queued;
        rte_edge_t edge = receive(worker, objs[i], &queued);
        if (!queued)
            rte_node_enqueue_x1(graph, node, edge, objs[i]);
    }
    return count;
}

static struct rte_node_register rtx_receive = {
    .name = "rtx_receive",
    .process = process,
    .nb_edges = 2,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume"},
};
RTE_NODE_REGISTER(rtx_receive);
