// SPDX-License-Identifier: Apache-2.0
// What of a transceiver is set without a description: setCodecPreferences, replaceTrack, setParameters. And
// getCapabilities: what there is to choose from.
#include "codec.h"
#include "config.h"
#include "handlers.h"
#include "peer_json.h"
#include "problem.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

// A number, 0 where none is named.
static bool is_number(const json_t *json, unsigned expected)
{
    return !json || json_is_null(json) || (json_is_integer(json) && json_integer_value(json) == (json_int_t)expected);
}

static enum sdp_codec codec_of(const char *mime_type)
{
    const char *slash = mime_type ? strchr(mime_type, '/') : NULL;
    enum sdp_codec codec = slash ? sdp_codec_find(slash + 1) : SDP_CODEC_OTHER;
    const char *kind = sdp_codec_kind(codec) == SDP_AUDIO ? "audio/" : "video/";
    return slash && strncasecmp(mime_type, kind, strlen(kind)) == 0 ? codec : SDP_CODEC_OTHER;
}

static bool is_configured(const struct config *config, enum sdp_codec codec)
{
    const struct config_strings *names =
        sdp_codec_kind(codec) == SDP_AUDIO ? &config->whip.audio_codecs : &config->whip.video_codecs;
    for (unsigned i = 0; i < names->count; i++)
        if (sdp_codec_find(names->item[i]) == codec)
            return true;
    return false;
}

// W3C WebRTC 5.4: each has to be one of the capabilities. What is left out is not compared.
static bool read_codec(const struct config *config, const json_t *json, enum sdp_codec *ret_codec)
{
    enum sdp_codec codec = codec_of(json_string_value(json_object_get(json, "mimeType")));
    const char *fmtp = json_string_value(json_object_get(json, "sdpFmtpLine"));
    bool is_rtx = codec == SDP_CODEC_RTX;
    *ret_codec = codec;
    if (codec == SDP_CODEC_OTHER || !(is_rtx || is_configured(config, codec)))
        return false;
    return is_number(json_object_get(json, "clockRate"), is_rtx ? 90000 : sdp_codec_clock_rate(codec)) &&
           is_number(json_object_get(json, "channels"), sdp_codec_channels(codec)) &&
           (!fmtp || is_rtx || sdp_fmtp_compatible(codec, sdp_codec_fmtp(codec), fmtp));
}

static const char *read_preferences(const struct config *config, const json_t *list, struct gateway_peer_ask *ask)
{
    unsigned count = 0;
    ask->sets_preferences = true;
    for (size_t i = 0; i < json_array_size(list); i++) {
        enum sdp_codec codec;
        if (!read_codec(config, json_array_get(list, i), &codec))
            return "a codec is not among those of GET /v1/capabilities";
        if (codec != SDP_CODEC_RTX && count < GATEWAY_PREFERENCES)
            snprintf(ask->preferences[count++], GATEWAY_CODEC_SIZE, "%s", sdp_codec_name(codec));
    }
    return json_array_size(list) && !count ? "rtx alone cannot be preferred" : NULL;
}

// Media is forwarded as its sender encodes it: of an encoding one can choose whether it is sent.
static const char *read_encoding(json_t *encoding, struct gateway_peer_ask *ask)
{
    const char *key;
    json_t *value;
    json_object_foreach(encoding, key, value)
    {
        bool is_active = strcmp(key, "active") == 0 && json_is_boolean(value);
        if (is_active) {
            ask->sets_paused = true;
            ask->is_paused = json_is_false(value);
        } else if (!json_is_null(value))
            return "of an encoding only active can be set: media is forwarded as its sender encodes it";
    }
    return NULL;
}

static const char *read_parameters(json_t *parameters, struct gateway_peer_ask *ask)
{
    json_t *encodings = json_object_get(parameters, "encodings");
    if (!encodings)
        return NULL;
    if (json_array_size(encodings) != 1 || !json_is_object(json_array_get(encodings, 0)))
        return "a sender has one encoding";
    return read_encoding(json_array_get(encodings, 0), ask);
}

// {"source": "ROOM/PEER/MID"}, or null.
static bool read_track(json_t *track, struct gateway_peer_ask *ask)
{
    const char *source = json_is_null(track) ? "" : json_string_value(json_object_get(track, "source"));
    ask->sets_track = true;
    return request_copy(source, ask->source, sizeof ask->source);
}

bool parameters_read(const struct http_service *service, json_t *body, struct gateway_peer_ask *ask,
                     struct http_response *response)
{
    json_t *preferences = json_object_get(body, "setCodecPreferences");
    json_t *parameters = json_object_get(body, "setParameters"), *track = json_object_get(body, "replaceTrack");
    if ((preferences && !json_is_array(preferences)) || (parameters && !json_is_object(parameters)) ||
        (track && !read_track(track, ask))) {
        problem(response, 400,
                "Send \"setCodecPreferences\": [{\"mimeType\": \"video/VP8\"}], \"replaceTrack\": {\"source\": "
                "\"ROOM/PEER/MID\"} or null, \"setParameters\": {\"encodings\": [{\"active\": true}]}.");
        return false;
    }
    const char *why = preferences ? read_preferences(service->config, preferences, ask) : NULL;
    if (!why && parameters)
        why = read_parameters(parameters, ask);
    if (!why)
        return true;
    return peer_json_refuse(response, GATEWAY_INVALID_MODIFICATION, why);
}

static json_t *capability(enum sdp_codec codec)
{
    char mime[32];
    bool is_audio = sdp_codec_kind(codec) == SDP_AUDIO;
    snprintf(mime, sizeof mime, "%s/%s", is_audio ? "audio" : "video", sdp_codec_name(codec));
    json_t *json = json_pack("{s:s, s:i}", "mimeType", mime, "clockRate",
                             codec == SDP_CODEC_RTX ? 90000 : (int)sdp_codec_clock_rate(codec));
    if (is_audio)
        json_object_set_new(json, "channels", json_integer(sdp_codec_channels(codec)));
    if (sdp_codec_fmtp(codec)[0])
        json_object_set_new(json, "sdpFmtpLine", json_string(sdp_codec_fmtp(codec)));
    return json;
}

static json_t *capabilities(const struct config_strings *names, bool rtx)
{
    json_t *codecs = json_array();
    for (unsigned i = 0; i < names->count; i++)
        json_array_append_new(codecs, capability(sdp_codec_find(names->item[i])));
    if (rtx)
        json_array_append_new(codecs, capability(SDP_CODEC_RTX));
    return json_pack("{s:o, s:[{s:s}]}", "codecs", codecs, "headerExtensions", "uri",
                     "urn:ietf:params:rtp-hdrext:sdes:mid");
}

bool capabilities_begin(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                        struct http_response *response)
{
    const struct config *config = service->config;
    response_json(response, 200, "application/json",
                  json_pack("{s:o, s:o}", "audio", capabilities(&config->whip.audio_codecs, false), "video",
                            capabilities(&config->whip.video_codecs, config->memory.history_mb > 0)));
    return false;
}
