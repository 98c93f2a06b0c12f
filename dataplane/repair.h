// SPDX-License-Identifier: Apache-2.0
// Loss on the way from a publisher to this gateway: what is missing, and asking for it (RFC 4585 6.2.1). And the
// packets that are kept for those who lose them behind it.
#pragma once

#include "worker.h"

// Makes or frees what a stream needs to know its gaps.
void repair_enable(struct worker *worker, struct stream_entry *stream, bool nack);

// A packet that does not follow the highest one, before it becomes that.
void repair_track(struct worker *worker, struct stream_entry *stream, uint32_t index, uint64_t number);

// A lost packet came as a repair.
void repair_received(struct worker *worker, struct stream_entry *stream, uint32_t index, uint64_t number);

// Once a walk: asks for what has been missing for a while, at most 64 streams a walk.
void repair_poll(struct worker *worker);

// The payload type that this one repeats, -1: it repeats none.
static inline int repair_payload_type(const struct stream_entry *stream, uint8_t rtx_payload_type)
{
    for (unsigned i = 0; i < stream->payload_count; i++)
        if (stream->payloads[i].rtx_payload_type == rtx_payload_type)
            return stream->payloads[i].payload_type;
    return -1;
}

static inline bool repair_is_rtx(const struct stream_entry *stream, uint8_t payload_type)
{
    return repair_payload_type(stream, payload_type) >= 0;
}

static inline void repair_prefetch(const struct stream_entry *stream, uint64_t number)
{
    if (stream->history)
        history_prefetch(stream->history, number);
}

// Into the history, if anybody may ask for it.
static inline void repair_keep(struct worker *worker, struct stream_entry *stream, struct rte_mbuf *mbuf)
{
    struct history *history = &worker->history;
    uint64_t overwritten = history->overwritten;
    if (!stream->history || rte_pktmbuf_tailroom(mbuf) < HISTORY_OVERREAD)
        return;
    history_store(history, stream->history, packet_of(mbuf)->index, packet_data(mbuf), mbuf->data_len);
    counter_add(&worker->state->history_stored, 1);
    counter_add(&worker->state->history_overwritten, history->overwritten - overwritten);
}

// Media that is complete: kept, and queued for its receivers, here or elsewhere. Where nothing is queued, the edge to
// take.
static inline rte_edge_t repair_hand_on(struct worker *worker, struct stream_entry *stream, struct rte_mbuf *mbuf,
                                        bool *ret_queued)
{
    if (unlikely(stream->elsewhere))
        return spill_hand_on(worker, stream, mbuf, ret_queued);
    if (stream->audience.count == 0)
        return packet_consume(mbuf, CONSUME_RTP);
    repair_keep(worker, stream, mbuf);
    if (fan_out_enqueue(worker, mbuf, &stream->audience))
        return packet_drop(mbuf, DROP_RTP_ROUTE_JOBS_FULL);
    *ret_queued = true;
    return EDGE_CONSUME;
}
