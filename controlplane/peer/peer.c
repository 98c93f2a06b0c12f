// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include "answer.h"
#include "departing_links.h"

#include <stdlib.h>

struct peer_connection *peer_new(void)
{
    struct peer_connection *peer = calloc(1, sizeof(*peer));
    if (!peer)
        return NULL;
    STAILQ_INIT(&peer->bridge.waiting);
    event_store_open(&peer->channel_events, EVENT_STORE_BYTES, NULL, NULL);
    peer->departing = departing_links_new(PEER_DEPARTING);
    if (peer->departing && !event_ring_open(&peer->events, PEER_EVENTS))
        return peer;
    peer_free(peer);
    return NULL;
}

void proposal_free(struct proposal *proposal)
{
    if (!proposal)
        return;
    sdp_answer_free(proposal->answer);
    free(proposal->text);
    free(proposal);
}

void peer_roll_back(struct peer_connection *peer)
{
    proposal_free(peer->created);
    proposal_free(peer->sent);
    sdp_free(peer->remote_offer);
    peer->created = peer->sent = NULL;
    peer->remote_offer = NULL;
    peer->remote_restarts = peer->remote_secures = false;
}

bool peer_restarts_ice(const struct peer_connection *peer)
{
    return peer->remote_offer ? peer->remote_restarts : peer->has_next_local;
}

void peer_free(struct peer_connection *peer)
{
    if (!peer)
        return;
    peer_roll_back(peer);
    event_ring_close(&peer->events);
    event_store_close(&peer->channel_events);
    free(peer->departing);
    free(peer);
}

bool peer_retire(struct peer_connection *peer, bool is_route, struct record_link *link)
{
    if (!link->generation)
        return true;
    if (peer->retired_count == PEER_RETIRED)
        return false;
    peer->retired[peer->retired_count++] = (struct retired_link){.index = link->index, .is_route = is_route};
    *link = (struct record_link){0};
    return true;
}
