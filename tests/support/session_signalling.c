// SPDX-License-Identifier: Apache-2.0
#include "session_signalling.h"

#include "byte_order.h"
#include "peer_signalling.h"
#include <stdio.h>
#include <string.h>

#define RETRY_INTERVAL (300 * NS_PER_MS)

// {n} becomes the room's number.
static void expand_url(const char *pattern, unsigned room, char *ret_url, size_t size)
{
    const char *mark = strstr(pattern, "{n}");
    if (mark)
        snprintf(ret_url, size, "%.*s%u%s", (int)(mark - pattern), pattern, room, mark + 3);
    else
        snprintf(ret_url, size, "%s", pattern);
}

void session_post(struct session *session, CURLM *multi, uint64_t now)
{
    const struct client_options *options = session->options;
    if (options->peers) {
        peer_signalling_begin(session, multi, now);
        return;
    }
    expand_url(session->viewer < 0 ? options->whip : options->whep, session->room, session->url, sizeof(session->url));
    if (!session->offer)
        session->offer = session_describe(session, options->setup, false);
    if (!session->started_ns)
        session->started_ns = now;
    session->state = SESSION_SIGNALLING;
    if (!session->offer || whip_start(&session->request, multi, session->url, options->token, session->offer))
        session_fail(session, "the POST could not be started");
}

static bool worth_retrying(const struct session *session, uint64_t now)
{
    long status = session->http_status;
    return now < session->started_ns + (uint64_t)(session->options->retry_s * (double)NS_PER_S) &&
           (status == 0 || status == 404 || status == 409 || status == 429 || status == 503);
}

void session_post_done(struct session *session, CURLM *multi, uint64_t now)
{
    struct whip_request *request = &session->request;
    if (session->options->peers) {
        peer_signalling_go_on(session, multi, now);
        return;
    }
    session->http_status = request->status;
    if (request->status == 201) {
        if (whip_resource(request, session->url, session->resource, sizeof(session->resource)))
            session_fail(session, "the 201 response has no usable Location");
        else
            session_apply(session, request->body ? request->body : "", request->body_size, now);
    } else if (worth_retrying(session, now)) {
        session->state = SESSION_IDLE;
        session->retry_ns = now + RETRY_INTERVAL;
    } else if (!request->status) {
        session_fail(session, "POST %.120s: %.100s", session->url, request->error);
    } else {
        session_fail(session, "POST %.100s: %ld %.100s", session->url, request->status,
                     request->body ? request->body : "");
    }
    snprintf(session->etag, sizeof(session->etag), "%s", request->etag);
    whip_free(request, multi);
}

void session_delete(struct session *session, CURLM *multi)
{
    if (!session->resource[0])
        return;
    if (whip_start(&session->request, multi, session->resource, session->options->token, NULL))
        session->resource[0] = 0;
}

void session_delete_done(struct session *session, CURLM *multi)
{
    session->delete_status = session->request.status;
    session->resource[0] = 0;
    whip_free(&session->request, multi);
}
