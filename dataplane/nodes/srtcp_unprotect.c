// SPDX-License-Identifier: Apache-2.0
// SRTCP in: index, replay window per sender, tag. A batch node for ipsec-mb's sake.
#include "install.h"
#include "packet.h"
#include "poison.h"
#include "srtcp.h"

#include <errno.h>
#include <rte_graph_worker.h>

enum { EDGE_RTCP_INPUT = EDGE_FIRST };

#define SECOND        1000000000ULL
#define REUSE_SECONDS 10 // a sender that was silent for so long gives its place to a new one

static struct rtcp_sender *find_sender(struct transport_state *state, uint32_t ssrc)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_RTCP_SENDERS; i++)
        if (atomic_load_explicit(&state->rtcp_senders[i].ssrc, memory_order_relaxed) == ssrc)
            return &state->rtcp_senders[i];
    return NULL;
}

// A free place, or that of the sender that was silent longest. NULL: all spoke a moment ago.
static struct rtcp_sender *add_sender(struct transport_state *state, uint32_t ssrc, uint32_t second)
{
    struct rtcp_sender *place = &state->rtcp_senders[0];
    for (unsigned i = 0; i < TRANSPORT_MAX_RTCP_SENDERS && place->ssrc; i++)
        if (state->rtcp_senders[i].ssrc == 0 || state->rtcp_senders[i].last_received < place->last_received)
            place = &state->rtcp_senders[i];
    if (place->ssrc && second - place->last_received < REUSE_SECONDS)
        return NULL;
    // A process that is killed in between leaves the place free.
    atomic_store_explicit(&place->ssrc, 0, memory_order_relaxed);
    memset(&place->window, 0, sizeof(place->window));
    atomic_store_explicit(&place->ssrc, ssrc, memory_order_release);
    return place;
}

static enum drop_reason prepare(struct worker *worker, struct rte_mbuf *mbuf, struct srtcp_packet *job)
{
    const struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    uint8_t *data = packet_data(mbuf);
    uint32_t index;
    worker_works_on(worker, packet->transport);
    if (!transport->keys)
        return DROP_SRTCP_UNPROTECT_NO_KEYS;
    if (mbuf->data_len < SRTCP_HEADER_LENGTH || srtcp_read_index(transport->suite, data, mbuf->data_len, &index))
        return DROP_SRTCP_UNPROTECT_MALFORMED;
    struct rtcp_sender *sender =
        find_sender(tables_transport_state(worker->tables, transport->index), bytes_get32(data + 4));
    if (sender && srtp_replay_check(&sender->window, index))
        return DROP_SRTCP_UNPROTECT_REPLAYED;
    *job = (struct srtcp_packet){.keys = transport_key(worker, transport, KEY_RECEIVE_RTCP),
                                 .data = data,
                                 .length = mbuf->data_len,
                                 .capacity = mbuf->data_len};
    return DROP_NONE;
}

// The sender of an authentic packet gets its window; junk cannot take one.
static enum drop_reason admit(struct worker *worker, struct rte_mbuf *mbuf, const struct srtcp_packet *job)
{
    struct transport_state *state = tables_transport_state(worker->tables, packet_of(mbuf)->transport);
    uint32_t ssrc = bytes_get32(packet_data(mbuf) + 4);
    if (job->result)
        return job->result == -EBADMSG ? DROP_SRTCP_UNPROTECT_BAD_TAG : DROP_SRTCP_UNPROTECT_MALFORMED;
    uint32_t second = (uint32_t)(worker->now / SECOND);
    struct rtcp_sender *sender = ssrc ? find_sender(state, ssrc) : NULL;
    if (!sender && ssrc)
        sender = add_sender(state, ssrc, second);
    if (!sender)
        return DROP_SRTCP_UNPROTECT_SSRC_LIMIT;
    if (srtp_replay_commit(&sender->window, job->index))
        return DROP_SRTCP_UNPROTECT_REPLAYED;
    atomic_store_explicit(&sender->last_received, second, memory_order_relaxed);
    counter_add(&state->rtcp_received, 1);
    atomic_store_explicit(&state->last_received, worker->now, memory_order_relaxed); // a viewer's claim to its address
    // After a restart no check may have come yet, and a port that shares a NIC has nobody else to ask.
    struct transport_entry *transport = entry_transport(worker->entries, packet_of(mbuf)->transport);
    transport->upkeep->paths[packet_of(mbuf)->path].mac = packet_of(mbuf)->remote_mac;
    rte_pktmbuf_trim(mbuf, (uint16_t)(mbuf->data_len - job->ret_length));
    return DROP_NONE;
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct srtcp_packet jobs[WORKER_BURST];
    struct rte_mbuf *owners[WORKER_BURST];
    unsigned job_count = 0;
    for (uint16_t i = 0; i < count; i++) {
        enum drop_reason reason = prepare(worker, objs[i], &jobs[job_count]);
        if (reason)
            rte_node_enqueue_x1(graph, node, packet_drop(objs[i], reason), objs[i]);
        else
            owners[job_count++] = objs[i];
    }
    worker_works_on_none(worker);
    srtcp_unprotect_burst(worker->engine, jobs, job_count);
    for (unsigned i = 0; i < job_count; i++) {
        enum drop_reason reason = admit(worker, owners[i], &jobs[i]);
        rte_edge_t edge = reason ? packet_drop(owners[i], reason) : (rte_edge_t)EDGE_RTCP_INPUT;
        rte_node_enqueue_x1(graph, node, edge, owners[i]);
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register srtcp_unprotect = {
    .name = "srtcp_unprotect",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_RTCP_INPUT] = "rtcp_input"},
};
RTE_NODE_REGISTER(srtcp_unprotect);
