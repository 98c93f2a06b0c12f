// SPDX-License-Identifier: Apache-2.0
// Streams and routes of a transport. A chain counts as far as its generations are right: it appears whole or not at
// all.
#include "install.h"
#include "repair.h"
#include "rtx.h"
#include "tick.h"

#include <rte_malloc.h>

#define ROUTES_PER_TRANSPORT 1024
#define NOT_NEGOTIATED       0xff

static bool names(struct record_link link, const struct transport_entry *transport)
{
    return link.index == transport->index && link.generation == transport->generation;
}

static bool read_stream(struct worker *worker, const struct transport_entry *transport, struct record_link link,
                        struct stream_intent *ret_intent)
{
    struct stream_intent_record *record = tables_stream(worker->tables, link.index);
    return link.generation && record && record_read(&record->head, ret_intent, sizeof(*ret_intent)) &&
           ret_intent->generation == link.generation && names(ret_intent->transport, transport) &&
           ret_intent->payload_count <= STREAM_MAX_PAYLOAD_TYPES;
}

static void keep_state(_Atomic uint32_t *generation, uint32_t wanted, void *state, size_t size)
{
    if (atomic_load_explicit(generation, memory_order_relaxed) == wanted)
        return; // a restarted worker goes on with it
    memset(state, 0, size);
    atomic_store_explicit(generation, wanted, memory_order_relaxed);
}

void install_extension_kinds(const struct stream_intent *intent, uint8_t ret_kinds[256])
{
    memset(ret_kinds, NOT_NEGOTIATED, 256);
    for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
        if (intent->extension_ids[kind])
            ret_kinds[intent->extension_ids[kind]] = (uint8_t)kind;
}

static void fill_stream(struct stream_entry *stream, const struct stream_intent *intent, uint32_t transport)
{
    stream->transport = transport;
    stream->kind = intent->kind;
    stream->payload_count = intent->payload_count;
    stream->ssrc = intent->ssrc;
    stream->rtx_ssrc = intent->rtx_ssrc;
    stream->transport_cc_extension = intent->extension_ids[EXTENSION_TRANSPORT_CC];
    memcpy(stream->payloads, intent->payloads, sizeof(stream->payloads));
    memcpy(stream->mid, intent->mid, sizeof(stream->mid));
    memcpy(stream->rid, intent->rid, sizeof(stream->rid));
    stream->mid[RTP_ID_SIZE - 1] = stream->rid[RTP_ID_SIZE - 1] = '\0';
    install_extension_kinds(intent, stream->extension_kinds);
}

// SSRCs that had verified before a restart are known again at once; their ROC is tried around the stored one.
static void restore_bindings(struct worker *worker, struct transport_entry *transport, uint32_t index)
{
    struct stream_state *state = tables_stream_state(worker->tables, index);
    for (unsigned i = 0; i < STREAM_MAX_BINDINGS && transport->ssrc_count < ENTRY_MAX_SSRCS; i++) {
        uint32_t ssrc = atomic_load_explicit(&state->bindings[i].ssrc, memory_order_relaxed);
        if (ssrc)
            *transport_ssrc(transport, transport->ssrc_count++) = (struct ssrc_entry){
                .state = &state->bindings[i], .ssrc = ssrc, .stream = index, .binding = (uint8_t)i, .fresh = true};
        struct stream_entry *stream = entry_stream(worker->entries, index);
        stream->binding_packets[i] = counter_get(&state->bindings[i].packets);
        stream->binding_bytes[i] = counter_get(&state->bindings[i].bytes);
    }
}

static void remove_stream(struct worker *worker, struct transport_entry *transport, uint32_t index)
{
    struct stream_entry *stream = entry_stream(worker->entries, index);
    unsigned kept = 0;
    for (unsigned i = 0; i < transport->ssrc_count; i++)
        if (transport_ssrc(transport, i)->stream != index)
            *transport_ssrc(transport, kept++) = *transport_ssrc(transport, i);
    transport->ssrc_count = (uint8_t)kept;
    rates_sum_stream(worker, index);
    audience_dismiss(worker, &stream->audience);
    object_pool_give(&worker->pools.histories, stream->history);
    object_pool_give(&worker->pools.missing, stream->missing);
    memset(stream, 0, sizeof(*stream));
    claim_give(&worker->entries->stream_claims[index]);
}

static void add_stream(struct worker *worker, struct transport_entry *transport, uint32_t index,
                       const struct stream_intent *intent)
{
    struct stream_entry *stream = entry_stream(worker->entries, index);
    struct stream_state *state = tables_stream_state(worker->tables, index);
    if (stream->generation != intent->generation) {
        memset(stream, 0, sizeof(*stream));
        stream->generation = intent->generation;
        mirror_close(worker, index); // the publisher's shard has moved here
        keep_state(&state->generation, intent->generation, state, sizeof(*state));
        restore_bindings(worker, transport, index);
    }
    fill_stream(stream, intent, transport->index);
    repair_enable(worker, stream, intent->nack);
    spill_look(worker, stream, index);
}

// An id or payload type that two sections give two meanings is used only after the SSRC is bound.
static void index_stream(struct transport_entry *transport, const struct stream_intent *intent, uint32_t index,
                         bool first)
{
    uint8_t mid = intent->extension_ids[EXTENSION_MID];
    transport->upkeep->mid_extension = first || transport->upkeep->mid_extension == mid ? mid : 0;
    for (unsigned i = 0; i < intent->payload_count; i++) {
        uint32_t *owner = &transport->upkeep->payload_stream[intent->payloads[i].payload_type & 0x7f];
        *owner = *owner == PACKET_NONE ? index : PACKET_NONE - 1;
        if (intent->payloads[i].rtx_payload_type > 0x7f)
            continue;
        owner = &transport->upkeep->payload_stream[intent->payloads[i].rtx_payload_type];
        *owner = *owner == PACKET_NONE ? index : PACKET_NONE - 1;
    }
}

static bool is_among(const uint32_t *indexes, unsigned count, uint32_t index)
{
    for (unsigned i = 0; i < count; i++)
        if (indexes[i] == index)
            return true;
    return false;
}

bool install_streams(struct worker *worker, struct transport_entry *transport, struct record_link first)
{
    struct stream_intent intents[ENTRY_MAX_STREAMS];
    uint32_t indexes[ENTRY_MAX_STREAMS];
    unsigned count = 0;
    struct record_link link = first;
    for (; count < ENTRY_MAX_STREAMS && !is_among(indexes, count, link.index) &&
           read_stream(worker, transport, link, &intents[count]);
         link = intents[count++].next)
        indexes[count] = link.index;
    for (unsigned i = 0; i < transport->stream_count; i++) {
        bool stays = false;
        for (unsigned j = 0; j < count; j++)
            stays |= transport->upkeep->streams[i] == indexes[j] &&
                     worker->entries->streams[indexes[j]].generation == intents[j].generation;
        if (!stays)
            remove_stream(worker, transport, transport->upkeep->streams[i]);
    }
    memset(transport->upkeep->payload_stream, 0xff, sizeof(transport->upkeep->payload_stream));
    transport->upkeep->mid_extension = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!claim_take(&worker->entries->stream_claims[indexes[i]], transport->index)) {
            transport->stream_count = (uint8_t)i; // another transport still has it
            return false;
        }
        add_stream(worker, transport, indexes[i], &intents[i]);
        index_stream(transport, &intents[i], indexes[i], i == 0);
        transport->upkeep->streams[i] = indexes[i];
    }
    transport->stream_count = (uint8_t)count;
    return true;
}

struct stream_entry *install_own_stream(const struct worker *worker, uint32_t publisher, struct record_link link)
{
    const struct transport_entry *transport = entry_transport(worker->entries, publisher);
    if (!install_is_own(worker, publisher))
        return NULL;
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_entry *stream = &worker->entries->streams[transport->upkeep->streams[i]];
        if (transport->upkeep->streams[i] == link.index && stream->generation == link.generation)
            return stream;
    }
    return NULL;
}

struct route_entry *install_own_route(const struct worker *worker, uint32_t viewer, struct record_link link)
{
    const struct transport_entry *transport = entry_transport(worker->entries, viewer);
    if (!install_is_own(worker, viewer))
        return NULL;
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next)
        if (i == link.index && worker->entries->routes[i].generation == link.generation)
            return &worker->entries->routes[i];
    return NULL;
}

// The audience that hears the stream on this worker: the stream's own, or that of a mirror. NULL: not yet, or no more.
static struct audience *find_audience(struct worker *worker, struct record_link link,
                                      const uint8_t **ret_extension_kinds)
{
    struct stream_intent_record *record = tables_stream(worker->tables, link.index);
    struct stream_intent intent;
    if (!link.generation || !record || !record_read(&record->head, &intent, sizeof(intent)) ||
        intent.generation != link.generation)
        return NULL;
    struct stream_entry *stream = install_own_stream(worker, intent.transport.index, link);
    struct mirror *mirror = stream ? NULL : mirror_open(worker, link, &intent);
    if (stream)
        *ret_extension_kinds = stream->extension_kinds;
    else if (mirror)
        *ret_extension_kinds = mirror->extension_kinds;
    return stream ? &stream->audience : mirror ? &mirror->audience : NULL;
}

// Somebody came or went.
static void settle(struct worker *worker, struct audience *audience, uint32_t stream)
{
    if (audience->is_mirror)
        mirror_settle(worker, (struct mirror *)audience);
    else
        rtx_keep_history(worker, entry_stream(worker->entries, stream));
}

void install_leave_audience(struct worker *worker, uint32_t index)
{
    struct route_entry *route = entry_route(worker->entries, index);
    struct audience *audience = route->audience;
    audience_leave(worker, index);
    if (audience)
        settle(worker, audience, route->stream);
}

static void clear_route(struct worker *worker, uint32_t index)
{
    struct route_entry *route = entry_route(worker->entries, index);
    install_leave_audience(worker, index);
    object_pool_give(&worker->pools.retransmissions, route->retransmission);
    const bool is_chained = route->is_chained;
    const uint32_t next = route->next; // the old chain may still lead through this record's last use
    memset(route, 0, sizeof(*route));
    route->is_chained = is_chained;
    route->next = next;
}

static void fill_route(struct route_entry *route, const struct route_intent *intent, const uint8_t extension_kinds[256])
{
    route->ssrc = intent->ssrc;
    route->clock_rate = intent->clock_rate ? intent->clock_rate : 90000;
    route->kind = intent->kind;
    route->paused = intent->paused;
    route->payload_count = intent->payload_count;
    memcpy(route->payloads, intent->payloads, sizeof(route->payloads));
    route->rtx_ssrc = intent->rtx_ssrc;
    memcpy(route->rtx_payload_types, intent->rtx_payload_types, sizeof(route->rtx_payload_types));
    memcpy(route->mid, intent->mid, sizeof(route->mid));
    route->mid_size = (uint8_t)strnlen(route->mid, sizeof(route->mid) - 1);
    memcpy(route->extension_ids, intent->extension_ids, sizeof(route->extension_ids));
    route->mid_extension = intent->extension_ids[EXTENSION_MID];
    route->plan.layout = EXTENSION_LAYOUT_UNKNOWN;
    for (unsigned id = 0; id < 256; id++) {
        uint8_t kind = extension_kinds[id];
        // The sender's mid, rid and transport-wide number mean nothing to the receiver.
        bool own = kind == EXTENSION_MID || kind == EXTENSION_RID || kind == EXTENSION_REPAIRED_RID ||
                   kind == EXTENSION_TRANSPORT_CC || kind == EXTENSION_ABS_SEND_TIME;
        route->extension_map[id] = kind < EXTENSION_KINDS && !own ? intent->extension_ids[kind] : 0;
    }
}

static bool read_route(struct worker *worker, const struct transport_entry *transport, struct record_link link,
                       struct route_intent *ret_intent)
{
    struct route_intent_record *record = tables_route(worker->tables, link.index);
    return link.generation && record && record_read(&record->head, ret_intent, sizeof(*ret_intent)) &&
           ret_intent->generation == link.generation && names(ret_intent->to_transport, transport) &&
           ret_intent->payload_count <= STREAM_MAX_PAYLOAD_TYPES;
}

static void remove_route(struct worker *worker, uint32_t index)
{
    struct route_entry *route = entry_route(worker->entries, index);
    if (route->state)
        rates_sum_route(worker, index);
    clear_route(worker, index);
    route->is_chained = false;
    claim_give(&worker->entries->route_claims[index]);
}

static void start_route(struct worker *worker, const struct transport_entry *transport, uint32_t index,
                        const struct route_intent *intent)
{
    struct route_entry *route = entry_route(worker->entries, index);
    struct route_state *state = tables_route_state(worker->tables, index);
    clear_route(worker, index);
    route->generation = intent->generation;
    route->transport = transport->index;
    route->stream = intent->from_stream.index;
    route->stream_generation = intent->from_stream.generation;
    route->state = state;
    keep_state(&state->generation, intent->generation, state, sizeof(*state));
    route->sent_packets = counter_get(&state->packets) + counter_get(&state->rtx_packets);
    route->sent_bytes = counter_get(&state->bytes);
}

// Another stream is to be sent in the same numbers, under the same SSRC and keys.
static void change_stream(struct worker *worker, uint32_t index, const struct route_intent *intent)
{
    struct route_entry *route = entry_route(worker->entries, index);
    install_leave_audience(worker, index);
    route->stream = intent->from_stream.index;
    route->stream_generation = intent->from_stream.generation;
    route->started = false;        // it needs a key frame
    if (route->state->source_ssrc) // two senders may have one SSRC, but not one timeline
        atomic_store_explicit(&route->state->source_ssrc, 0, memory_order_relaxed);
}

static bool add_route(struct worker *worker, struct transport_entry *transport, uint32_t index,
                      const struct route_intent *intent)
{
    struct route_entry *route = entry_route(worker->entries, index);
    const uint8_t *extension_kinds;
    if (route->generation != intent->generation)
        start_route(worker, transport, index, intent);
    else if (route->stream != intent->from_stream.index || route->stream_generation != intent->from_stream.generation)
        change_stream(worker, index, intent);
    struct audience *audience = find_audience(worker, intent->from_stream, &extension_kinds);
    if (!audience)
        return !(transport->upkeep->routes_missing = true);
    fill_route(route, intent, extension_kinds);
    if (!route->audience)
        (void)audience_join(worker, audience, index);
    rtx_enable(worker, route);
    settle(worker, audience, route->stream);
    transport->upkeep->routes_missing |= !route->audience;
    return route->audience;
}

void install_routes(struct worker *worker, struct transport_entry *transport, struct record_link first)
{
    uint32_t old = transport->upkeep->first_route, last = PACKET_NONE;
    uint32_t kept_first = PACKET_NONE;
    transport->upkeep->routes_missing = false;
    struct route_intent intent;
    // What is still named is marked by its new place in the chain; the rest is removed.
    for (uint32_t i = old; transport->has_routes && i != PACKET_NONE; i = worker->entries->routes[i].next)
        worker->entries->routes[i].named = false;
    for (unsigned count = 0; count < ROUTES_PER_TRANSPORT && read_route(worker, transport, first, &intent); count++) {
        struct route_entry *route = entry_route(worker->entries, first.index);
        if (!claim_take(&worker->entries->route_claims[first.index], transport->index)) {
            transport->upkeep->routes_missing = true;
            break; // another transport still has it
        }
        if (route->named)
            break; // a ring of records would never end
        bool is_added = add_route(worker, transport, first.index, &intent);
        if (!is_added && !route->is_chained)
            remove_route(worker, first.index);
        if (is_added) {
            route->named = true;
            route->next_named = PACKET_NONE;
            if (last == PACKET_NONE)
                kept_first = first.index;
            else
                worker->entries->routes[last].next_named = first.index;
            last = first.index;
        }
        first = intent.next;
    }
    for (uint32_t i = old; transport->has_routes && i != PACKET_NONE;) {
        uint32_t next = worker->entries->routes[i].next;
        if (!worker->entries->routes[i].named)
            remove_route(worker, i);
        i = next;
    }
    for (uint32_t i = kept_first; i != PACKET_NONE; i = worker->entries->routes[i].next) {
        worker->entries->routes[i].next = worker->entries->routes[i].next_named;
        worker->entries->routes[i].is_chained = true;
    }
    transport->upkeep->first_route = kept_first;
    transport->has_routes = kept_first != PACKET_NONE;
}
