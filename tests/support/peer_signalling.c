// SPDX-License-Identifier: Apache-2.0
#include "peer_signalling.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What is asked for, one after the other.
enum step {
    STEP_END,
    STEP_OPEN,
    STEP_ADD_AUDIO,
    STEP_ADD_VIDEO,
    STEP_RESTART,
    STEP_GATEWAY_OFFERS,
    STEP_WE_ANSWER,
    STEP_WE_OFFER,
    STEP_GATEWAY_ANSWERS
};

static const uint8_t gateway_offers[] = {STEP_GATEWAY_OFFERS, STEP_WE_ANSWER, STEP_END};
static const uint8_t we_offer[] = {STEP_WE_OFFER, STEP_GATEWAY_ANSWERS, STEP_END};

static void plan(struct session *session, const uint8_t *steps)
{
    unsigned count = 0;
    while (session->steps[count])
        count++;
    for (; *steps; steps++)
        session->steps[count++] = *steps;
    session->steps[count] = STEP_END;
}

static const char *path_of(enum step step)
{
    switch (step) {
    case STEP_ADD_AUDIO:
    case STEP_ADD_VIDEO:
        return "/transceivers";
    case STEP_RESTART:
        return "/restart-ice";
    case STEP_GATEWAY_OFFERS:
    case STEP_GATEWAY_ANSWERS:
        return "/local-description";
    case STEP_WE_ANSWER:
    case STEP_WE_OFFER:
        return "/remote-description";
    default:
        return "";
    }
}

static json_t *body_of_open(const struct session *session)
{
    char room[128];
    const char *pattern = session->options->room, *mark = strstr(pattern, "{n}");
    if (mark)
        snprintf(room, sizeof(room), "%.*s%u%s", (int)(mark - pattern), pattern, session->room, mark + 3);
    else
        snprintf(room, sizeof(room), "%s", pattern);
    return json_pack("{s:s, s:b, s:b}", "room", room, "publish", session->viewer < 0, "subscribe",
                     session->viewer >= 0);
}

static json_t *body_of_description(struct session *session, bool is_answer)
{
    const struct client_options *options = session->options;
    char *text = session_describe(session, is_answer ? options->answer_setup : options->setup, is_answer);
    json_t *body = text ? json_pack("{s:s, s:s}", "type", is_answer ? "answer" : "offer", "sdp", text) : NULL;
    free(text);
    return body;
}

static json_t *body_of(struct session *session, enum step step)
{
    switch (step) {
    case STEP_OPEN:
        return body_of_open(session);
    case STEP_ADD_AUDIO:
    case STEP_ADD_VIDEO:
        return json_pack("{s:s, s:s}", "kind", step == STEP_ADD_AUDIO ? "audio" : "video", "direction", "recvonly");
    case STEP_WE_ANSWER:
    case STEP_WE_OFFER:
        return body_of_description(session, step == STEP_WE_ANSWER);
    default:
        return json_object();
    }
}

static void start(struct session *session, CURLM *multi)
{
    char url[1200];
    enum step step = (enum step)session->steps[0];
    bool is_put = strstr(path_of(step), "description");
    snprintf(url, sizeof(url), "%s%s", step == STEP_OPEN ? session->options->peers : session->resource, path_of(step));
    json_t *body = body_of(session, step);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    if (!text || whip_start_json(&session->request, multi, is_put ? "PUT" : "POST", url, session->options->token, text))
        session_fail(session, "a request of /v1/peers could not be started");
    free(text);
    json_decref(body);
}

// The description that the gateway has set.
static char *description_in(const struct whip_request *request)
{
    json_t *body = request->body ? json_loads(request->body, 0, NULL) : NULL;
    const char *sdp = json_string_value(json_object_get(body, "sdp"));
    char *text = sdp ? strdup(sdp) : NULL;
    json_decref(body);
    return text;
}

static void restart(struct session *session, const char *sdp)
{
    struct sdp_description *remote = calloc(1, sizeof(*remote));
    if (!remote || sdp_read(sdp, strlen(sdp), remote) < 0 ||
        ice_restart(&session->ice, remote->ufrag, remote->password))
        session_fail(session, "the description that restarts ICE cannot be read");
    free(remote);
}

static void take_offer(struct session *session)
{
    free(session->offer);
    session->offer = description_in(&session->request);
    if (session->connected_ns)
        ice_renew(&session->ice);
    if (!session->offer ||
        (!session->connected_ns && sdp_read(session->offer, strlen(session->offer), &session->remote) < 0))
        session_fail(session, "the gateway's offer cannot be read");
}

static void take_answer(struct session *session, uint64_t now)
{
    char *text = description_in(&session->request);
    if (!text)
        session_fail(session, "the gateway's answer cannot be read");
    else if (session->connected_ns)
        restart(session, text);
    else
        session_apply(session, text, strlen(text), now);
    free(text);
}

static void take(struct session *session, enum step step, uint64_t now)
{
    struct whip_request *request = &session->request;
    session->http_status = request->status;
    if (request->status / 100 != 2)
        session_fail(session, "%s: %ld %.120s", step == STEP_OPEN ? "/v1/peers" : path_of(step), request->status,
                     request->body ? request->body : request->error);
    else if (step == STEP_OPEN &&
             whip_resource(request, session->options->peers, session->resource, sizeof(session->resource)))
        session_fail(session, "the 201 response has no usable Location");
    else if (step == STEP_GATEWAY_OFFERS)
        take_offer(session);
    else if (step == STEP_GATEWAY_ANSWERS)
        take_answer(session, now);
    else if (step == STEP_WE_ANSWER && session->connected_ns)
        restart(session, session->offer);
    else if (step == STEP_WE_ANSWER)
        session_apply_offer(session, session->offer, strlen(session->offer), session->options->answer_setup, now);
}

bool peer_signalling_is_busy(const struct session *session)
{
    return session->steps[0];
}

void peer_signalling_begin(struct session *session, CURLM *multi, uint64_t now)
{
    const struct client_options *options = session->options;
    const uint8_t transceivers[] = {
        STEP_OPEN, options->gateway_offers && session->viewer < 0 && options->audio ? STEP_ADD_AUDIO : STEP_END,
        STEP_END};
    const uint8_t video[] = {
        options->gateway_offers && session->viewer < 0 && options->video ? STEP_ADD_VIDEO : STEP_END, STEP_END};
    session->started_ns = now;
    session->state = SESSION_SIGNALLING;
    plan(session, transceivers);
    plan(session, video);
    plan(session, options->gateway_offers ? gateway_offers : we_offer);
    start(session, multi);
}

void peer_signalling_restart(struct session *session, CURLM *multi, uint64_t now)
{
    static const uint8_t first[] = {STEP_RESTART, STEP_END};
    (void)now;
    if (session->options->gateway_restarts) {
        plan(session, first);
        plan(session, gateway_offers);
    } else {
        ice_renew(&session->ice);
        plan(session, we_offer);
    }
    start(session, multi);
}

void peer_signalling_go_on(struct session *session, CURLM *multi, uint64_t now)
{
    enum step step = (enum step)session->steps[0];
    memmove(session->steps, session->steps + 1, sizeof(session->steps) - 1);
    take(session, step, now);
    whip_free(&session->request, multi);
    if (session->state == SESSION_FAILED)
        session->steps[0] = STEP_END;
    else if (session->steps[0])
        start(session, multi);
}
