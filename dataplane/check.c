// SPDX-License-Identifier: Apache-2.0
#include "full_agent.h"
#include "path.h"
#include "stun_writer.h"
#include "tick.h"
#include "worker_random.h"

#include <stdio.h>
#include <sys/random.h>

#define MILLISECOND    1000000ULL
#define PROOF_RETRY_MS 250
#define FULL_RETRY_MS  1000
#define CONSENT_MS     4500                                  // RFC 7675 5.1: every 5 s, somewhat randomised
#define PRIORITY_HOST  ((126u << 24) | (65535u << 8) | 255u) // RFC 8445 5.1.2, component 1

// What naru-control checks it nominates, too.
static bool nominates(const struct transport_entry *transport, const struct path_entry *path)
{
    return transport->upkeep->is_controlling && !full_agent_checks(transport, &path->remote) &&
           (transport->selected == ENTRY_NO_PATH || path == &transport->upkeep->paths[transport->selected]);
}

static int write_check(struct worker *worker, struct transport_entry *transport, struct path_entry *path, uint8_t *data,
                       size_t capacity)
{
    char username[ICE_UFRAG_SIZE + LOCAL_UFRAG_SIZE + 2];
    int username_size =
        snprintf(username, sizeof(username), "%s:%s", transport->upkeep->remote_ufrag, transport->upkeep->local_ufrag);
    struct stun_binding_request request = {.username = username,
                                           .username_size = (size_t)username_size,
                                           .priority = PRIORITY_HOST,
                                           .tie_breaker = transport->upkeep->is_full ? transport->upkeep->tie_breaker
                                                                                     : worker_random(worker),
                                           .controlling = transport->upkeep->is_controlling,
                                           .use_candidate = nominates(transport, path)};
    struct stun_writer writer;
    size_t covered;
    stun_write_binding_request(&writer, data, capacity, path->transaction, &request);
    uint8_t *integrity = stun_write_integrity(&writer, &covered);
    if (integrity)
        hmac_sha1(worker->engine, &transport->upkeep->remote_key, data, (uint32_t)covered, integrity);
    stun_write_fingerprint(&writer);
    return stun_writer_finish(&writer);
}

static void send_check(struct worker *worker, struct transport_entry *transport, unsigned index)
{
    struct path_entry *path = &transport->upkeep->paths[index];
    struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_STUN_CHECK);
    if (!mbuf)
        return;
    // Unguessable: a forged answer must not prove a path even where the password leaked to an on-path observer.
    // An unproven path, or one of a killed process, keeps its transaction, so that an answer slower than the next
    // attempt still counts.
    bool is_repeated = (!(path->flags & CANDIDATE_PROVEN) || path->restored) && path->checks_unanswered;
    if (!is_repeated && getrandom(path->transaction, sizeof(path->transaction), GRND_NONBLOCK) < 0)
        memcpy(path->transaction, &(uint64_t){worker_random(worker)}, 8);
    int size = write_check(worker, transport, path, packet_data(mbuf), rte_pktmbuf_tailroom(mbuf));
    struct packet *packet = packet_of(mbuf);
    packet->transport = transport->index;
    path_address(path, packet);
    packet->path = (uint8_t)index;
    if (size > 0)
        rte_pktmbuf_append(mbuf, (uint16_t)size);
    path->check_sent = worker->now;
    if (path->checks_unanswered < UINT8_MAX)
        path->checks_unanswered++;
    worker_send(worker, &worker->udp_outbox, mbuf);
}

static bool is_due(const struct worker *worker, const struct transport_entry *transport, unsigned index)
{
    const struct path_entry *path = &transport->upkeep->paths[index];
    uint64_t since = (worker->now - path->check_sent) / MILLISECOND;
    // A full agent's triggered check is naru-control's: where that is away, one from here is not too late.
    uint64_t retry = full_agent_checks(transport, &path->remote) ? FULL_RETRY_MS : PROOF_RETRY_MS;
    if (!path->flags || !transport->upkeep->remote_ufrag[0])
        return false;
    if (!(path->flags & CANDIDATE_PROVEN))
        return path->checks_unanswered < PATH_PROOF_ATTEMPTS && since >= retry;
    if (index != transport->selected)
        return false;
    // The first one may meet a next hop that is not resolved yet, and this process may not live for long either.
    bool is_urgent = path->restored && path->checks_unanswered < PATH_PROOF_ATTEMPTS;
    return since >= (is_urgent ? PROOF_RETRY_MS : CONSENT_MS);
}

void check_tick(struct worker *worker, struct transport_entry *transport)
{
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        if (is_due(worker, transport, i))
            send_check(worker, transport, i);
    uint64_t silent = worker->now - counter_get(&state->last_consent);
    if (transport->selected != ENTRY_NO_PATH && silent > transport->upkeep->consent_ms * MILLISECOND)
        path_unselect(worker, transport);
}
