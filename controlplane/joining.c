// SPDX-License-Identifier: Apache-2.0
#include "joining.h"

#include "connectivity.h"
#include "control_parts.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fill(struct control *control, const struct agreement *agreement, struct gateway_request *request,
                struct session *session)
{
    struct journal_session *record = &session->record;
    session->fingerprints = agreement_fingerprints(agreement->answer, &session->fingerprint_count);
    if (!session->fingerprints) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return -ENOMEM;
    }
    int error = agreement_sections(agreement, record->sections, &record->section_count);
    if (error == -E2BIG)
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "more than %d sections with media", JOURNAL_SECTIONS);
    else if (error)
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "%s",
               agreement->is_publisher ? "the offer sends no media" : "the offer receives nothing that is published");
    else if (session->fingerprint_count == 0)
        error = -EPROTO, refuse(request, GATEWAY_UNPROCESSABLE, 0, "no fingerprint of SHA-256 or better (RFC 8122 5)");
    else if ((error = intents_new_transport(&control->intents, &record->transport)))
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all sessions are taken (limits.transports)");
    return error;
}

int joining_prepare(struct control *control, const struct agreement *agreement, struct gateway_request *request,
                    uint64_t now, struct session **ret_session)
{
    struct session *session = session_new();
    if (!session) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return -ENOMEM;
    }
    struct journal_session *record = &session->record;
    record->is_publisher = agreement->is_publisher;
    record->is_dtls_client = agreement->answer->local_setup == SDP_ACTIVE;
    record->shard = agreement->shard;
    record->created_at = now;
    memcpy(record->source, request->source, sizeof(record->source));
    record->sdp_version = agreement->policy.session_version;
    random_hex(control->system->random, record->id, GATEWAY_ID_SIZE - 1);
    random_hex(control->system->random, record->etag, 16);
    for (unsigned i = 0; i < agreement->offer->media_count; i++)
        session->remote_candidates += agreement->offer->media[i].candidate_count;
    int error = fill(control, agreement, request, session);
    if (error) {
        session_free(session);
        return error;
    }
    for (uint32_t i = 0; i < record->section_count; i++)
        record->sections[i].link.generation = 0;
    *ret_session = session;
    return 0;
}

void joining_cancel(struct control *control, struct session *session)
{
    struct pool *pool = session->record.is_publisher ? &control->intents.streams : &control->intents.routes;
    for (uint32_t i = 0; i < session->record.section_count; i++)
        intents_cancel(pool, session->record.sections[i].link);
    intents_cancel(&control->intents.transports, session->record.transport);
    session_free(session);
}

static void begin_checks(struct control *control, const struct agreement *agreement, struct session *session,
                         uint64_t now)
{
    session->remote_is_lite = agreement->answer->remote_ice_lite;
    if (!connectivity_is_full(control, session->remote_is_lite))
        return;
    connectivity_expect(session, agreement->offer);
    connectivity_begin(control, session, session->remote_is_lite, now);
    connectivity_go_on(control, session, now);
}

void joining_complete(struct control *control, const struct agreement *agreement, struct session *session,
                      struct room *room, struct gateway_request *request, uint64_t now)
{
    struct journal_session *record = &session->record;
    struct transport_intent intent;
    agreement_fill_transport(control, agreement, room->number, &intent);
    intent.generation = record->transport.generation;
    *(record->is_publisher ? &intent.first_stream : &intent.first_route) = record->sections[0].link;
    record->room = room->number;
    snprintf(record->room_name, sizeof(record->room_name), "%s", room->name);
    // Not in the journal yet: a successor ends what has no keys. The peer's first check wakes the worker.
    intents_announce_transport(&control->intents, record->transport.index, &intent);
    explicit_bzero(&intent, sizeof(intent));
    session_list_in(control, session);
    room_enter(room, session);
    control->created++;
    snprintf(request->id, sizeof(request->id), "%s", record->id);
    snprintf(request->etag, sizeof(request->etag), "%s", record->etag);
    log_info("session %s: %s of room %s, shard %u", record->id, record->is_publisher ? "publisher" : "viewer",
             room->name, record->shard);
    begin_checks(control, agreement, session, now);
}
