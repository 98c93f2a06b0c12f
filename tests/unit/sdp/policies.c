// SPDX-License-Identifier: Apache-2.0
#include "policies.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static const struct sdp_local_candidate candidates[] = {
    {"fd00:6e::2", 16384, 2130706431, false},
    {"198.51.100.7", 16384, 2130706175, false},
};

static const char *const extensions[] = {
    [TEST_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
    [TEST_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    [TEST_TRANSPORT_CC] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    [TEST_HOLE] = NULL,
    [TEST_ABS_SEND_TIME] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    [TEST_AUDIO_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
};

static const char *const feedback[] = {
    [TEST_FB_TRANSPORT_CC] = "transport-cc",
    [TEST_FB_REMB] = "goog-remb",
    [TEST_FB_PLI] = "nack pli",
    [TEST_FB_FIR] = "ccm fir",
    [TEST_FB_NACK] = "nack",
};

static const struct sdp_codec_choice audio[] = {{SDP_CODEC_OPUS, NULL}, {SDP_CODEC_PCMU, NULL}, {SDP_CODEC_PCMA, ""}};
static const struct sdp_codec_choice video[] = {
    {SDP_CODEC_VP8, NULL},
    {SDP_CODEC_H264, "packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1"},
    {SDP_CODEC_VP9, "profile-id=0"},
    {SDP_CODEC_AV1, NULL},
};

static const struct sdp_source sources[] = {
    {SDP_CODEC_VP8, "", 0x1234, 0x1235, "publisher", "room", "video"},
    {SDP_CODEC_OPUS, "minptime=10;useinbandfec=1", 0x5678, 0, "publisher", "room", "audio"},
};

#define COMMON                                                                                                         \
    .session_id = 4611686018427387904, .session_version = 2, .ice_ufrag = "LocalUfrag",                                \
    .ice_pwd = "LocalPasswordOf24Letters", .ice_lite = true, .setup = SDP_PASSIVE, .fingerprint_hash = "sha-256",      \
    .fingerprint = "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:"                                                  \
                   "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99",                                                  \
    .candidate_count = 2, .candidates = candidates, .extension_count = 6, .extensions = extensions,                    \
    .feedback_count = 5, .feedback = feedback

const struct sdp_answer_policy publisher_policy = {COMMON,         .role = SDP_ROLE_PUBLISHER, .audio_count = 3,
                                                   .audio = audio, .video_count = 4,           .video = video};

const struct sdp_answer_policy viewer_policy = {COMMON, .role = SDP_ROLE_VIEWER, .source_count = 2, .sources = sources};

int answer_text(const char *offer, const struct sdp_answer_policy *policy, struct sdp_answer **ret_answer,
                struct sdp_error *ret_error)
{
    struct sdp *sdp = NULL;
    int status = sdp_parse(offer, strlen(offer), &sdp, ret_error);
    CU_ASSERT_EQUAL(status, 0);
    if (status)
        return status;
    status = sdp_answer(sdp, policy, ret_answer, ret_error);
    sdp_free(sdp); // an answer does not refer to its offer
    return status;
}

char *print_description(const struct sdp *sdp)
{
    char *text = malloc(SDP_PRINT_SIZE);
    int length = sdp_print(sdp, text, SDP_PRINT_SIZE);
    CU_ASSERT_TRUE(length > 0);
    if (length <= 0)
        *text = '\0';
    return text;
}
