// SPDX-License-Identifier: Apache-2.0
// PATCH (RFC 9725 4.3): candidates of the peer, and ICE restarts. An ICE-lite agent sends no checks: it reads, checks
// and counts the peer's candidates, no more.
#include "control_parts.h"

#include "connectivity.h"
#include "fragment.h"
#include "ice_candidates.h"
#include "ice_credentials.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAGMENT_SIZE 16384

static bool etag_matches(const struct session *session, const char *etag)
{
    return !etag[0] || !strcmp(etag, "*") || !strcmp(etag, session->record.etag);
}

static void note_candidates(struct control *control, struct session *session, const struct sdp_fragment *fragment,
                            uint64_t now)
{
    for (unsigned i = 0; i < fragment->section_count; i++) {
        const struct sdp_fragment_section *section = &fragment->sections[i];
        session->remote_candidates += section->candidate_count;
        connectivity_trickle(control, session, section->candidates, section->candidate_count,
                             fragment->end_of_candidates || section->end_of_candidates, i + 1 < fragment->section_count,
                             now);
    }
}

static void fill_candidates(const struct ice_candidates *from, struct sdp_candidate *ret_candidates, char texts[][12])
{
    for (unsigned i = 0; i < from->count; i++) {
        snprintf(texts[i], 12, "%u", i + 1);
        ret_candidates[i] = (struct sdp_candidate){.foundation = texts[i],
                                                   .transport = from->list[i].is_tcp ? "TCP" : "UDP",
                                                   .address = from->list[i].address,
                                                   .type = "host",
                                                   .rest = from->list[i].is_tcp ? "tcptype passive" : "",
                                                   .priority = from->list[i].priority,
                                                   .component = 1,
                                                   .port = from->list[i].port};
    }
}

static int print_restart(struct control *control, const struct session *session, const struct ice_credentials *local,
                         struct gateway_request *request)
{
    struct ice_candidates own;
    struct sdp_candidate candidates[ICE_CANDIDATES_MAX];
    char foundations[ICE_CANDIDATES_MAX][12];
    ice_candidates_gather(control->config, shard_ice_port(&control->tables.limits, session->record.shard), &own);
    fill_candidates(&own, candidates, foundations);
    struct sdp_fragment_section section = {.mid = session->record.sections[0].mid,
                                           .ice_ufrag = local->ufrag,
                                           .ice_pwd = local->pwd,
                                           .end_of_candidates = true,
                                           .candidate_count = own.count,
                                           .candidates = candidates};
    struct sdp_fragment fragment = {.ice_ufrag = local->ufrag,
                                    .ice_pwd = local->pwd,
                                    .end_of_candidates = true,
                                    .section_count = 1,
                                    .sections = &section};
    char *text = malloc(FRAGMENT_SIZE);
    int length = text ? sdp_fragment_print(&fragment, text, FRAGMENT_SIZE) : -ENOMEM;
    if (length < 0) {
        free(text);
        return length;
    }
    free(request->sdp);
    request->sdp = text;
    request->sdp_length = (size_t)length;
    return 0;
}

// New credentials on both sides, the same DTLS association (RFC 8445 9, RFC 8842 5.6).
static void restart(struct control *control, struct session *session, struct transport_intent *intent,
                    const struct sdp_fragment *fragment, struct gateway_request *request)
{
    struct ice_credentials local;
    if (!ice_credentials_are_valid(fragment->ice_ufrag, fragment->ice_pwd)) {
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "an ICE restart needs both ice-ufrag and ice-pwd (RFC 8839 5.4)");
        return;
    }
    ice_credentials_make(control->system->random, &local);
    if (print_restart(control, session, &local, request)) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return;
    }
    memcpy(intent->local_ufrag, local.ufrag, sizeof(intent->local_ufrag));
    memcpy(intent->local_pwd, local.pwd, sizeof(intent->local_pwd));
    memset(intent->remote_ufrag, 0, sizeof(intent->remote_ufrag));
    memset(intent->remote_pwd, 0, sizeof(intent->remote_pwd));
    snprintf(intent->remote_ufrag, sizeof(intent->remote_ufrag), "%s", fragment->ice_ufrag);
    snprintf(intent->remote_pwd, sizeof(intent->remote_pwd), "%s", fragment->ice_pwd);
    uint64_t version = intents_publish_transport(&control->intents, session->record.transport.index, intent);
    if (session->held_version) // the keys are in the newer version, too
        session->held_version = version;
    random_hex(control->system->random, session->record.etag, 16);
    session->remote_candidates = 0;
    session_save(control, session);
    log_info("session %s: ICE restart", session->record.id);
}

static void apply(struct control *control, struct session *session, const struct sdp_fragment *fragment,
                  struct gateway_request *request, uint64_t now)
{
    struct transport_intent intent;
    if (!intents_read_transport(&control->intents, session->record.transport, &intent)) {
        refuse(request, GATEWAY_NO_SESSION, 0, "the session has ended");
        return;
    }
    const char *ufrag = fragment->ice_ufrag ? fragment->ice_ufrag : "";
    bool is_restart = ufrag[0] && strcmp(ufrag, intent.remote_ufrag);
    if (is_restart)
        restart(control, session, &intent, fragment, request);
    else {
        free(request->sdp);
        request->sdp = NULL;
        request->sdp_length = 0;
    }
    explicit_bzero(&intent, sizeof(intent));
    if (request->status != GATEWAY_OK)
        return;
    snprintf(request->etag, sizeof(request->etag), "%s", session->record.etag);
    if (is_restart)
        connectivity_begin(control, session, session->remote_is_lite, now);
    note_candidates(control, session, fragment, now);
}

void trickle(struct control *control, struct gateway_request *request, uint64_t now)
{
    struct session *session = session_find(control, request->id);
    if (!session_is_meant(session, request) || !session_is_live(session)) {
        refuse(request, GATEWAY_NO_SESSION, 0, "there is no such session");
        return;
    }
    if (!etag_matches(session, request->etag)) {
        refuse(request, GATEWAY_ETAG_MISMATCH, 0, "If-Match names another ICE session than the present one");
        return;
    }
    struct sdp_fragment *fragment;
    struct sdp_error why = {0};
    int error = sdp_fragment_parse(request->sdp ? request->sdp : "", request->sdp_length, &fragment, &why);
    if (error) {
        refuse(request, error == -ENOMEM ? GATEWAY_OVERLOADED : GATEWAY_BAD_SDP, error == -ENOMEM ? 1 : 0, "%s",
               why.reason);
        request->line = why.line;
        return;
    }
    apply(control, session, fragment, request, now);
    sdp_fragment_free(fragment);
}
