// SPDX-License-Identifier: Apache-2.0
// Both directions: answers of a peer, and offers of this side.
#include "offer.h"
#include "offer_parts.h"
#include "policies.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VP8_AND_H264 "m=video 9 UDP/TLS/RTP/SAVPF 96 102\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"
#define INACTIVE     "a=inactive\r\n"

static struct sdp_answer_policy policy_with(const struct sdp_transceiver *transceivers, unsigned count)
{
    struct sdp_answer_policy policy = viewer_policy; // its sources: 0 is VP8, 1 Opus
    policy.role = SDP_ROLE_PEER;
    policy.audio_count = publisher_policy.audio_count;
    policy.audio = publisher_policy.audio;
    policy.video_count = publisher_policy.video_count;
    policy.video = publisher_policy.video;
    policy.transceiver_count = count;
    policy.transceivers = transceivers;
    policy.receiving_extensions = 1u << TEST_TRANSPORT_CC;
    policy.receiving_feedback = 1u << TEST_FB_TRANSPORT_CC;
    return policy;
}

static struct sdp_answer *answer_with(const char *offer, const struct sdp_answer_policy *policy)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error = {0};
    CU_ASSERT_EQUAL(answer_text(offer, policy, &answer, &error), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(answer);
    return answer;
}

// What is offered, what this side wants, and what becomes of it.
static const struct {
    const char *direction;
    bool receives, has_source;
    enum sdp_direction answered;
} directions[] = {
    {"", true, true, SDP_SENDRECV},       {"", true, false, SDP_RECVONLY},       {"", false, true, SDP_SENDONLY},
    {"", false, false, SDP_INACTIVE},     {SENDONLY, true, true, SDP_RECVONLY},  {SENDONLY, false, true, SDP_INACTIVE},
    {RECVONLY, true, true, SDP_SENDONLY}, {RECVONLY, true, false, SDP_INACTIVE}, {INACTIVE, true, true, SDP_INACTIVE},
};

static void directions_are_what_both_want(void)
{
    for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
        char offer[2048];
        const struct sdp_transceiver wish = {.receives = directions[i].receives,
                                             .source = directions[i].has_source ? 0 : SDP_NO_SOURCE};
        const struct sdp_answer_policy policy = policy_with(&wish, 1);
        snprintf(offer, sizeof(offer), "%s%s", VIDEO_ONLY, directions[i].direction);
        struct sdp_answer *answer = answer_with(offer, &policy);
        bool sends = directions[i].answered == SDP_SENDONLY || directions[i].answered == SDP_SENDRECV;
        CU_ASSERT_EQUAL(answer->sections[0].direction, directions[i].answered);
        CU_ASSERT_EQUAL(answer->sections[0].source, sends ? 0 : SDP_NO_SOURCE);
        CU_ASSERT_EQUAL(answer->description->media[0].level.direction, directions[i].answered);
        CU_ASSERT_EQUAL(answer->description->media[0].ssrc_count, sends ? 1 : 0);
        sdp_answer_free(answer);
    }
}

static void a_codec_that_was_agreed_on_is_kept(void)
{
    const struct sdp_transceiver wish = {
        .receives = true, .source = SDP_NO_SOURCE, .codec = SDP_CODEC_H264, .fmtp = ""};
    const struct sdp_answer_policy with = policy_with(&wish, 1), without = policy_with(NULL, 0);
    struct sdp_answer *kept = answer_with(HEAD BUNDLE("1") VP8_AND_H264 MID("1") TRANSPORT, &with);
    struct sdp_answer *chosen = answer_with(HEAD BUNDLE("1") VP8_AND_H264 MID("1") TRANSPORT, &without);
    CU_ASSERT_EQUAL(kept->sections[0].payload_type, 102);
    CU_ASSERT_EQUAL(chosen->sections[0].payload_type, 96);
    sdp_answer_free(kept);
    sdp_answer_free(chosen);
}

static void a_source_without_its_codec_is_left_out(void)
{
    const struct sdp_transceiver wish = {.receives = true, .source = 0};
    const struct sdp_answer_policy policy = policy_with(&wish, 1);
    struct sdp_answer *answer = answer_with(
        HEAD BUNDLE("1") "m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 VP9/90000\r\n" MID("1") TRANSPORT, &policy);
    CU_ASSERT_EQUAL(answer->sections[0].direction, SDP_RECVONLY);
    CU_ASSERT_EQUAL(answer->sections[0].source, SDP_NO_SOURCE);
    sdp_answer_free(answer);
}

static void a_stopped_transceiver_is_rejected(void)
{
    const struct sdp_transceiver wishes[] = {{.receives = true, .source = SDP_NO_SOURCE}, {.is_stopped = true}};
    const struct sdp_answer_policy policy = policy_with(wishes, 2);
    struct sdp_answer *answer = answer_with(AUDIO_VIDEO VIDEO_1, &policy);
    CU_ASSERT_EQUAL(answer->sections[0].verdict, SDP_ACCEPTED);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_REJECTED_STOPPED);
    CU_ASSERT_EQUAL(answer->description->media[1].port, 0);
    CU_ASSERT_EQUAL(answer->description->groups[0].count, 1);
    sdp_answer_free(answer);
}

static void what_serves_receivers_is_agreed_on_there_alone(void)
{
    static const char *const offer =
        AUDIO_VIDEO VIDEO_1 "a=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 nack pli\r\n"
                            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";
    for (unsigned receives = 0; receives < 2; receives++) {
        const struct sdp_transceiver wishes[] = {{.receives = true, .source = SDP_NO_SOURCE},
                                                 {.receives = receives, .source = 0}};
        const struct sdp_answer_policy policy = policy_with(wishes, 2);
        struct sdp_answer *answer = answer_with(offer, &policy);
        CU_ASSERT_EQUAL(answer->sections[1].extension_ids[TEST_TRANSPORT_CC], receives ? 3 : 0);
        CU_ASSERT_EQUAL(answer->sections[1].feedback >> TEST_FB_TRANSPORT_CC & 1, receives);
        CU_ASSERT_TRUE(answer->sections[1].feedback >> TEST_FB_PLI & 1);
        sdp_answer_free(answer);
    }
}

static void new_sections_suit_sources(void)
{
    static const struct {
        const char *section;
        bool suits;
    } rows[] = {{VIDEO MID("0") TRANSPORT RECVONLY, true},
                {VIDEO MID("0") TRANSPORT, true},
                {VIDEO MID("0") TRANSPORT SENDONLY, false},
                {AUDIO MID("0") TRANSPORT, false},
                {"m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\n" MID("0") TRANSPORT, false}};
    const struct sdp_answer_policy policy = policy_with(NULL, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[2048];
        struct sdp *offer = NULL;
        struct sdp_error error;
        snprintf(text, sizeof(text), "%s%s", HEAD BUNDLE("0"), rows[i].section);
        CU_ASSERT_EQUAL_FATAL(sdp_parse(text, strlen(text), &offer, &error), 0);
        CU_ASSERT_EQUAL(sdp_suits(offer, &policy, 0, &policy.sources[0]), rows[i].suits);
        sdp_free(offer);
    }
}

static void data_channels_are_answered_in_the_form_of_the_offer(void)
{
    static const struct {
        const char *section, *formats, *line;
        unsigned port;
        uint64_t size;
    } rows[] = {
        {DATA, "webrtc-datachannel", "a=sctp-port:5001\r\n", 5000, 65536},
        {DATA "a=max-message-size:1000\r\n", "webrtc-datachannel", "a=max-message-size:262144\r\n", 5000, 1000},
        {"m=application 9 DTLS/SCTP 6000\r\na=sctpmap:6000 webrtc-datachannel 65535\r\n", "5001",
         "a=sctpmap:5001 webrtc-datachannel 1024\r\n", 6000, 65536},
    };
    struct sdp_answer_policy policy = policy_with(NULL, 0);
    policy.sctp_port = 5001;
    policy.max_message_size = 262144;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char offer[2048];
        snprintf(offer, sizeof(offer), "%s%s%s", HEAD BUNDLE("d"), rows[i].section, MID("d") ICE DTLS);
        struct sdp_answer *answer = answer_with(offer, &policy);
        char *text = print_description(answer->description);
        CU_ASSERT_EQUAL(answer->sections[0].verdict, SDP_ACCEPTED);
        CU_ASSERT_EQUAL(answer->sections[0].sctp_port, rows[i].port);
        CU_ASSERT_EQUAL(answer->sections[0].max_message_size, rows[i].size);
        CU_ASSERT_STRING_EQUAL(answer->description->media[0].formats_text, rows[i].formats);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, rows[i].line));
        CU_ASSERT_PTR_NULL(strstr(text, "a=sendrecv"));
        CU_ASSERT_PTR_NULL(strstr(text, "a=rtcp-mux"));
        free(text);
        sdp_answer_free(answer);
    }
}

static const struct sdp_section offered[] = {
    {.verdict = SDP_ACCEPTED,
     .kind = SDP_AUDIO,
     .mid = "0",
     .direction = SDP_RECVONLY,
     .codec = SDP_CODEC_OPUS,
     .payload_type = 111,
     .rtx_payload_type = SDP_NO_PAYLOAD,
     .channels = 2,
     .clock_rate = 48000,
     .fmtp = "minptime=10",
     .source = SDP_NO_SOURCE,
     .rid = ""},
    {.verdict = SDP_REJECTED_STOPPED, .kind = SDP_VIDEO, .mid = "1", .fmtp = "", .rid = "", .source = SDP_NO_SOURCE},
    {.verdict = SDP_ACCEPTED,
     .kind = SDP_VIDEO,
     .mid = "g2",
     .direction = SDP_SENDONLY,
     .codec = SDP_CODEC_VP8,
     .payload_type = 96,
     .rtx_payload_type = 97,
     .channels = 1,
     .clock_rate = 90000,
     .fmtp = "",
     .source = 0,
     .extension_ids = {[TEST_MID] = 4},
     .feedback = 1u << TEST_FB_PLI,
     .rid = ""},
    {.verdict = SDP_ACCEPTED, .kind = SDP_APPLICATION, .mid = "g3", .fmtp = "", .rid = "", .source = SDP_NO_SOURCE},
};

static char *offer_of(const struct sdp_section *sections, unsigned count)
{
    struct sdp *offer = NULL;
    struct sdp_answer_policy policy = policy_with(NULL, 0);
    policy.sctp_port = 5000;
    CU_ASSERT_EQUAL_FATAL(sdp_offer(&policy, sections, count, &offer), 0);
    char *text = print_description(offer);
    sdp_free(offer);
    return text;
}

static void offers_say_what_each_section_is(void)
{
    static const char *const lines[] = {"a=group:BUNDLE 0 g2 g3\r\n",
                                        "a=ice-lite\r\n",
                                        "m=audio 16384 UDP/TLS/RTP/SAVPF 111\r\n",
                                        "a=setup:actpass\r\n",
                                        "m=video 0 UDP/TLS/RTP/SAVPF 0\r\n",
                                        "m=video 16384 UDP/TLS/RTP/SAVPF 96 97\r\n",
                                        "a=rtpmap:97 rtx/90000\r\n",
                                        "a=msid:room video\r\n",
                                        "a=ssrc-group:FID 4660 4661\r\n",
                                        "a=rtcp-fb:96 nack pli\r\n",
                                        "a=sendonly\r\n",
                                        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                                        "a=mid:g2\r\n",
                                        "m=application 16384 UDP/DTLS/SCTP webrtc-datachannel\r\n",
                                        "a=sctp-port:5000\r\n"};
    char *text = offer_of(offered, 4);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i]));
        if (!strstr(text, lines[i]))
            printf("missing: %s", lines[i]);
    }
    free(text);
}

// Taken by the same rules from the other side.
static void an_offer_can_be_answered(void)
{
    char *text = offer_of(offered, 4);
    const struct sdp_answer_policy policy = policy_with(NULL, 0);
    struct sdp_answer *answer = answer_with(text, &policy);
    CU_ASSERT_EQUAL(answer->section_count, 4);
    CU_ASSERT_EQUAL(answer->sections[0].verdict, SDP_ACCEPTED);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_REJECTED_BY_OFFER);
    CU_ASSERT_EQUAL(answer->sections[2].direction, SDP_RECVONLY);
    CU_ASSERT_EQUAL(answer->sections[2].ssrc, 0x1234);
    CU_ASSERT_EQUAL(answer->sections[3].verdict, SDP_REJECTED_KIND);
    CU_ASSERT_TRUE(answer->remote_ice_lite);
    sdp_answer_free(answer);
    free(text);
}

static void a_layer_that_was_agreed_on_is_offered_again(void)
{
    struct sdp_section section = offered[0];
    section.rid = "q";
    char *text = offer_of(&section, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "a=rid:q recv\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "a=simulcast:recv q\r\n"));
    free(text);
}

// Further formats of an offer, each with its RTX; nack is said of those alone that have one.
static void an_offer_may_name_several_codecs(void)
{
    static const struct sdp_alternative others[] = {{SDP_CODEC_VP9, 98, 99, "profile-id=2"},
                                                    {SDP_CODEC_H264, 102, SDP_NO_PAYLOAD, "packetization-mode=1;x=y"}};
    static const char *const lines[] = {"UDP/TLS/RTP/SAVPF 96 97 98 99 102\r\n",
                                        "a=rtpmap:98 VP9/90000\r\n",
                                        "a=fmtp:98 profile-id=2\r\n",
                                        "a=fmtp:99 apt=98\r\n",
                                        "a=fmtp:102 packetization-mode=1\r\n",
                                        "a=rtcp-fb:98 nack\r\n",
                                        "a=rtcp-fb:102 nack pli\r\n"};
    struct sdp_section section = offered[2];
    section.feedback |= 1u << TEST_FB_NACK;
    section.alternative_count = 2;
    section.alternatives = others;
    char *text = offer_of(&section, 1);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i]));
    CU_ASSERT_PTR_NULL(strstr(text, "a=rtcp-fb:102 nack\r\n"));
    free(text);
}

// RFC 3264 6.1: of an answer the first counts, as far as it was offered.
static void the_first_format_of_an_answer_counts(void)
{
    static const struct {
        uint64_t offered[2];
        uint8_t taken;
    } rows[] = {{{0, 1ULL << (96 - 64) | 1ULL << (102 - 64)}, 102}, {{0, 1ULL << (96 - 64)}, 96}, {{0, 0}, 96}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sdp_transceiver wish = {.receives = true, .source = SDP_NO_SOURCE, .is_answer = true};
        memcpy(wish.offered, rows[i].offered, sizeof(wish.offered));
        const struct sdp_answer_policy policy = policy_with(&wish, 1);
        struct sdp_answer *answer =
            answer_with(HEAD BUNDLE("1") "m=video 9 UDP/TLS/RTP/SAVPF 102 96\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:102 "
                                         "H264/90000\r\n" MID("1") TRANSPORT,
                        &policy);
        CU_ASSERT_EQUAL(answer->sections[0].payload_type, rows[i].taken);
        sdp_answer_free(answer);
    }
}

static void a_section_may_prefer_its_own_codecs(void)
{
    static const struct sdp_codec_choice choices[] = {{SDP_CODEC_AV1, NULL}, {SDP_CODEC_H264, NULL}};
    const struct sdp_transceiver wish = {.receives = true,
                                         .source = SDP_NO_SOURCE,
                                         .codec = SDP_CODEC_VP8,
                                         .fmtp = "",
                                         .choice_count = 2,
                                         .choices = choices};
    const struct sdp_answer_policy policy = policy_with(&wish, 1);
    struct sdp_answer *answer = answer_with(HEAD BUNDLE("1") VP8_AND_H264 MID("1") TRANSPORT, &policy);
    CU_ASSERT_EQUAL(answer->sections[0].payload_type, 102);
    sdp_answer_free(answer);
}

void peer_suite(void);
void peer_suite(void)
{
    CU_pSuite suite = CU_add_suite("peer", NULL, NULL);
    CU_add_test(suite, "directions are what both want", directions_are_what_both_want);
    CU_add_test(suite, "a codec that was agreed on is kept", a_codec_that_was_agreed_on_is_kept);
    CU_add_test(suite, "a source without its codec is left out", a_source_without_its_codec_is_left_out);
    CU_add_test(suite, "a stopped transceiver is rejected", a_stopped_transceiver_is_rejected);
    CU_add_test(suite, "what serves receivers is agreed on there alone",
                what_serves_receivers_is_agreed_on_there_alone);
    CU_add_test(suite, "new sections suit sources", new_sections_suit_sources);
    CU_add_test(suite, "data channels are answered in the form of the offer",
                data_channels_are_answered_in_the_form_of_the_offer);
    CU_add_test(suite, "offers say what each section is", offers_say_what_each_section_is);
    CU_add_test(suite, "an offer may name several codecs", an_offer_may_name_several_codecs);
    CU_add_test(suite, "the first format of an answer counts", the_first_format_of_an_answer_counts);
    CU_add_test(suite, "a section may prefer its own codecs", a_section_may_prefer_its_own_codecs);
    CU_add_test(suite, "an offer can be answered", an_offer_can_be_answered);
    CU_add_test(suite, "a layer that was agreed on is offered again", a_layer_that_was_agreed_on_is_offered_again);
}
