// SPDX-License-Identifier: Apache-2.0
// ICE restarts by PATCH (RFC 9725 4.3.2) or by /v1/peers: media goes on over the old path until a new one is nominated.
#include "byte_order.h"
#include "peer_signalling.h"
#include "session_signalling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESTARTS_AT_ONCE 16

static bool is_due(const struct session *session, uint64_t now)
{
    return session->state == SESSION_CONNECTED && session->resource[0] && !session->fragment &&
           !session->ice.restarts && !peer_signalling_is_busy(session) && !session->request.easy &&
           now >= session->connected_ns + (uint64_t)(session->options->ice_restart_s * (double)NS_PER_S);
}

static void begin(struct session *session, CURLM *multi)
{
    char host[SOCKET_TEXT_SIZE];
    ice_renew(&session->ice);
    if (asprintf(&session->fragment,
                 "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                 "a=candidate:1 1 udp 2130706431 %s %u typ host\r\na=end-of-candidates\r\n",
                 session->ice.local_ufrag, session->ice.local_password, socket_address_host(&session->local, host),
                 socket_address_port(&session->local)) < 0) {
        session->fragment = NULL;
        session_fail(session, "out of memory");
        return;
    }
    if (whip_start_patch(&session->request, multi, session->resource, session->options->token, session->etag,
                         session->fragment))
        session_fail(session, "the PATCH could not be started");
}

static bool read_line(const char *text, const char *name, char *ret_value, size_t size)
{
    const char *line = text ? strstr(text, name) : NULL;
    if (!line)
        return false;
    line += strlen(name);
    size_t length = strcspn(line, "\r\n");
    if (length >= size)
        return false;
    memcpy(ret_value, line, length);
    ret_value[length] = 0;
    return true;
}

static void take_answer(struct session *session, CURLM *multi)
{
    char ufrag[ICE_CREDENTIAL_MAX + 1], password[ICE_CREDENTIAL_MAX + 1];
    struct whip_request *request = &session->request;
    session->restart_status = request->status;
    if (request->status != 200)
        session_fail(session, "the ICE restart was answered with %ld", request->status);
    else if (!read_line(request->body, "a=ice-ufrag:", ufrag, sizeof(ufrag)) ||
             !read_line(request->body, "a=ice-pwd:", password, sizeof(password)) ||
             ice_restart(&session->ice, ufrag, password))
        session_fail(session, "the answer to the ICE restart has no credentials");
    snprintf(session->etag, sizeof(session->etag), "%s", request->etag);
    whip_free(request, multi);
}

void session_restart_all(struct session *sessions, unsigned count, CURLM *multi, uint64_t now)
{
    unsigned running = 0;
    for (unsigned i = 0; i < count; i++) {
        struct session *session = &sessions[i];
        if (session->options->peers && peer_signalling_is_busy(session)) {
            running++;
            if (session->request.easy && !session->request.running)
                peer_signalling_go_on(session, multi, now);
        }
        if (session->fragment && !session->restart_status && session->request.easy) {
            if (session->request.running)
                running++;
            else
                take_answer(session, multi);
        }
    }
    for (unsigned i = 0; i < count && running < RESTARTS_AT_ONCE; i++)
        if (is_due(&sessions[i], now)) {
            if (sessions[i].options->peers)
                peer_signalling_restart(&sessions[i], multi, now);
            else
                begin(&sessions[i], multi);
            running++;
        }
}
