// SPDX-License-Identifier: Apache-2.0
// SRTP (RFC 3711, RFC 7714) in bursts of many keys. A batch node: ipsec-mb works on all packets at once. Which stream
// an SSRC belongs to stands in binding.h; it is bound only after a tag verified.
#include "binding.h"
#include "install.h"
#include "packet.h"
#include "packet_index.h"
#include "prefetch.h"
#include "protect.h"
#include "worker.h"

#include <errno.h>
#include <rte_graph_worker.h>

enum { EDGE_RTP_ROUTE = EDGE_FIRST };

// One packet between look-up and verdict.
struct pending {
    struct rte_mbuf *mbuf;
    struct transport_entry *transport;
    struct ssrc_entry *ssrc; // NULL: not bound yet
    uint32_t stream;
    enum drop_reason reason;
};

static void fill_job(struct worker *worker, const struct pending *pending, struct srtp_packet *job)
{
    const struct packet *packet = packet_of(pending->mbuf);
    *job = (struct srtp_packet){.keys = transport_key(worker, pending->transport, KEY_RECEIVE_RTP),
                                .dst = packet_data(pending->mbuf),
                                .index = packet->index,
                                .length = pending->mbuf->data_len,
                                .header_length = packet->rtp.payload_offset,
                                .ssrc = packet->rtp.ssrc};
}

static struct srtp_replay_window *window_of(struct worker *worker, const struct ssrc_entry *ssrc)
{
    return &tables_stream_state(worker->tables, ssrc->stream)->bindings[ssrc->binding].window;
}

// What the packets of a burst will need of their sessions.
static void prefetch(const struct worker *worker, struct rte_mbuf *mbuf)
{
    struct transport_entry *transport = entry_transport(worker->entries, packet_of(mbuf)->transport);
    if (mbuf->data_len < RTP_HEADER_SIZE || !transport->keys)
        return;
    const struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    prefetch_keys(worker, transport, KEY_RECEIVE_RTP, mbuf->data_len);
    rte_prefetch1(&state->last_received);
    rte_prefetch1(&state->packets_received);
    if (transport->feedback == FEEDBACK_TRANSPORT_CC)
        rte_prefetch1(&transport->twcc.base);
    struct ssrc_entry *ssrc = binding_find(transport, rtp_ssrc(packet_data(mbuf)));
    if (!ssrc)
        return;
    const struct stream_state *stream = tables_stream_state(worker->tables, ssrc->stream);
    rte_prefetch1(stream);
    prefetch_lines(&stream->bindings[ssrc->binding], sizeof(stream->bindings[0]));
    prefetch_lines(entry_stream(worker->entries, ssrc->stream), offsetof(struct stream_entry, mid));
}

// What can be said before the key is used.
static enum drop_reason look_up(struct worker *worker, struct pending *pending)
{
    struct packet *packet = packet_of(pending->mbuf);
    const uint8_t *data = packet_data(pending->mbuf);
    pending->transport = entry_transport(worker->entries, packet->transport);
    if (rtp_parse(data, pending->mbuf->data_len, &packet->rtp) < 0)
        return DROP_SRTP_UNPROTECT_MALFORMED;
    if (!pending->transport->keys)
        return DROP_SRTP_UNPROTECT_NO_KEYS;
    if (packet->rtp.ssrc == 0) // the tables' word for "none"
        return DROP_SRTP_UNPROTECT_UNKNOWN_STREAM;
    packet->index = packet->rtp.sequence; // until the rollover counter is known
    pending->ssrc = binding_find(pending->transport, packet->rtp.ssrc);
    if (!pending->ssrc) {
        pending->stream = binding_guess(worker, pending->transport, data, &packet->rtp);
        return pending->stream == PACKET_NONE ? DROP_SRTP_UNPROTECT_UNKNOWN_STREAM : DROP_NONE;
    }
    pending->stream = pending->ssrc->stream;
    struct srtp_replay_window *window = window_of(worker, pending->ssrc);
    packet->index = srtp_packet_index_guess(srtp_replay_highest(window), packet->rtp.sequence);
    if (!pending->ssrc->fresh && srtp_replay_check(window, packet->index))
        return DROP_SRTP_UNPROTECT_REPLAYED;
    return DROP_NONE;
}

// The first packet of a source, or the first after a restart: its ROC is tried, and it waits for no burst.
static enum drop_reason verify_first(struct worker *worker, struct pending *pending)
{
    struct srtp_packet job;
    uint64_t highest = SRTP_INDEX_NONE;
    fill_job(worker, pending, &job);
    if (pending->ssrc)
        highest = srtp_replay_highest(window_of(worker, pending->ssrc));
    if (srtp_unprotect_candidates(worker->engine, &job, highest))
        return DROP_SRTP_UNPROTECT_BAD_TAG;
    if (!pending->ssrc)
        pending->ssrc = binding_add(worker, pending->transport, pending->stream, job.ssrc);
    if (!pending->ssrc)
        return DROP_SRTP_UNPROTECT_SSRC_LIMIT;
    pending->ssrc->fresh = false;
    packet_of(pending->mbuf)->index = job.index;
    rte_pktmbuf_trim(pending->mbuf, (uint16_t)(pending->mbuf->data_len - job.ret_length));
    return DROP_NONE;
}

static void count_received(struct worker *worker, const struct pending *pending, uint16_t bytes)
{
    struct transport_state *transport = tables_transport_state(worker->tables, pending->transport->index);
    struct stream_state *stream = tables_stream_state(worker->tables, pending->stream);
    struct stream_binding *binding = &stream->bindings[pending->ssrc->binding];
    counter_add(&transport->packets_received, 1);
    counter_add(&transport->bytes_received, bytes);
    counter_add(&stream->packets, 1);
    counter_add(&stream->bytes, bytes);
    counter_add(&binding->packets, 1);
    counter_add(&binding->bytes, bytes);
    atomic_store_explicit(&transport->last_received, worker->now, memory_order_relaxed);
    atomic_store_explicit(&binding->last_received, worker->now, memory_order_relaxed);
}

// The tag was right: the index is taken before the packet goes on.
static enum drop_reason admit(struct worker *worker, struct pending *pending)
{
    struct packet *packet = packet_of(pending->mbuf);
    uint16_t length = pending->mbuf->data_len;
    if (srtp_replay_commit(window_of(worker, pending->ssrc), packet->index))
        return DROP_SRTP_UNPROTECT_REPLAYED;
    count_received(worker, pending, length);
    if (rtp_padding_size(packet_data(pending->mbuf), length, &packet->rtp) < 0)
        return DROP_SRTP_UNPROTECT_BAD_PADDING;
    packet->stream = pending->stream;
    packet->binding = pending->ssrc->binding;
    packet->payload_length = (uint16_t)(length - packet->rtp.payload_offset);
    return DROP_NONE;
}

static void verify_bound(struct worker *worker, struct srtp_packet *jobs, struct pending **owners, unsigned count)
{
    srtp_unprotect_burst(worker->engine, jobs, count);
    for (unsigned i = 0; i < count; i++) {
        struct pending *pending = owners[i];
        if (jobs[i].result) {
            pending->reason = DROP_SRTP_UNPROTECT_BAD_TAG;
            continue;
        }
        rte_pktmbuf_trim(pending->mbuf, (uint16_t)(pending->mbuf->data_len - jobs[i].ret_length));
        pending->reason = admit(worker, pending);
    }
}

// What is bound goes to ipsec-mb at once; what is new is verified by itself, after it: a new binding may take the place
// of an old one. It is looked up again, for a packet of the same burst may have bound its SSRC.
static void unprotect(struct worker *worker, struct pending *pending, uint16_t count)
{
    struct srtp_packet jobs[WORKER_BURST];
    struct pending *owners[WORKER_BURST], *first[WORKER_BURST];
    unsigned job_count = 0, first_count = 0;
    for (uint16_t i = 0; i < count; i++) {
        pending[i].reason = look_up(worker, &pending[i]);
        if (pending[i].reason)
            continue;
        if (!pending[i].ssrc || pending[i].ssrc->fresh) {
            first[first_count++] = &pending[i];
            continue;
        }
        owners[job_count] = &pending[i];
        fill_job(worker, &pending[i], &jobs[job_count++]);
    }
    verify_bound(worker, jobs, owners, job_count);
    for (unsigned i = 0; i < first_count; i++) {
        first[i]->reason = look_up(worker, first[i]);
        if (!first[i]->reason)
            first[i]->reason = verify_first(worker, first[i]);
        if (!first[i]->reason)
            first[i]->reason = admit(worker, first[i]);
    }
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct pending pending[WORKER_BURST];
    for (uint16_t i = 0; i < count; i++)
        prefetch(worker, objs[i]);
    for (uint16_t i = 0; i < count; i++)
        pending[i] = (struct pending){.mbuf = objs[i]};
    unprotect(worker, pending, count);
    for (uint16_t i = 0; i < count; i++) {
        rte_edge_t edge = pending[i].reason ? packet_drop(objs[i], pending[i].reason) : (rte_edge_t)EDGE_RTP_ROUTE;
        rte_node_enqueue_x1(graph, node, edge, objs[i]);
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register srtp_unprotect = {
    .name = "srtp_unprotect",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_RTP_ROUTE] = "rtp_route"},
};
RTE_NODE_REGISTER(srtp_unprotect);
