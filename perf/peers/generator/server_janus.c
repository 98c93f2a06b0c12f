// SPDX-License-Identifier: Apache-2.0
// Janus over its HTTP API: one room of the video room plugin, a publisher, and viewers that are WebRTC peers like any.
#include "byte_order.h"
#include "webrtc.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM        1234
#define PUBLISHER   1
#define EVENTS_MAX  200 // of the long poll, until the right one has come
#define REQUEST_S   10L
#define TRANSACTION "naru"

struct janus {
    CURL *easy;
    const char *url;
    char session[64];
    struct webrtc webrtc;
};

static size_t take_body(char *data, size_t one, size_t size, void *user)
{
    (void)one;
    return fwrite(data, 1, size, user);
}

// body NULL: GET. The answer, NULL: none.
static json_t *request(struct janus *janus, const char *path, json_t *body)
{
    char url[512], *reply = NULL, *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    size_t size = 0;
    FILE *out = open_memstream(&reply, &size);
    snprintf(url, sizeof(url), "%s/janus%s", janus->url, path);
    curl_easy_reset(janus->easy);
    curl_easy_setopt(janus->easy, CURLOPT_URL, url);
    curl_easy_setopt(janus->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(janus->easy, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(janus->easy, CURLOPT_TIMEOUT, REQUEST_S);
    if (text)
        curl_easy_setopt(janus->easy, CURLOPT_POSTFIELDS, text);
    CURLcode result = curl_easy_perform(janus->easy);
    fclose(out);
    json_t *answer = result == CURLE_OK ? json_loadb(reply, size, 0, NULL) : NULL;
    if (!answer)
        fprintf(stderr, "naru-peers: janus: %s: %s\n", url, curl_easy_strerror(result));
    free(reply);
    free(text);
    json_decref(body);
    return answer;
}

static int judge(json_t *answer)
{
    const char *kind = json_string_value(json_object_get(answer, "janus"));
    const json_t *error = json_object_get(answer, "error");
    if (kind && !error && (strcmp(kind, "success") == 0 || strcmp(kind, "ack") == 0 || strcmp(kind, "event") == 0))
        return 0;
    fprintf(stderr, "naru-peers: janus: %s\n", json_string_value(json_object_get(error, "reason")));
    return -EPROTO;
}

// "create" or "attach": a number that stands in later paths.
static int make(struct janus *janus, const char *path, json_t *body, char *ret_path, size_t size)
{
    json_t *answer = request(janus, path, body);
    int error = answer ? judge(answer) : -EIO;
    json_int_t id = json_integer_value(json_object_get(json_object_get(answer, "data"), "id"));
    if (!error)
        snprintf(ret_path, size, "%.63s/%lld", path, (long long)id);
    json_decref(answer);
    return error;
}

static int attach(struct janus *janus, char *ret_handle, size_t size)
{
    return make(
        janus, janus->session,
        json_pack("{s:s, s:s, s:s}", "janus", "attach", "plugin", "janus.plugin.videoroom", "transaction", TRANSACTION),
        ret_handle, size);
}

static int send_message(struct janus *janus, const char *handle, json_t *body, const char *type, const char *sdp)
{
    json_t *message = json_pack("{s:s, s:s, s:o}", "janus", "message", "transaction", TRANSACTION, "body", body);
    if (sdp)
        json_object_set_new(message, "jsep", json_pack("{s:s, s:s}", "type", type, "sdp", sdp));
    json_t *answer = request(janus, handle, message);
    int error = answer ? judge(answer) : -EIO;
    json_decref(answer);
    return error;
}

// The description that comes with an event of this handle. The sessions go on meanwhile.
static int wait_description(struct janus *janus, const char *handle, char *ret_sdp, size_t size)
{
    char path[128];
    long long id = atoll(strrchr(handle, '/') + 1);
    snprintf(path, sizeof(path), "%.64s?maxev=1", janus->session);
    for (unsigned i = 0; i < EVENTS_MAX; i++) {
        json_t *event = request(janus, path, NULL);
        const char *sdp = json_string_value(json_object_get(json_object_get(event, "jsep"), "sdp"));
        const json_t *data = json_object_get(json_object_get(event, "plugindata"), "data");
        bool is_ours = json_integer_value(json_object_get(event, "sender")) == id;
        const char *wrong = json_string_value(json_object_get(data, "error"));
        if (is_ours && wrong)
            fprintf(stderr, "naru-peers: janus: %s\n", wrong);
        if (is_ours && sdp)
            snprintf(ret_sdp, size, "%s", sdp);
        bool stop = !event || (is_ours && (sdp || wrong));
        int error = is_ours && sdp ? 0 : -EPROTO;
        json_decref(event);
        session_set_step(&janus->webrtc.set);
        if (stop)
            return error;
    }
    return -ETIMEDOUT;
}

static int open_room(struct janus *janus)
{
    char handle[128];
    int error = attach(janus, handle, sizeof(handle));
    json_t *body =
        json_pack("{s:s, s:i, s:i, s:i, s:s, s:b, s:i, s:b}", "request", "create", "room", ROOM, "publishers", 2,
                  "bitrate", 0, "videocodec", "vp8", "notify_joining", 0, "fir_freq", 0, "transport_wide_cc_ext", 0);
    if (error) {
        json_decref(body);
        return error;
    }
    return send_message(janus, handle, body, NULL, NULL);
}

static int publish(struct janus *janus, struct session *session)
{
    static char answer[SDP_TEXT_MAX];
    char handle[128];
    int error = attach(janus, handle, sizeof(handle));
    char *offer = error ? NULL : session_describe(session, SDP_SETUP_ACTPASS, false);
    if (!offer)
        return error ? error : -ENOMEM;
    error = send_message(janus, handle,
                         json_pack("{s:s, s:s, s:i, s:i, s:i}", "request", "joinandconfigure", "ptype", "publisher",
                                   "room", ROOM, "id", PUBLISHER, "bitrate", 0),
                         "offer", offer);
    free(offer);
    if (!error)
        error = wait_description(janus, handle, answer, sizeof(answer));
    return error ? error : session_apply(session, answer, strlen(answer), clock_now());
}

// An answer takes over the offer's mid and payload type.
static char *write_answer(const struct session *session)
{
    const struct sdp_section *section = sdp_section_of(&session->remote, MEDIA_VIDEO);
    struct sdp_local local = {.ufrag = session->ice.local_ufrag,
                              .password = session->ice.local_password,
                              .fingerprint = session->fingerprint,
                              .direction = "recvonly",
                              .cname = session->cname,
                              .setup = SDP_SETUP_ACTIVE,
                              .address = session->local,
                              .section_count = 1};
    local.sections[0] = (struct sdp_local_section){.kind = MEDIA_VIDEO,
                                                   .mid = section->mid,
                                                   .codec = "VP8",
                                                   .payload_type = (uint8_t)sdp_payload_type(section, "VP8")};
    return sdp_write(&local);
}

static int watch(struct janus *janus, struct session *session)
{
    static char offer[SDP_TEXT_MAX];
    char handle[128];
    int error = attach(janus, handle, sizeof(handle));
    if (!error)
        error = send_message(janus, handle,
                             json_pack("{s:s, s:s, s:i, s:[{s:i}]}", "request", "join", "ptype", "subscriber", "room",
                                       ROOM, "streams", "feed", PUBLISHER),
                             NULL, NULL);
    if (!error)
        error = wait_description(janus, handle, offer, sizeof(offer));
    if (!error)
        error = session_apply_offer(session, offer, strlen(offer), SDP_SETUP_ACTIVE, clock_now());
    char *answer = error ? NULL : write_answer(session);
    if (!answer)
        return error ? error : -ENOMEM;
    error = send_message(janus, handle, json_pack("{s:s}", "request", "start"), "answer", answer);
    free(answer);
    return error;
}

static int connect_all(struct janus *janus)
{
    struct session_set *set = &janus->webrtc.set;
    int error = make(janus, "", json_pack("{s:s, s:s}", "janus", "create", "transaction", TRANSACTION), janus->session,
                     sizeof(janus->session));
    if (!error)
        error = open_room(janus);
    if (!error)
        error = publish(janus, &set->sessions[0]);
    if (!error)
        error = webrtc_wait(&janus->webrtc, 0, set->count);
    for (unsigned i = 1; i < set->count && !error; i++)
        error = watch(janus, &set->sessions[i]);
    return error ? error : webrtc_wait(&janus->webrtc, 1, 1);
}

static int janus_open(struct load *load, const struct server_options *options)
{
    static struct janus janus;
    janus.url = options->control;
    janus.easy = curl_easy_init();
    int error = !janus.easy ? -ENOMEM : load->flow_count == 1 ? 0 : -EINVAL;
    if (!error)
        error = webrtc_open(&janus.webrtc, load, options);
    if (!error)
        error = connect_all(&janus);
    if (error)
        fprintf(stderr, "naru-peers: janus at %s: %s\n", options->control, strerror(-error));
    curl_easy_cleanup(janus.easy);
    return error ? error : webrtc_take(&janus.webrtc, load);
}

const struct server server_janus = {.name = "janus", .open = janus_open};
