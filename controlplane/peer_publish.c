// SPDX-License-Identifier: Apache-2.0
// A peer's streams and routes in the tables. Chains are written from their ends, so that what a worker reads meanwhile
// is one that was or one that will be; what falls out of them is free once the worker acts on the transport without it.
#include "peer_parts.h"

#include <string.h>

static struct record_link publish_streams(struct control *control, const struct session *session)
{
    struct record_link next = {0};
    for (unsigned i = JOURNAL_TRANSCEIVERS; i-- > 0;) {
        const struct journal_transceiver *transceiver = &session->peer->record.transceivers[i];
        if (!transceiver->serial || !transceiver->stream.generation)
            continue;
        struct stream_intent stream = {.generation = transceiver->stream.generation,
                                       .kind = transceiver->kind,
                                       .payload_count = 1,
                                       .nack = transceiver->nack,
                                       .transport = session->record.transport,
                                       .next = next,
                                       .ssrc = transceiver->in_ssrc,
                                       .rtx_ssrc = transceiver->in_rtx_ssrc,
                                       .payloads = {{.payload_type = transceiver->payload_type,
                                                     .rtx_payload_type = transceiver->rtx_payload_type,
                                                     .clock_rate = transceiver->clock_rate}}};
        memcpy(stream.mid, transceiver->mid, sizeof(stream.mid));
        memcpy(stream.rid, transceiver->rid, sizeof(stream.rid));
        memcpy(stream.extension_ids, transceiver->extension_ids, sizeof(stream.extension_ids));
        intents_publish_stream(&control->intents, transceiver->stream.index, &stream);
        next = transceiver->stream;
    }
    return next;
}

static struct record_link publish_routes(struct control *control, const struct session *session)
{
    struct record_link next = {0};
    const uint32_t receiving = agreement_receiving_extensions();
    for (unsigned i = JOURNAL_TRANSCEIVERS; i-- > 0;) {
        const struct journal_transceiver *transceiver = &session->peer->record.transceivers[i];
        if (!transceiver->serial || !transceiver->route.generation)
            continue;
        struct route_intent route = {
            .generation = transceiver->route.generation,
            .kind = transceiver->kind,
            .paused = transceiver->is_paused || transceiver->has_no_track,
            .payload_count = 1,
            .from_stream = transceiver->source,
            .to_transport = session->record.transport,
            .next = next,
            .ssrc = transceiver->out_ssrc,
            .clock_rate = transceiver->clock_rate,
            .payloads = {{.from = transceiver->source_payload_type, .to = transceiver->payload_type}}};
        if (transceiver->rtx_payload_type != SDP_NO_PAYLOAD && transceiver->out_rtx_ssrc) {
            route.rtx_ssrc = transceiver->out_rtx_ssrc;
            route.rtx_payload_types[0] = transceiver->rtx_payload_type;
        }
        memcpy(route.mid, transceiver->mid, sizeof(route.mid));
        for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
            if (!(receiving >> kind & 1))
                route.extension_ids[kind] = transceiver->extension_ids[kind];
        intents_publish_route(&control->intents, transceiver->route.index, &route);
        next = transceiver->route;
    }
    return next;
}

uint64_t peer_publish(struct control *control, struct session *session, struct transport_intent *intent)
{
    struct peer_connection *peer = session->peer;
    struct transport_intent present;
    if (!intent &&
        (!peer->is_published || !intents_read_transport(&control->intents, session->record.transport, &present)))
        return 0;
    struct transport_intent *wanted = intent ? intent : &present;
    wanted->first_stream = publish_streams(control, session);
    wanted->first_route = publish_routes(control, session);
    uint64_t version = intents_publish_transport(&control->intents, session->record.transport.index, wanted);
    if (session->held_version) // the keys are in the newer version, too
        session->held_version = version;
    for (unsigned i = 0; i < peer->retired_count; i++)
        if (!peer->retired[i].version)
            peer->retired[i].version = version;
    peer->is_published = true;
    explicit_bzero(wanted, sizeof(*wanted));
    return version;
}

void peer_settle(struct control *control, struct session *session)
{
    struct peer_connection *peer = session->peer;
    unsigned kept = 0;
    for (unsigned i = 0; i < peer->retired_count; i++) {
        const struct retired_link *retired = &peer->retired[i];
        if (retired->version && intents_is_applied(&control->intents, session->record.transport, retired->version))
            departures_free_link(&control->intents, retired->index, retired->is_route);
        else
            peer->retired[kept++] = *retired;
    }
    peer->retired_count = kept;
}

void peer_depart(struct session *session, struct departure *departure)
{
    struct peer_connection *peer = session->peer;
    departure->more = peer->departing;
    peer->departing = NULL;
    for (unsigned i = 0; i < peer->retired_count; i++)
        departing_links_add(departure->more, peer->retired[i].index, peer->retired[i].is_route);
    peer->retired_count = 0;
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        if (!transceiver->serial)
            continue;
        if (transceiver->stream.generation)
            departing_links_add(departure->more, transceiver->stream.index, false);
        if (transceiver->route.generation)
            departing_links_add(departure->more, transceiver->route.index, true);
        transceiver->stream = transceiver->route = (struct record_link){0};
    }
}

void peer_save(struct control *control, const struct session *session)
{
    if (session->record.has_keys) // before that a successor does not adopt it
        journal_write_peer(&control->journal, session->record.transport.index, &session->peer->record);
}
