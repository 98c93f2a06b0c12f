// SPDX-License-Identifier: Apache-2.0
#include "agreement.h"

#include "control_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// By enum extension_kind. What a viewer is not offered is made anew at each hop or means nothing behind this gateway.
static const struct {
    const char *uri;
    bool for_viewers;
} extensions[EXTENSION_KINDS] = {
    [EXTENSION_MID] = {"urn:ietf:params:rtp-hdrext:sdes:mid", true},
    [EXTENSION_RID] = {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", false},
    [EXTENSION_REPAIRED_RID] = {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", false},
    [EXTENSION_ABS_SEND_TIME] = {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", true},
    [EXTENSION_TRANSPORT_CC] = {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", false},
    [EXTENSION_AUDIO_LEVEL] = {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", true},
    [EXTENSION_VIDEO_ORIENTATION] = {"urn:3gpp:video-orientation", true},
    [EXTENSION_TRANSMISSION_OFFSET] = {"urn:ietf:params:rtp-hdrext:toffset", false},
    [EXTENSION_PLAYOUT_DELAY] = {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", true},
    [EXTENSION_VIDEO_CONTENT_TYPE] = {"http://www.webrtc.org/experiments/rtp-hdrext/video-content-type", true},
    [EXTENSION_VIDEO_TIMING] = {"http://www.webrtc.org/experiments/rtp-hdrext/video-timing", true},
    [EXTENSION_COLOR_SPACE] = {"http://www.webrtc.org/experiments/rtp-hdrext/color-space", true},
    [EXTENSION_ABS_CAPTURE_TIME] = {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", true},
    [EXTENSION_DEPENDENCY_DESCRIPTOR] =
        {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", true},
};
_Static_assert(SDP_MAX_EXTENSIONS == EXTENSION_KINDS, "a policy is indexed by enum extension_kind");

void agreement_extension_uris(const char *ret_uris[EXTENSION_KINDS])
{
    for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
        ret_uris[kind] = extensions[kind].uri;
}

uint32_t agreement_receiving_extensions(void)
{
    uint32_t receiving = 0;
    for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
        receiving |= (uint32_t)!extensions[kind].for_viewers << kind;
    return receiving;
}

// Where a codec has formats that not everybody decodes, what most can do is asked for first; then any.
unsigned agreement_choices(enum sdp_codec codec, struct sdp_codec_choice *ret_choices)
{
    unsigned count = 0;
    if (codec == SDP_CODEC_H264 || codec == SDP_CODEC_VP9)
        ret_choices[count++] = (struct sdp_codec_choice){codec, sdp_codec_fmtp(codec)};
    ret_choices[count++] = (struct sdp_codec_choice){codec, NULL};
    return count;
}

static unsigned choose_codecs(const struct config_strings *names, struct sdp_codec_choice *ret_choices)
{
    unsigned count = 0;
    for (unsigned i = 0; i < names->count; i++)
        count += agreement_choices(sdp_codec_find(names->item[i]), &ret_choices[count]);
    return count;
}

static void fill_sources(struct control *control, const struct session *publisher, struct agreement *agreement)
{
    for (uint32_t i = 0; i < publisher->record.section_count; i++) {
        const struct journal_section *section = &publisher->record.sections[i];
        bool is_video = section->kind == MEDIA_VIDEO;
        agreement->sources[i] = (struct sdp_source){.codec = (enum sdp_codec)section->codec,
                                                    .fmtp = section->fmtp,
                                                    .ssrc = tables_issue_ssrc(&control->tables),
                                                    .rtx_ssrc = is_video ? tables_issue_ssrc(&control->tables) : 0,
                                                    .cname = agreement->cname,
                                                    .stream_id = section->stream_id,
                                                    .track_id = section->track_id};
    }
    agreement->policy.source_count = publisher->record.section_count;
    agreement->policy.sources = agreement->sources;
}

static void offer_features(const struct config *config, struct agreement *agreement)
{
    enum config_feedback wanted = config->bandwidth.feedback;
    bool transport_cc = agreement->is_publisher && wanted != CONFIG_FEEDBACK_REMB;
    bool remb = wanted != CONFIG_FEEDBACK_TRANSPORT_CC;
    for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
        if (agreement->is_publisher ? kind != EXTENSION_TRANSPORT_CC || transport_cc : extensions[kind].for_viewers)
            agreement->extensions[kind] = extensions[kind].uri;
    unsigned count = 0;
    if (transport_cc)
        agreement->feedback[count++] = "transport-cc";
    if (remb)
        agreement->feedback[count++] = "goog-remb";
    agreement->feedback[count++] = "nack";
    agreement->feedback[count++] = "nack pli";
    agreement->feedback[count++] = "ccm fir";
    agreement->policy.extensions = agreement->extensions;
    agreement->policy.extension_count = EXTENSION_KINDS;
    agreement->policy.feedback = agreement->feedback;
    agreement->policy.feedback_count = count;
}

void agreement_begin(struct control *control, const struct session *publisher, uint32_t shard,
                     struct agreement *agreement)
{
    const struct config *config = control->config;
    memset(agreement, 0, sizeof(*agreement));
    agreement->is_publisher = !publisher;
    agreement->shard = shard;
    ice_credentials_make(control->system->random, &agreement->local);
    ice_candidates_gather(config, shard_ice_port(&control->tables.limits, shard), &agreement->candidates);
    random_hex(control->system->random, agreement->cname, 16);
    uint64_t session_id;
    control->system->random(&session_id, sizeof(session_id));
    agreement->policy = (struct sdp_answer_policy){
        .role = publisher ? SDP_ROLE_VIEWER : SDP_ROLE_PUBLISHER,
        .session_id = session_id >> 2,
        .session_version = 1,
        .ice_ufrag = agreement->local.ufrag,
        .ice_pwd = agreement->local.pwd,
        .ice_lite = config->ice.lite,
        .rtx = config->memory.history_mb > 0,
        .setup = config->dtls.role == CONFIG_DTLS_ACTIVE ? SDP_ACTIVE : SDP_PASSIVE,
        .fingerprint_hash = "sha-256",
        .fingerprint = control->identity.fingerprint,
        .candidate_count = agreement->candidates.count,
        .candidates = agreement->candidates.list,
        .audio = agreement->audio,
        .audio_count = choose_codecs(&config->whip.audio_codecs, agreement->audio),
        .video = agreement->video,
        .video_count = choose_codecs(&config->whip.video_codecs, agreement->video),
    };
    offer_features(config, agreement);
    if (publisher)
        fill_sources(control, publisher, agreement);
}

static int refuse_sdp(struct gateway_request *request, int error, const struct sdp_error *why)
{
    enum gateway_status status = error == -EPROTO    ? GATEWAY_UNPROCESSABLE
                                 : error == -ENOTSUP ? GATEWAY_NO_COMMON_CODEC
                                                     : GATEWAY_BAD_SDP;
    if (error == -ENOMEM)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
    else
        refuse(request, status, 0, "%s", why->reason);
    request->line = why->line;
    return error;
}

static int check(const struct agreement *agreement, struct gateway_request *request)
{
    const struct sdp_answer *answer = agreement->answer;
    if (answer->tag >= answer->section_count)
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "no section of the offer can be accepted");
    else if (!ice_credentials_are_valid(answer->sections[answer->tag].remote_ufrag,
                                        answer->sections[answer->tag].remote_pwd))
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "ice-ufrag or ice-pwd is out of form (RFC 8839 5.4)");
    else
        return 0;
    return -EPROTO;
}

int agreement_reach(struct agreement *agreement, struct gateway_request *request)
{
    struct sdp_error why = {0};
    int error = sdp_parse(request->sdp ? request->sdp : "", request->sdp_length, &agreement->offer, &why);
    if (!error)
        agreement->policy.ice_lite &= !agreement->offer->ice_lite; // one of the two has to be full
    if (!error)
        error = sdp_answer(agreement->offer, &agreement->policy, &agreement->answer, &why);
    return error ? refuse_sdp(request, error, &why) : check(agreement, request);
}

void agreement_end(struct agreement *agreement)
{
    if (agreement->answer)
        sdp_answer_free(agreement->answer);
    if (agreement->offer)
        sdp_free(agreement->offer);
    agreement->answer = NULL;
    agreement->offer = NULL;
}

int agreement_print(const struct agreement *agreement, struct gateway_request *request)
{
    char *text = malloc(SDP_PRINT_SIZE);
    int length = text ? sdp_print(agreement->answer->description, text, SDP_PRINT_SIZE) : -ENOMEM;
    if (length < 0) {
        free(text);
        return -ENOMEM;
    }
    char *fitted = realloc(text, (size_t)length + 1);
    free(request->sdp);
    request->sdp = fitted ? fitted : text;
    request->sdp_length = (size_t)length;
    return 0;
}
