// SPDX-License-Identifier: Apache-2.0
#include "full_agent.h"

#include "carried_address.h"
#include "install.h"
#include "martian.h"

#include <errno.h>

#define MILLISECOND        1000000ULL
#define EVENT_INTERVAL     (10 * MILLISECOND)  // a session's events: so far apart,
#define EVENT_BURST        (500 * MILLISECOND) // after fifty that may come at once
#define ROLE_CONFLICTS_MAX 16 // told between two ICE restarts: checks that were under way while one is settled

static bool tell(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                 struct ring_message *message)
{
    uint64_t *at = &transport->upkeep->events_at;
    if (*at > worker->now + EVENT_BURST)
        return false;
    *at = RTE_MAX(*at, worker->now) + EVENT_INTERVAL;
    message->transport = transport->index;
    message->generation = transport->generation;
    message->remote = packet->remote;
    message->local = packet->local;
    message->port = packet->port;
    if (ring_push(tables_ring(worker->tables, worker->index, RING_EVENT), worker->tables->limits.ring_slots, message))
        return false;
    worker->events_sent = true;
    return true;
}

bool full_agent_conflicts(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                          const uint8_t *data, const struct stun_message *message)
{
    struct transport_upkeep *upkeep = transport->upkeep;
    enum stun_attribute ours = upkeep->is_controlling ? STUN_ICE_CONTROLLING : STUN_ICE_CONTROLLED;
    uint64_t theirs;
    if (!stun_has(message, ours))
        return false;
    // A lite agent stays controlled (RFC 8445 7.3.1.1).
    if (!upkeep->is_full || stun_get64(data, message, ours, &theirs))
        return true;
    if ((upkeep->tie_breaker >= theirs) == upkeep->is_controlling)
        return true;
    if (upkeep->role_conflicts >= ROLE_CONFLICTS_MAX)
        return true;
    struct ring_message event = {.kind = EVENT_ROLE_CONFLICT, .value = !upkeep->is_controlling};
    upkeep->role_conflicts += tell(worker, transport, packet, &event);
    return false;
}

bool full_agent_checks(const struct transport_entry *transport, const struct transport_address *remote)
{
    return transport->upkeep->is_full && !transport_address_is_carried(remote);
}

void full_agent_tell_request(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                             const uint8_t *data, const struct stun_message *message)
{
    uint32_t priority = 0;
    (void)stun_get32(data, message, STUN_PRIORITY, &priority);
    struct ring_message event = {.kind = EVENT_CHECK_RECEIVED, .value = priority};
    if (stun_has(message, STUN_USE_CANDIDATE))
        event.value |= RING_USE_CANDIDATE;
    tell(worker, transport, packet, &event);
}

void full_agent_tell_answer(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                            const uint8_t *data, const struct stun_message *message)
{
    int code = 0;
    if (message->class == STUN_ERROR && stun_get_error(data, message, &code))
        code = 400;
    struct ring_message event = {
        .kind = EVENT_CHECK_ANSWERED, .value = (uint64_t)code, .length = sizeof(message->transaction_id)};
    memcpy(event.data, message->transaction_id, sizeof(message->transaction_id));
    tell(worker, transport, packet, &event);
}

struct transport_entry *full_agent_of(struct worker *worker, const struct stun_message *message)
{
    uint32_t index;
    memcpy(&index, message->transaction_id, sizeof(index));
    if (!install_is_own(worker, index))
        return NULL;
    struct transport_entry *transport = &worker->entries->transports[index];
    return transport->generation && transport->upkeep->is_full ? transport : NULL;
}

static int use_path(struct worker *worker, struct transport_entry *transport, const struct ring_message *message,
                    const struct packet *packet)
{
    int index = path_learn(worker, transport, packet);
    if (index < 0)
        return index;
    path_prove(worker, transport, (unsigned)index);
    if (message->value)
        path_nominate(worker, transport, (unsigned)index);
    return FULL_AGENT_IS_DONE;
}

int full_agent_order(struct worker *worker, struct transport_entry *transport, const struct ring_message *message,
                     struct packet *packet)
{
    if (!transport->upkeep->is_full || message->port >= ports_count() ||
        !port_has_address(ports_get((uint16_t)message->port), &message->local) ||
        martian_has(ports_get((uint16_t)message->port), &message->remote, &message->local) || !message->remote.port)
        return -EINVAL;
    packet->remote = message->remote;
    packet->local = message->local;
    packet->port = (uint16_t)message->port;
    if (message->kind == INJECT_PATH)
        return use_path(worker, transport, message, packet);
    return message->length ? FULL_AGENT_SENDS : -EINVAL; // its transport stays unnamed: it goes along no path
}
