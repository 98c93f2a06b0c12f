// SPDX-License-Identifier: Apache-2.0
#include "path.h"

#include "full_agent.h"
#include "known_sources.h"
#include "tick.h"

#include <errno.h>

#define MILLISECOND         1000000ULL
#define SECOND              1000000000ULL
#define RESTORED_CONSENT_NS (5 * SECOND)  // time to ask again after an absence
#define CLAIM_NS            (5 * SECOND)  // verified media keeps a five-tuple this long
#define STALE_NS            (30 * SECOND) // a path without a check for so long may be replaced
#define AMPLIFICATION_LIMIT 3

static struct transport_path_record *record_of(struct worker *worker, const struct transport_entry *transport)
{
    return &tables_transport_state(worker->tables, transport->index)->path;
}

static void publish(struct worker *worker, struct transport_entry *transport)
{
    transport->frame.head.size = 0;
    struct transport_path value = {.generation = transport->generation, .selected = transport->selected};
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct path_entry *path = &transport->upkeep->paths[i];
        value.candidates[i] = (struct transport_candidate){.remote = path->remote,
                                                           .local = path->local,
                                                           .port = path->port,
                                                           .flags = path->flags,
                                                           .nominated_at = path->nominated_at};
    }
    // An active DTLS side waits for the first path alone.
    struct transport_path before;
    bool is_first = !record_read(&record_of(worker, transport)->head, &before, sizeof(before)) ||
                    before.generation != transport->generation;
    record_publish(&record_of(worker, transport)->head, &value, sizeof(value));
    (is_first ? worker_event : worker_note)(worker, transport, EVENT_PATH_CHANGED, transport->selected);
}

static int find(const struct transport_entry *transport, const struct packet *packet)
{
    for (int i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct path_entry *path = &transport->upkeep->paths[i];
        if (path->flags && transport_address_equal(&path->remote, &packet->remote) &&
            transport_address_equal(&path->local, &packet->local))
            return i;
    }
    return -ENOENT;
}

static struct flow_key key_of(const struct path_entry *path)
{
    return (struct flow_key){.remote = path->remote, .local = path->local};
}

// One counter per five-tuple, whoever has it.
static int add_flow(struct worker *worker, const struct flow_key *key, void *value)
{
    bool is_new = rte_hash_lookup(worker->flows, key) < 0;
    int error = rte_hash_add_key_data(worker->flows, key, value);
    flow_cache_remove(&worker->flow_cache, &key->remote, &key->local);
    if (!error && is_new)
        known_sources_add(worker->known_sources, &key->remote);
    return error;
}

static void remove_flow(struct worker *worker, const struct transport_entry *transport, const struct path_entry *path)
{
    struct flow_key key = key_of(path);
    void *value;
    // The five-tuple may have gone to another transport meanwhile.
    if (rte_hash_lookup_data(worker->flows, &key, &value) >= 0 && FLOW_TRANSPORT(value) == transport->index &&
        rte_hash_del_key(worker->flows, &key) >= 0)
        known_sources_remove(worker->known_sources, &key.remote);
    flow_cache_remove(&worker->flow_cache, &key.remote, &key.local);
}

static void forget(struct worker *worker, struct transport_entry *transport, unsigned index)
{
    struct path_entry *path = &transport->upkeep->paths[index];
    remove_flow(worker, transport, path);
    if (transport->upkeep->dtls_path == index) { // another address may get this slot, and has proven nothing
        transport->upkeep->dtls_path = ENTRY_NO_PATH;
        transport->upkeep->dtls_roamed = true;
    }
    memset(path, 0, sizeof(*path));
}

static int free_slot(struct worker *worker, struct transport_entry *transport)
{
    int oldest = -ENOSPC;
    for (int i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        struct path_entry *path = &transport->upkeep->paths[i];
        if (!path->flags)
            return i;
        if (i != transport->selected && (path->former || worker->now - path->last_received > STALE_NS) &&
            (oldest < 0 || path->last_received < transport->upkeep->paths[oldest].last_received))
            oldest = i;
    }
    if (oldest >= 0)
        forget(worker, transport, (unsigned)oldest);
    return oldest;
}

// Whose five-tuple it is, PACKET_NONE: nobody's.
static uint32_t owner_of(struct worker *worker, const struct flow_key *key)
{
    void *value;
    return rte_hash_lookup_data(worker->flows, key, &value) < 0 ? PACKET_NONE : FLOW_TRANSPORT(value);
}

static bool is_claimed(struct worker *worker, uint32_t owner)
{
    if (entry_transport(worker->entries, owner))
        rates_sum(worker, entry_transport(worker->entries, owner)); // what came since its last tick
    struct transport_state *state = tables_transport_state(worker->tables, owner);
    return state && worker->now - counter_get(&state->last_received) < CLAIM_NS;
}

int path_learn(struct worker *worker, struct transport_entry *transport, const struct packet *packet)
{
    int known = find(transport, packet);
    struct flow_key key = flow_key_of(packet);
    uint32_t owner = owner_of(worker, &key);
    if (known >= 0)
        transport->upkeep->paths[known].former = false;
    if (known >= 0 && owner == transport->index)
        return known;
    if (owner != transport->index && is_claimed(worker, owner))
        return -EADDRINUSE;
    int index = known >= 0 ? known : free_slot(worker, transport); // known: another session had taken it meanwhile
    if (index < 0)
        return index;
    if (add_flow(worker, &key, FLOW_VALUE(transport->index, index)) < 0)
        return -ENOMEM;
    if (known >= 0)
        return known;
    transport->upkeep->paths[index] =
        (struct path_entry){.remote = packet->remote,
                            .local = packet->local,
                            .mac = packet->remote_mac,
                            .port = packet->port,
                            .flags = CANDIDATE_CHECKED,
                            .check_sent = full_agent_checks(transport, &packet->remote) ? worker->now : 0,
                            .last_received = worker->now};
    publish(worker, transport);
    return index;
}

// The nominated one of the latest nomination; a proven one where the peer nominates nothing.
static unsigned best(const struct transport_entry *transport)
{
    unsigned choice = transport->selected; // stays unless a later nomination says otherwise
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct path_entry *path = &transport->upkeep->paths[i];
        if (!(path->flags & CANDIDATE_PROVEN))
            continue;
        if (choice == ENTRY_NO_PATH || path->nominated_at > transport->upkeep->paths[choice].nominated_at)
            choice = i;
    }
    return choice;
}

static void select_best(struct worker *worker, struct transport_entry *transport)
{
    unsigned choice = best(transport);
    if (choice != ENTRY_NO_PATH)
        transport->selected = (uint8_t)choice;
    transport->consent_lost = false;
    publish(worker, transport);
}

void path_nominate(struct worker *worker, struct transport_entry *transport, unsigned index)
{
    struct path_entry *path = &transport->upkeep->paths[index];
    path->flags |= CANDIDATE_NOMINATED;
    path->nominated_at = worker->now;
    if (transport->selected != index || transport->consent_lost)
        select_best(worker, transport);
}

void path_prove(struct worker *worker, struct transport_entry *transport, unsigned index)
{
    struct path_entry *path = &transport->upkeep->paths[index];
    path->checks_unanswered = 0;
    path->restored = false;
    if (path->flags & CANDIDATE_PROVEN && !transport->consent_lost)
        return;
    path->flags |= CANDIDATE_PROVEN;
    if (transport->selected == ENTRY_NO_PATH) // proof is consent, too: the clock of RFC 7675 5.1 starts here
        atomic_store_explicit(&tables_transport_state(worker->tables, transport->index)->last_consent, worker->now,
                              memory_order_relaxed);
    select_best(worker, transport);
}

bool path_may_send(struct path_entry *path, uint32_t bytes)
{
    if (path->flags & CANDIDATE_PROVEN)
        return true;
    if (path->sent_bytes + bytes > AMPLIFICATION_LIMIT * path->received_bytes)
        return false;
    path->sent_bytes += bytes;
    return true;
}

void path_address(const struct path_entry *path, struct packet *packet)
{
    packet->remote = path->remote;
    packet->local = path->local;
    packet->port = path->port;
    packet->remote_mac = path->mac;
}

// Two sessions may have had the five-tuple one after the other: it goes to the one that media verified on last.
static bool is_held_by_fresher(struct worker *worker, const struct transport_entry *transport,
                               const struct flow_key *key)
{
    uint32_t owner = owner_of(worker, key);
    if (owner == PACKET_NONE || owner == transport->index)
        return false;
    return counter_get(&tables_transport_state(worker->tables, owner)->last_received) >
           counter_get(&tables_transport_state(worker->tables, transport->index)->last_received);
}

// A dataplane that was away could not be answered: what is left of the consent is enough to ask again.
static void extend_consent(struct worker *worker, const struct transport_entry *transport)
{
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    uint64_t whole = transport->upkeep->consent_ms * MILLISECOND;
    uint64_t least = worker->now - whole + RTE_MIN(whole, RESTORED_CONSENT_NS);
    if (worker->now > whole && counter_get(&state->last_consent) < least)
        atomic_store_explicit(&state->last_consent, least, memory_order_relaxed);
}

void path_restore(struct worker *worker, struct transport_entry *transport)
{
    struct transport_path kept;
    transport->selected = transport->upkeep->dtls_path = ENTRY_NO_PATH;
    if (!record_read(&record_of(worker, transport)->head, &kept, sizeof(kept)) ||
        kept.generation != transport->generation)
        return;
    transport->upkeep->dtls_roamed = true; // where a handshake under way came from is not kept
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct transport_candidate *candidate = &kept.candidates[i];
        struct flow_key key = {.remote = candidate->remote, .local = candidate->local};
        if (!candidate->flags || candidate->port >= ports_count() || is_held_by_fresher(worker, transport, &key) ||
            add_flow(worker, &key, FLOW_VALUE(transport->index, i)) < 0)
            continue;
        transport->upkeep->paths[i] = (struct path_entry){.remote = candidate->remote,
                                                          .local = candidate->local,
                                                          .port = (uint16_t)candidate->port,
                                                          .flags = (uint8_t)candidate->flags,
                                                          .nominated_at = candidate->nominated_at,
                                                          .restored = true,
                                                          .last_received = worker->now};
    }
    if (kept.selected < TRANSPORT_MAX_CANDIDATES && transport->upkeep->paths[kept.selected].flags & CANDIDATE_PROVEN)
        transport->selected = (uint8_t)kept.selected;
    extend_consent(worker, transport);
}

void path_begin_anew(struct transport_entry *transport)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        transport->upkeep->paths[i].former = true;
}

void path_forget_all(struct worker *worker, struct transport_entry *transport)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        if (transport->upkeep->paths[i].flags)
            forget(worker, transport, i);
    transport->selected = transport->upkeep->dtls_path = ENTRY_NO_PATH;
}

void path_withdraw(struct worker *worker, const struct transport_entry *transport)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        if (transport->upkeep->paths[i].flags)
            remove_flow(worker, transport, &transport->upkeep->paths[i]);
}

void path_adopt(struct worker *worker, struct transport_entry *transport)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        struct flow_key key = key_of(&transport->upkeep->paths[i]);
        if (transport->upkeep->paths[i].flags && add_flow(worker, &key, FLOW_VALUE(transport->index, i)) < 0)
            forget(worker, transport, i); // the peer's next check makes it anew
    }
}

void path_unselect(struct worker *worker, struct transport_entry *transport)
{
    transport->selected = ENTRY_NO_PATH;
    transport->consent_lost = true;
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        transport->upkeep->paths[i].flags &= (uint8_t)~CANDIDATE_PROVEN;
    publish(worker, transport);
    worker_event(worker, transport, EVENT_CONSENT_LOST, 0);
}

void path_close(struct worker *worker, struct transport_entry *transport, unsigned index)
{
    bool was_selected = transport->selected == index;
    forget(worker, transport, index);
    if (!was_selected) {
        publish(worker, transport);
        return;
    }
    transport->selected = ENTRY_NO_PATH;
    if (best(transport) == ENTRY_NO_PATH)
        path_unselect(worker, transport);
    else
        select_best(worker, transport);
}
