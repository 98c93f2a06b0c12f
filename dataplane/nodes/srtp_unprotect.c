// SPDX-License-Identifier: Apache-2.0
// SRTP (RFC 3711, RFC 7714) in bursts of many keys. A batch node: ipsec-mb works on all packets at once. Which stream
// an SSRC belongs to stands in binding.h; it is bound only after a tag verified.
#include "binding.h"
#include "install.h"
#include "packet.h"
#include "packet_index.h"
#include "poison.h"
#include "prefetch.h"
#include "protect.h"
#include "rtp_parse.h"
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
    job->keys = transport_key(worker, pending->transport, KEY_RECEIVE_RTP);
    job->dst = packet_data(pending->mbuf);
    job->index = packet->index;
    job->length = pending->mbuf->data_len;
    job->header_length = packet->rtp.payload_offset;
    job->ssrc = packet->rtp.ssrc;
}

// What the packets of a burst will need of their sessions.
static void prefetch(const struct worker *worker, struct pending *pending)
{
    const struct rte_mbuf *mbuf = pending->mbuf;
    pending->transport = &worker->entries->transports[packet_of(pending->mbuf)->transport];
    pending->ssrc = NULL;
    if (mbuf->data_len < RTP_HEADER_SIZE || !pending->transport->keys)
        return;
    prefetch_keys(worker, pending->transport, KEY_RECEIVE_RTP, mbuf->data_len);
    pending->ssrc = binding_find(pending->transport, rtp_ssrc(packet_data(pending->mbuf)));
    if (!pending->ssrc)
        return;
    rte_prefetch0(pending->ssrc->state);
    rte_prefetch0(&pending->ssrc->state->window);
    prefetch_lines(&worker->entries->streams[pending->ssrc->stream], 2 * RTE_CACHE_LINE_SIZE);
    twcc_prefetch(&pending->transport->twcc);
}

// What can be said before the key is used.
static enum drop_reason look_up(struct worker *worker, struct pending *pending)
{
    struct packet *packet = packet_of(pending->mbuf);
    const uint8_t *data = packet_data(pending->mbuf);
    worker_works_on(worker, packet->transport);
    if (rtp_parse(data, pending->mbuf->data_len, &packet->rtp) < 0)
        return DROP_SRTP_UNPROTECT_MALFORMED;
    if (!pending->transport->keys)
        return DROP_SRTP_UNPROTECT_NO_KEYS;
    if (packet->rtp.ssrc == 0) // the tables' word for "none"
        return DROP_SRTP_UNPROTECT_UNKNOWN_STREAM;
    packet->index = packet->rtp.sequence; // until the rollover counter is known
    if (!pending->ssrc) {
        pending->stream = binding_guess(worker, pending->transport, data, &packet->rtp);
        return pending->stream == PACKET_NONE ? DROP_SRTP_UNPROTECT_UNKNOWN_STREAM : DROP_NONE;
    }
    pending->stream = pending->ssrc->stream;
    const struct srtp_replay_window *window = &pending->ssrc->state->window;
    packet->index = srtp_packet_index_guess(srtp_replay_highest(window), packet->rtp.sequence);
    if (!pending->ssrc->fresh && srtp_replay_check(window, packet->index))
        return DROP_SRTP_UNPROTECT_REPLAYED;
    return DROP_NONE;
}

static void set_length(struct rte_mbuf *mbuf, uint32_t length)
{
    mbuf->data_len = (uint16_t)length;
    mbuf->pkt_len = length;
}

// The first packet of a source, or the first after a restart: its ROC is tried, and it waits for no burst.
static enum drop_reason verify_first(struct worker *worker, struct pending *pending)
{
    struct srtp_packet job;
    uint64_t highest = SRTP_INDEX_NONE;
    fill_job(worker, pending, &job);
    if (pending->ssrc)
        highest = srtp_replay_highest(&pending->ssrc->state->window);
    if (srtp_unprotect_candidates(worker->engine, &job, highest))
        return DROP_SRTP_UNPROTECT_BAD_TAG;
    if (!pending->ssrc)
        pending->ssrc = binding_add(worker, pending->transport, pending->stream, job.ssrc);
    if (!pending->ssrc)
        return DROP_SRTP_UNPROTECT_SSRC_LIMIT;
    pending->ssrc->fresh = false;
    packet_of(pending->mbuf)->index = job.index;
    set_length(pending->mbuf, job.ret_length);
    return DROP_NONE;
}

// The tag was right: the index is taken before the packet goes on.
static enum drop_reason admit(struct worker *worker, struct pending *pending)
{
    struct packet *packet = packet_of(pending->mbuf);
    struct stream_binding *binding = pending->ssrc->state;
    uint16_t length = pending->mbuf->data_len;
    if (srtp_replay_commit(&binding->window, packet->index))
        return DROP_SRTP_UNPROTECT_REPLAYED;
    counter_add(&binding->packets, 1);
    counter_add(&binding->bytes, length);
    atomic_store_explicit(&binding->last_received, worker->now, memory_order_relaxed);
    if (packet->rtp.padding && rtp_padding_size(packet_data(pending->mbuf), length, &packet->rtp) < 0)
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
        set_length(pending->mbuf, jobs[i].ret_length);
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
    worker_works_on_none(worker);
    verify_bound(worker, jobs, owners, job_count);
    for (unsigned i = 0; i < first_count; i++) {
        first[i]->ssrc = binding_find(first[i]->transport, packet_of(first[i]->mbuf)->rtp.ssrc);
        first[i]->reason = look_up(worker, first[i]);
        if (!first[i]->reason)
            first[i]->reason = verify_first(worker, first[i]);
        if (!first[i]->reason)
            first[i]->reason = admit(worker, first[i]);
    }
    worker_works_on_none(worker);
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct pending pending[WORKER_BURST];
    void *verified[WORKER_BURST];
    uint16_t verified_count = 0;
    for (uint16_t i = 0; i < count; i++) {
        pending[i].mbuf = objs[i];
        prefetch(worker, &pending[i]);
    }
    unprotect(worker, pending, count);
    for (uint16_t i = 0; i < count; i++) {
        if (pending[i].reason)
            rte_node_enqueue_x1(graph, node, packet_drop(objs[i], pending[i].reason), objs[i]);
        else
            verified[verified_count++] = objs[i];
    }
    if (verified_count)
        rte_node_enqueue(graph, node, EDGE_RTP_ROUTE, verified, verified_count);
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
