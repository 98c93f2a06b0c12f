// SPDX-License-Identifier: Apache-2.0
// setCodecPreferences, replaceTrack and setParameters over HTTP: what reaches the gateway, and what never can be.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#define PATCH "Content-Type: application/merge-patch+json"

static const char *title_of(const struct reply *reply, char ret_title[64])
{
    json_t *json = reply_json(reply);
    const char *title = json_string_value(json_object_get(json, "title"));
    snprintf(ret_title, 64, "%s", title ? title : "");
    json_decref(json);
    return ret_title;
}

static struct reply patch(const char *body)
{
    return fetch("PATCH", "/v1/peers/abc/transceivers/0", PATCH, body);
}

// W3C WebRTC 5.4: what is named has to be among the capabilities. "first second": what the gateway is asked for.
static const struct {
    const char *codecs, *asked; // NULL: InvalidModificationError
} preferences[] = {
    {"", ""},
    {"{'mimeType': 'video/VP8'}", "VP8 "},
    {"{'mimeType': 'VIDEO/vp9', 'clockRate': 90000}, {'mimeType': 'video/VP8'}", "VP9 VP8"},
    {"{'mimeType': 'video/H264', 'clockRate': 90000, 'sdpFmtpLine': "
     "'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'}, {'mimeType': 'video/rtx'}",
     "H264 "},
    {"{'mimeType': 'video/H264', 'sdpFmtpLine': 'packetization-mode=0;profile-level-id=42e01f'}", NULL},
    {"{'mimeType': 'video/VP9', 'sdpFmtpLine': 'profile-id=0'}", "VP9 "},
    {"{'mimeType': 'video/VP9', 'sdpFmtpLine': 'profile-id=2'}", NULL},
    {"{'mimeType': 'video/AV1', 'sdpFmtpLine': 'level-idx=5;profile=0;tier=0'}", "AV1 "},
    {"{'mimeType': 'video/AV1', 'sdpFmtpLine': 'profile=1'}", NULL},
    {"{'mimeType': 'audio/opus', 'clockRate': 48000, 'channels': 2, 'sdpFmtpLine': 'stereo=1'}", "opus "},
    {"{'mimeType': 'audio/opus', 'channels': 1}", NULL},
    {"{'mimeType': 'audio/opus', 'clockRate': 8000}", NULL},
    {"{'mimeType': 'audio/PCMU', 'clockRate': 8000}, {'mimeType': 'audio/PCMA', 'channels': 1}", "PCMU PCMA"},
    {"{'mimeType': 'video/opus'}", NULL},
    {"{'mimeType': 'video/rtx'}", NULL}, // alone it repeats nothing
    {"{'mimeType': 'video/H265'}", NULL},
    {"{'mimeType': 'VP8'}", NULL},
    {"{}", NULL},
    {"'video/VP8'", NULL},
};

static void preferences_are_among_the_capabilities(void)
{
    double_set(&(struct double_script){.status = GATEWAY_INVALID_STATE, .detail = "asked"});
    for (size_t i = 0; i < sizeof preferences / sizeof *preferences; i++) {
        char body[512], title[64], asked[64], sdp[16];
        snprintf(body, sizeof body, "{\"setCodecPreferences\": [%s]}", preferences[i].codecs);
        for (char *c = body; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        struct reply reply = patch(body);
        const char *expected = preferences[i].asked ? "InvalidStateError" : "InvalidModificationError";
        CU_ASSERT_STRING_EQUAL(title_of(&reply, title), expected);
        if (strcmp(title, expected))
            printf("%s: %s\n", body, reply.body);
        const struct gateway_request last = double_last(sdp, sizeof sdp);
        const char(*names)[GATEWAY_CODEC_SIZE] = last.peer.preferences;
        snprintf(asked, sizeof asked, "%s%s%s", names[0], names[0][0] ? " " : "", names[1]);
        if (preferences[i].asked)
            CU_ASSERT_STRING_EQUAL(asked, preferences[i].asked);
        reply_free(&reply);
    }
}

static const struct {
    const char *body;
    bool is_possible, sets_paused, is_paused;
} parameters[] = {
    {"{\"encodings\": [{\"active\": false}]}", true, true, true},
    {"{\"encodings\": [{\"active\": true}], \"transactionId\": \"x\"}", true, true, false},
    {"{\"encodings\": [{}]}", true, false, false},
    {"{}", true, false, false},
    {"{\"encodings\": [{\"active\": true, \"maxBitrate\": null}]}", true, true, false},
    {"{\"encodings\": [{\"active\": true, \"maxBitrate\": 100000}]}", false, false, false},
    {"{\"encodings\": [{\"active\": 1}]}", false, false, false},
    {"{\"encodings\": [{\"active\": true}, {\"active\": true}]}", false, false, false},
    {"{\"encodings\": []}", false, false, false},
    {"{\"encodings\": [true]}", false, false, false},
};

static void of_an_encoding_active_is_set(void)
{
    double_set(&(struct double_script){.status = GATEWAY_INVALID_STATE, .detail = "asked"});
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        char body[256], title[64], sdp[16];
        snprintf(body, sizeof body, "{\"setParameters\": %s}", parameters[i].body);
        struct reply reply = patch(body);
        CU_ASSERT_STRING_EQUAL(title_of(&reply, title),
                               parameters[i].is_possible ? "InvalidStateError" : "InvalidModificationError");
        if (parameters[i].is_possible) {
            CU_ASSERT_EQUAL(double_last(sdp, sizeof sdp).peer.sets_paused, parameters[i].sets_paused);
            CU_ASSERT_EQUAL(double_last(sdp, sizeof sdp).peer.is_paused, parameters[i].is_paused);
        }
        reply_free(&reply);
    }
}

static void a_track_or_none_takes_its_place(void)
{
    static const struct {
        const char *body, *source;
    } rows[] = {{"{\"replaceTrack\": {\"source\": \"room/abc/1\"}}", "room/abc/1"}, {"{\"replaceTrack\": null}", ""}};
    double_set(&(struct double_script){.status = GATEWAY_INVALID_STATE, .detail = "asked"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sdp[16];
        struct reply reply = patch(rows[i].body);
        CU_ASSERT_TRUE(double_last(sdp, sizeof sdp).peer.sets_track);
        CU_ASSERT_STRING_EQUAL(double_last(sdp, sizeof sdp).peer.source, rows[i].source);
        reply_free(&reply);
    }
}

static void capabilities_are_those_of_the_configuration(void)
{
    struct reply reply = fetch("GET", "/v1/capabilities", NULL, NULL);
    json_t *json = reply_json(&reply), *codec;
    static const char *const expected[] = {"video/VP8", "video/VP9", "video/H264", "video/AV1", "video/rtx"};
    json_t *codecs = json_object_get(json_object_get(json, "video"), "codecs");
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_EQUAL(json_array_size(codecs), 5);
    size_t i;
    json_array_foreach(codecs, i, codec)
    {
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(codec, "mimeType")), expected[i]);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(codec, "clockRate")), 90000);
    }
    codec = json_array_get(json_object_get(json_object_get(json, "audio"), "codecs"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(codec, "mimeType")), "audio/opus");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(codec, "channels")), 2);
    json_decref(json);
    reply_free(&reply);
}

void parameters_suite(void);
void parameters_suite(void)
{
    CU_pSuite suite = CU_add_suite("parameters of transceivers", fixture_open, fixture_stop);
    CU_add_test(suite, "preferences are among the capabilities", preferences_are_among_the_capabilities);
    CU_add_test(suite, "of an encoding, active is set", of_an_encoding_active_is_set);
    CU_add_test(suite, "a track or none takes its place", a_track_or_none_takes_its_place);
    CU_add_test(suite, "capabilities are those of the configuration", capabilities_are_those_of_the_configuration);
}
