// SPDX-License-Identifier: Apache-2.0
// What a peer's descriptions are made with: that of every session, and what this peer's transceivers want.
#include "peer_channel_parts.h"
#include "peer_codecs.h"
#include "peer_securing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCTP_PORT 5000 // what naru-sctp binds is of no more meaning: RFC 8831 6.2

static void fill_sources(const struct session *session, struct peer_policy *policy)
{
    const struct journal_peer *record = &session->peer->record;
    for (unsigned i = 0; i < record->transceiver_count; i++) {
        const struct journal_transceiver *transceiver = &record->transceivers[i];
        if (!transceiver->serial || !transceiver->source.generation)
            continue;
        snprintf(policy->streams[i], sizeof(policy->streams[i]), "%s", transceiver->source_session);
        peer_track_id(transceiver->source_session, transceiver->source_mid, policy->tracks[i]);
        policy->sources[i] = (struct sdp_source){.codec = (enum sdp_codec)transceiver->source_codec,
                                                 .fmtp = transceiver->source_fmtp,
                                                 .ssrc = transceiver->out_ssrc,
                                                 .rtx_ssrc = transceiver->out_rtx_ssrc,
                                                 .cname = record->cname,
                                                 .stream_id = policy->streams[i],
                                                 .track_id = policy->tracks[i]};
    }
    policy->policy->source_count = record->transceiver_count;
    policy->policy->sources = policy->sources;
}

void peer_wish(const struct peer_connection *peer, struct peer_policy *policy, unsigned index,
               struct sdp_transceiver *ret_wish)
{
    const struct journal_transceiver *transceiver = &peer->record.transceivers[index];
    unsigned wish = transceivers_wish(transceiver);
    *ret_wish = (struct sdp_transceiver){.receives = wish & WAY_RECEIVE,
                                         .is_stopped = transceiver->is_stopping,
                                         .source = wish & WAY_SEND ? index : SDP_NO_SOURCE,
                                         .codec = (enum sdp_codec)transceiver->codec,
                                         .fmtp = transceiver->fmtp,
                                         .choice_count = peer_preferences(transceiver, policy->preferences[index]),
                                         .choices = policy->preferences[index]};
}

// A role that was taken is kept (RFC 8842 5.5).
static enum sdp_setup setup_of(const struct control *control, const struct session *session)
{
    if (session->peer->is_published)
        return session->record.is_dtls_client ? SDP_ACTIVE : SDP_PASSIVE;
    return control->config->dtls.role == CONFIG_DTLS_ACTIVE ? SDP_ACTIVE : SDP_PASSIVE;
}

struct peer_policy *peer_policy_new(struct control *control, const struct session *session)
{
    const struct peer_connection *peer = session->peer;
    struct peer_policy *policy = calloc(1, sizeof(*policy));
    struct agreement *agreement = policy ? malloc(sizeof(*agreement)) : NULL;
    if (!agreement) {
        free(policy);
        return NULL;
    }
    agreement_begin(control, NULL, session->record.shard, agreement);
    agreement->local = peer_restarts_ice(peer) ? peer->next_local : peer->local;
    memcpy(agreement->cname, peer->record.cname, sizeof(agreement->cname));
    policy->agreement = agreement;
    policy->policy = &agreement->policy;
    policy->policy->role = SDP_ROLE_PEER;
    policy->policy->ice_lite &= !(peer->remote_offer ? peer->remote_offer->ice_lite : peer->remote_is_lite);
    policy->policy->session_id = peer->record.session_id;
    policy->policy->session_version = session->record.sdp_version + 1;
    policy->policy->setup = setup_of(control, session);
    peer_tls_id(session, peer->remote_secures, policy->tls_id);
    if (peer->remote_offer || peer->record.remote_tls_id)
        policy->policy->tls_id = policy->tls_id;
    policy->policy->transceivers = policy->wishes;
    policy->policy->receiving_extensions = agreement_receiving_extensions();
    policy->policy->receiving_feedback = !strcmp(agreement->feedback[0], "transport-cc");
    policy->policy->sctp_port = peer_may_use_data(control, peer) ? SCTP_PORT : 0;
    policy->policy->max_message_size = DATA_CHANNEL_MESSAGE_MAX;
    fill_sources(session, policy);
    return policy;
}

void peer_policy_free(struct peer_policy *policy)
{
    if (!policy)
        return;
    agreement_end(policy->agreement);
    free(policy->agreement);
    free(policy);
}
