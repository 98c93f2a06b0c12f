// SPDX-License-Identifier: Apache-2.0
// ICE (RFC 8445, RFC 8489): answers authenticated Binding requests in place, and takes answers to the gateway's own
// checks. What a full agent's peer asked and answered is told to naru-control. No unauthenticated message changes
// state.
#include "burst.h"
#include "carried_address.h"
#include "full_agent.h"
#include "path.h"
#include "segment.h"
#include "stun_writer.h"

#include <errno.h>

enum { EDGE_UDP_OUTPUT = EDGE_FIRST };

#define ERRORS_A_SECOND 10 // per source prefix (hazard F06)
#define SECOND          1000000000ULL

// A whole /24 or /56 shares one bucket, so that a reflector cannot be driven by many sources of one victim.
static bool may_answer_error(struct worker *worker, const struct transport_address *source)
{
    unsigned prefix = transport_address_is_ipv4(source) ? 15 : 7;
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < prefix; i++)
        hash = (hash ^ source->ip[i]) * 16777619u;
    uint32_t second = (uint32_t)(worker->now / SECOND);
    typeof(worker->error_buckets[0]) *bucket = &worker->error_buckets[hash % WORKER_ERROR_BUCKETS];
    if (bucket->window != second) {
        bucket->window = second;
        bucket->count = 0;
    }
    return bucket->count++ < ERRORS_A_SECOND;
}

static uint8_t *restart(struct rte_mbuf *mbuf, size_t *ret_capacity)
{
    mbuf->data_len = mbuf->pkt_len = 0;
    *ret_capacity = rte_pktmbuf_tailroom(mbuf);
    return packet_data(mbuf);
}

static rte_edge_t finish(struct rte_mbuf *mbuf, const struct stun_writer *writer)
{
    int size = stun_writer_finish(writer);
    if (size < 0 || !rte_pktmbuf_append(mbuf, (uint16_t)size))
        return packet_drop(mbuf, DROP_STUN_REPLY_MALFORMED);
    return EDGE_UDP_OUTPUT;
}

static void seal(struct worker *worker, struct stun_writer *writer, const struct hmac_sha1_key *key)
{
    size_t covered;
    uint8_t *integrity = stun_write_integrity(writer, &covered);
    if (integrity)
        hmac_sha1(worker->engine, key, writer->data, (uint32_t)covered, integrity);
    stun_write_fingerprint(writer);
}

// key: of a session whose integrity was right; NULL before that.
static rte_edge_t answer_error(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *request,
                               int code, const struct hmac_sha1_key *key, enum drop_reason otherwise)
{
    struct stun_message copy = *request; // the request's bytes are overwritten
    struct stun_writer writer;
    size_t capacity;
    if (!may_answer_error(worker, &packet_of(mbuf)->remote))
        return packet_drop(mbuf, otherwise == DROP_NONE ? DROP_STUN_REPLY_ERROR_OVER_RATE : otherwise);
    uint8_t *data = restart(mbuf, &capacity);
    stun_write_binding_error(&writer, data, capacity, copy.transaction_id, code, copy.unknown,
                             code == 420 ? copy.unknown_count : 0);
    if (key)
        seal(worker, &writer, key);
    else
        stun_write_fingerprint(&writer);
    return finish(mbuf, &writer);
}

// Whom a peer behind NAT hears to be (RFC 8489 14.2).
static const struct transport_address *mapped_address(const struct packet *packet)
{
    return transport_address_is_carried(&packet->remote) ? &packet->mapped : &packet->remote;
}

static rte_edge_t answer_success(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *request,
                                 const struct hmac_sha1_key *key)
{
    uint8_t transaction[12];
    struct stun_writer writer;
    size_t capacity;
    memcpy(transaction, request->transaction_id, sizeof(transaction));
    uint8_t *data = restart(mbuf, &capacity);
    stun_write_binding_success(&writer, data, capacity, transaction, mapped_address(packet_of(mbuf)));
    seal(worker, &writer, key);
    return finish(mbuf, &writer);
}

static bool has_integrity(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *message,
                          const struct hmac_sha1_key *key)
{
    uint8_t *data = packet_data(mbuf), tag[HMAC_SHA1_LENGTH];
    if (!stun_has(message, STUN_MESSAGE_INTEGRITY))
        return false;
    stun_set_length(data, message->integrity_length);
    hmac_sha1(worker->engine, key, data, message->integrity_size, tag);
    stun_set_length(data, (uint16_t)(message->size - STUN_HEADER_SIZE));
    return hmac_sha1_equal(tag, data + message->attributes[STUN_MESSAGE_INTEGRITY].offset, sizeof(tag));
}

// USERNAME is "ours:theirs" (RFC 8445 7.2.2); ours finds the session.
static struct transport_entry *find_user(struct worker *worker, const uint8_t *data, const struct stun_message *message)
{
    const struct stun_span *span = &message->attributes[STUN_USERNAME];
    const uint8_t *name = data + span->offset, *colon = memchr(name, ':', span->size);
    char ufrag[LOCAL_UFRAG_SIZE] = {0};
    void *value;
    if (!colon || (size_t)(colon - name) >= sizeof(ufrag))
        return NULL;
    memcpy(ufrag, name, (size_t)(colon - name));
    if (rte_hash_lookup_data(worker->ufrags, ufrag, &value) < 0)
        return NULL;
    struct transport_entry *transport = entry_transport(worker->entries, (uint32_t)(uintptr_t)value);
    return transport && transport->generation ? transport : NULL;
}

static enum drop_reason why_not_learned(int error)
{
    if (error == -ENOMEM)
        return DROP_STUN_REPLY_FLOWS_FULL;
    return error == -EADDRINUSE ? DROP_STUN_REPLY_ADDRESS_TAKEN : DROP_STUN_REPLY_TOO_MANY_CANDIDATES;
}

static rte_edge_t learn_and_answer(struct worker *worker, struct rte_mbuf *mbuf, struct transport_entry *transport,
                                   const struct stun_message *message)
{
    struct packet *packet = packet_of(mbuf);
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    int index = path_learn(worker, transport, packet);
    if (index < 0)
        return packet_drop(mbuf, why_not_learned(index));
    struct path_entry *path = &transport->upkeep->paths[index];
    packet->transport = transport->index;
    packet->path = (uint8_t)index;
    path->mac = packet->remote_mac;
    path->last_received = worker->now;
    path->received_bytes += mbuf->data_len;
    // A check shows that the peer lives, not that it gets what is sent there: consent is its answer (RFC 7675 5.1). But
    // it is worth another round of asking.
    if (!(path->flags & CANDIDATE_PROVEN) && path->checks_unanswered >= PATH_PROOF_ATTEMPTS)
        path->checks_unanswered = 0;
    counter_add(&state->stun_received, 1);
    if (full_agent_checks(transport, &packet->remote))
        full_agent_tell_request(worker, transport, packet, packet_data(mbuf), message);
    if (stun_has(message, STUN_USE_CANDIDATE) && !transport->upkeep->is_controlling)
        path_nominate(worker, transport, (unsigned)index);
    return answer_success(worker, mbuf, message, &transport->upkeep->local_key);
}

static rte_edge_t take_request(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *message)
{
    if (!stun_has(message, STUN_USERNAME) || !stun_has(message, STUN_MESSAGE_INTEGRITY))
        return answer_error(worker, mbuf, message, 400, NULL, DROP_NONE);
    struct transport_entry *transport = find_user(worker, packet_data(mbuf), message);
    if (!transport)
        return answer_error(worker, mbuf, message, 401, NULL, DROP_STUN_REPLY_UNKNOWN_USER);
    if (!has_integrity(worker, mbuf, message, &transport->upkeep->local_key))
        return answer_error(worker, mbuf, message, 401, NULL, DROP_STUN_REPLY_BAD_INTEGRITY);
    if (message->unknown_count)
        return answer_error(worker, mbuf, message, 420, &transport->upkeep->local_key, DROP_NONE);
    if (full_agent_conflicts(worker, transport, packet_of(mbuf), packet_data(mbuf), message))
        return answer_error(worker, mbuf, message, 487, &transport->upkeep->local_key, DROP_NONE);
    return learn_and_answer(worker, mbuf, transport, message);
}

// To a check of naru-control's: from an address that may be no path yet.
static rte_edge_t pass_answer(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *message)
{
    struct transport_entry *transport = full_agent_of(worker, message);
    if (!transport)
        return packet_drop(mbuf, DROP_STUN_REPLY_UNEXPECTED_RESPONSE);
    if (!has_integrity(worker, mbuf, message, &transport->upkeep->remote_key))
        return packet_drop(mbuf, DROP_STUN_REPLY_BAD_INTEGRITY);
    full_agent_tell_answer(worker, transport, packet_of(mbuf), packet_data(mbuf), message);
    return packet_consume(mbuf, CONSUME_STUN);
}

static rte_edge_t take_answer(struct worker *worker, struct rte_mbuf *mbuf, const struct stun_message *message)
{
    const struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = packet->unknown ? NULL : entry_transport(worker->entries, packet->transport);
    if (!transport || !transport->generation || message->class != STUN_SUCCESS)
        return pass_answer(worker, mbuf, message);
    struct path_entry *path = &transport->upkeep->paths[packet->path];
    if (!path->checks_unanswered || memcmp(path->transaction, message->transaction_id, sizeof(path->transaction)) != 0)
        return pass_answer(worker, mbuf, message);
    if (!has_integrity(worker, mbuf, message, &transport->upkeep->remote_key))
        return packet_drop(mbuf, DROP_STUN_REPLY_BAD_INTEGRITY);
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    atomic_store_explicit(&state->rtt_us, (uint32_t)((worker->now - path->check_sent) / 1000), memory_order_relaxed);
    if (packet->path == transport->selected) // consent is for the address that it came from
        atomic_store_explicit(&state->last_consent, worker->now, memory_order_relaxed);
    path->last_received = worker->now;
    path_prove(worker, transport, packet->path);
    return packet_consume(mbuf, CONSUME_STUN);
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct stun_message message;
    const uint8_t *data = packet_data(mbuf);
    if (stun_parse(data, mbuf->data_len, &message) < 0)
        return packet_drop(mbuf, DROP_STUN_REPLY_MALFORMED);
    if (stun_has(&message, STUN_FINGERPRINT) && !stun_check_fingerprint(data, &message))
        return packet_drop(mbuf, DROP_STUN_REPLY_MALFORMED);
    if (message.method != STUN_BINDING)
        return packet_drop(mbuf, DROP_STUN_REPLY_UNHANDLED);
    switch (message.class) {
    case STUN_REQUEST:
        return take_request(worker, mbuf, &message);
    case STUN_SUCCESS:
    case STUN_ERROR:
        return take_answer(worker, mbuf, &message);
    default:
        return packet_consume(mbuf, CONSUME_STUN); // an indication asks for nothing (RFC 8445 11)
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register stun_reply = {
    .name = "stun_reply",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_UDP_OUTPUT] = "udp_output"},
};
RTE_NODE_REGISTER(stun_reply);
