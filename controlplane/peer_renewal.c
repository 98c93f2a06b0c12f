// SPDX-License-Identifier: Apache-2.0
// Other keys begin at other packet indexes (RFC 3711 8.2), so with them come other streams and routes, under the same
// SSRCs. Who is sent the streams hears no more of it than a key frame.
#include "peer_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct renewal {
    struct record_link stream[JOURNAL_TRANSCEIVERS], route[JOURNAL_TRANSCEIVERS]; // by transceiver
};

static bool has_stream(const struct journal_transceiver *transceiver)
{
    return transceiver->serial && transceiver->stream.generation;
}

static bool has_route(const struct journal_transceiver *transceiver)
{
    return transceiver->serial && transceiver->route.generation;
}

static void give_back(struct control *control, const struct renewal *renewal)
{
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        if (renewal->stream[i].generation)
            intents_cancel(&control->intents.streams, renewal->stream[i]);
        if (renewal->route[i].generation)
            intents_cancel(&control->intents.routes, renewal->route[i]);
    }
}

static int reserve(struct control *control, const struct peer_connection *peer, struct renewal *renewal)
{
    unsigned count = peer->retired_count;
    int error = 0;
    for (unsigned i = 0; !error && i < JOURNAL_TRANSCEIVERS; i++) {
        const struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        if (has_stream(transceiver))
            error = intents_new_stream(&control->intents, &renewal->stream[i]);
        if (!error && has_route(transceiver))
            error = intents_new_route(&control->intents, &renewal->route[i]);
        count += has_stream(transceiver) + has_route(transceiver);
    }
    return !error && count > PEER_RETIRED ? -EBUSY : error;
}

static bool follow(struct session *member, struct record_link old, struct record_link new)
{
    bool follows = false;
    for (unsigned i = 0; i < member->peer->record.transceiver_count; i++) {
        struct journal_transceiver *transceiver = &member->peer->record.transceivers[i];
        if (!transceiver->serial || transceiver->source.index != old.index ||
            transceiver->source.generation != old.generation)
            continue;
        transceiver->source = new;
        follows = true;
    }
    return follows;
}

static void renew(struct peer_connection *peer, const struct renewal *renewal)
{
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        if (renewal->stream[i].generation && peer_retire(peer, false, &transceiver->stream))
            transceiver->stream = renewal->stream[i];
        if (renewal->route[i].generation && peer_retire(peer, true, &transceiver->route))
            transceiver->route = renewal->route[i];
    }
}

static void renew_sources(struct control *control, struct room *room, const struct journal_peer *before,
                          const struct journal_peer *after)
{
    struct session *member;
    TAILQ_FOREACH(member, &room->members, viewers)
    {
        bool follows = false;
        for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++)
            if (has_stream(&before->transceivers[i]))
                follows |= follow(member, before->transceivers[i].stream, after->transceivers[i].stream);
        if (!follows)
            continue;
        peer_publish(control, member, NULL);
        peer_save(control, member);
    }
}

int peer_renew_media(struct control *control, struct session *session, struct transport_intent *intent,
                     uint64_t *ret_version)
{
    struct renewal renewal = {0};
    struct peer_connection *peer = session->peer;
    struct journal_peer *before = malloc(sizeof(*before));
    peer_settle(control, session);
    int error = before ? reserve(control, peer, &renewal) : -ENOMEM;
    if (error) {
        give_back(control, &renewal);
        free(before);
        return error;
    }
    *before = peer->record;
    renew(peer, &renewal);
    *ret_version = peer_publish(control, session, intent);
    if (session->room)
        renew_sources(control, session->room, before, &peer->record);
    free(before);
    return 0;
}
