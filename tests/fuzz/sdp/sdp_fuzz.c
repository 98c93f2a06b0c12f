// SPDX-License-Identifier: Apache-2.0
// Parse, print, parse again, print: the texts are equal. Then all answers: they print and parse again,
// and so does an offer of what a peer's answer agreed on.
#include "offer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const extensions[] = {"urn:ietf:params:rtp-hdrext:sdes:mid",
                                         "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"};
static const char *const feedback[] = {"transport-cc", "nack pli", "nack"};
static const struct sdp_local_candidate candidates[] = {{"192.0.2.1", 16384, 2130706431, false},
                                                        {"fd00::1", 443, 1, true}};
static const struct sdp_codec_choice audio[] = {{SDP_CODEC_OPUS, NULL}, {SDP_CODEC_PCMU, ""}};
static const struct sdp_codec_choice video[] = {
    {SDP_CODEC_H264, "packetization-mode=1"}, {SDP_CODEC_VP8, ""}, {SDP_CODEC_VP9, NULL}, {SDP_CODEC_AV1, NULL}};
static const struct sdp_source sources[] = {{SDP_CODEC_VP8, "", 1, 2, "c", "s", "v"},
                                            {SDP_CODEC_OPUS, NULL, 3, 0, "c", "s", NULL}};

static const struct sdp_transceiver transceivers[] = {
    {.receives = true, .source = 1, .choice_count = 2, .choices = video},
    {.receives = true, .source = 0, .codec = SDP_CODEC_VP9, .fmtp = "profile-id=0"},
    {.is_stopped = true, .source = SDP_NO_SOURCE},
    {.receives = true, .source = SDP_NO_SOURCE, .is_answer = true, .offered = {UINT64_MAX, UINT64_MAX}}};

static const struct sdp_answer_policy policy = {
    .ice_ufrag = "user",
    .ice_pwd = "passwordpasswordpassword",
    .ice_lite = true,
    .rtx = true,
    .setup = SDP_PASSIVE,
    .fingerprint_hash = "sha-256",
    .fingerprint = "00:11",
    .candidate_count = 2,
    .candidates = candidates,
    .extension_count = 2,
    .extensions = extensions,
    .feedback_count = 3,
    .feedback = feedback,
    .audio_count = 2,
    .audio = audio,
    .video_count = 4,
    .video = video,
    .source_count = 2,
    .sources = sources,
    .transceiver_count = 3,
    .transceivers = transceivers,
    .receiving_extensions = 2,
    .receiving_feedback = 1,
    .sctp_port = 5000,
    .max_message_size = 262144,
};

static char *print(const struct sdp *sdp, int *ret_length)
{
    char *text = malloc(SDP_PRINT_SIZE);
    if (!text || (*ret_length = sdp_print(sdp, text, SDP_PRINT_SIZE)) < 0)
        abort();
    return text;
}

static void check_stable(const struct sdp *sdp)
{
    int length, length_again;
    char *text = print(sdp, &length);
    struct sdp *again = NULL;
    struct sdp_error error;
    int status = sdp_parse(text, (size_t)length, &again, &error);
    if (status && error.code == SDP_ERROR_SYNTAX)
        abort();
    if (!status) {
        char *text_again = print(again, &length_again);
        if (length != length_again || memcmp(text, text_again, (size_t)length) != 0)
            abort();
        free(text_again);
    }
    sdp_free(again);
    free(text);
}

static void answer_as(const struct sdp *offer, enum sdp_role role)
{
    struct sdp_answer_policy variant = policy;
    struct sdp_answer *answer = NULL;
    struct sdp_error error;
    variant.role = role;
    if (sdp_answer(offer, &variant, &answer, &error) != 0)
        return;
    if (answer->section_count != offer->media_count)
        abort();
    check_stable(answer->description);
    struct sdp *again = NULL;
    if (role == SDP_ROLE_PEER && !sdp_offer(&variant, answer->sections, answer->section_count, &again))
        check_stable(again);
    sdp_free(again);
    sdp_answer_free(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sdp *sdp = NULL;
    struct sdp_error error;
    if (sdp_parse((const char *)data, size, &sdp, &error) != 0)
        return 0;
    check_stable(sdp);
    answer_as(sdp, SDP_ROLE_PUBLISHER);
    answer_as(sdp, SDP_ROLE_VIEWER);
    answer_as(sdp, SDP_ROLE_PEER);
    sdp_free(sdp);
    return 0;
}
