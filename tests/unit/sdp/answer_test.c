// SPDX-License-Identifier: Apache-2.0
// What becomes of an offer: verdicts, errors, and the details of what is accepted.
#include "offer_parts.h"
#include "policies.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sdp_answer *answer_of(const char *offer, const struct sdp_answer_policy *policy)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error = {0};
    CU_ASSERT_EQUAL(answer_text(offer, policy, &answer, &error), 0);
    if (!answer)
        printf("%s\n%s", error.reason, offer);
    CU_ASSERT_PTR_NOT_NULL_FATAL(answer);
    return answer;
}

static struct sdp_answer_policy with_rtx(const struct sdp_answer_policy *policy)
{
    struct sdp_answer_policy copy = *policy;
    copy.rtx = true;
    return copy;
}

// The verdict on the second section, beside an audio section that is accepted.
static const struct {
    const char *section;
    enum sdp_verdict verdict;
} verdicts[] = {
    {VIDEO_1, SDP_ACCEPTED},
    {"m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n" MID("1") TRANSPORT, SDP_REJECTED_BY_OFFER},
    {"m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=bundle-only\r\n" MID("1") TRANSPORT, SDP_ACCEPTED},
    {"m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n" MID("9") TRANSPORT, SDP_REJECTED_BY_OFFER},
    {DATA MID("1") TRANSPORT, SDP_REJECTED_KIND},
    {"m=text 9 UDP/TLS/RTP/SAVPF 98\r\n" MID("1") TRANSPORT, SDP_REJECTED_KIND},
    {"m=video 9 UDP/SPECIAL 96\r\n" MID("1") TRANSPORT, SDP_REJECTED_PROTOCOL},
    {VIDEO MID("1") ICE DTLS, SDP_REJECTED_RTCP_MUX},
    {VIDEO MID("1") ICE DTLS "a=rtcp-mux-only\r\n", SDP_ACCEPTED},
    {VIDEO MID("9") TRANSPORT, SDP_REJECTED_BUNDLE},
    {VIDEO TRANSPORT, SDP_REJECTED_BUNDLE},
    {VIDEO MID("1") ICE MUX "a=setup:actpass\r\n", SDP_REJECTED_CREDENTIALS},
    {VIDEO MID("1") ICE MUX "a=setup:actpass\r\na=fingerprint:sha-1 00:11\r\n", SDP_REJECTED_CREDENTIALS},
    {VIDEO MID("1") ICE MUX "a=setup:actpass\r\na=fingerprint:sha-256 00:11\r\n", SDP_REJECTED_CREDENTIALS},
    {VIDEO MID("1") ICE MUX "a=setup:holdconn\r\na=fingerprint:sha-256 " SHA256 "\r\n", SDP_REJECTED_CREDENTIALS},
    {VIDEO MID("1") "a=ice-ufrag:user\r\na=ice-pwd:short\r\n" DTLS MUX, SDP_REJECTED_CREDENTIALS},
    {"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H263/90000\r\n" MID("1") TRANSPORT, SDP_REJECTED_CODEC},
    // RFC 8843 7.1.3: a bundled section may leave its transport to the tagged one
    {VIDEO MID("1"), SDP_ACCEPTED},
};

static void sections_are_judged(void)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        char offer[4096];
        snprintf(offer, sizeof(offer), "%s%s", AUDIO_VIDEO, verdicts[i].section);
        struct sdp_answer *answer = answer_of(offer, &publisher_policy);
        const struct sdp_media *printed = &answer->description->media[1];
        CU_ASSERT_EQUAL(answer->sections[0].verdict, SDP_ACCEPTED);
        CU_ASSERT_EQUAL(answer->sections[1].verdict, verdicts[i].verdict);
        if (answer->sections[1].verdict != verdicts[i].verdict)
            printf("row %zu: %s\n", i, sdp_verdict_text(answer->sections[1].verdict));
        CU_ASSERT_EQUAL(printed->port == 0, verdicts[i].verdict != SDP_ACCEPTED);
        CU_ASSERT_EQUAL(answer->description->groups[0].count, verdicts[i].verdict == SDP_ACCEPTED ? 2 : 1);
        sdp_answer_free(answer);
    }
}

// Offers of which nothing can be used, and what they are told; 0: rejected throughout, without an error.
static const struct {
    const char *offer;
    bool is_viewer;
    int status;
} errors[] = {
    {HEAD, false, -EPROTO},
    {HEAD BUNDLE("0") "m=audio 9 UDP/TLS/RTP/SAVPF 9\r\na=rtpmap:9 G722/8000\r\n" MID("0") TRANSPORT, false, -ENOTSUP},
    {HEAD BUNDLE("0") AUDIO MID("0") ICE MUX, false, -EPROTO},
    {HEAD BUNDLE("0") AUDIO MID("0") ICE DTLS, false, -EPROTO},
    {HEAD BUNDLE("0") DATA MID("0") TRANSPORT, false, 0},
    {HEAD BUNDLE("0") "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n" MID("0") TRANSPORT, false, 0},
    // a viewer without the publisher's codec is told so even if it has the other one
    {AUDIO_VIDEO RECVONLY "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\n" MID("1") TRANSPORT RECVONLY,
     true, -ENOTSUP},
    {AUDIO_VIDEO RECVONLY VIDEO_1 RECVONLY, true, 0},
    {VIDEO_ONLY RECVONLY, true, 0},
    // a second section has it: nobody lacks anything
    {HEAD BUNDLE("1 2") "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 H264/90000\r\n" MID("2") TRANSPORT VIDEO_1, true,
     0},
};

static void useless_offers_get_an_error(void)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        struct sdp_answer *answer = NULL;
        struct sdp_error error = {0};
        int status =
            answer_text(errors[i].offer, errors[i].is_viewer ? &viewer_policy : &publisher_policy, &answer, &error);
        CU_ASSERT_EQUAL(status, errors[i].status);
        CU_ASSERT_EQUAL(error.code, status == -ENOTSUP  ? SDP_ERROR_NO_CODEC
                                    : status == -EPROTO ? SDP_ERROR_UNSUPPORTED
                                                        : 0);
        CU_ASSERT_EQUAL(*error.reason != '\0', status != 0);
        sdp_answer_free(answer);
    }
}

static void the_tag_is_the_first_that_is_accepted(void)
{
    struct sdp_answer *answer =
        answer_of(HEAD BUNDLE("d 1 0") AUDIO_0 VIDEO_1 DATA MID("d") TRANSPORT, &publisher_policy);
    CU_ASSERT_EQUAL(answer->tag, 1);
    CU_ASSERT_STRING_EQUAL(answer->description->groups[0].mids[0], "1");
    CU_ASSERT_STRING_EQUAL(answer->description->groups[0].mids[1], "0");
    CU_ASSERT_EQUAL(answer->description->media[1].candidate_count, 2);
    CU_ASSERT_EQUAL(answer->description->media[0].candidate_count, 0);
    sdp_answer_free(answer);
}

static void without_bundle_one_section_is_taken(void)
{
    struct sdp_answer *answer = answer_of(HEAD AUDIO_0 VIDEO_1, &publisher_policy);
    CU_ASSERT_EQUAL(answer->tag, 0);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_REJECTED_BUNDLE);
    CU_ASSERT_EQUAL(answer->description->group_count, 0);
    sdp_answer_free(answer);
}

static const struct {
    const char *offered;
    enum sdp_setup preferred, answered;
} setups[] = {
    {"a=setup:actpass\r\n", SDP_PASSIVE, SDP_PASSIVE},
    {"a=setup:actpass\r\n", SDP_ACTIVE, SDP_ACTIVE},
    {"a=setup:active\r\n", SDP_ACTIVE, SDP_PASSIVE},
    {"a=setup:passive\r\n", SDP_PASSIVE, SDP_ACTIVE},
    {"", SDP_ACTIVE, SDP_PASSIVE},
};

static void setup_is_answered(void)
{
    for (size_t i = 0; i < sizeof(setups) / sizeof(setups[0]); i++) {
        char offer[2048];
        struct sdp_answer_policy policy = publisher_policy;
        policy.setup = setups[i].preferred;
        snprintf(offer, sizeof(offer), "%s%sa=fingerprint:sha-256 " SHA256 "\r\n", HEAD AUDIO ICE MUX,
                 setups[i].offered);
        struct sdp_answer *answer = answer_of(offer, &policy);
        CU_ASSERT_EQUAL(answer->local_setup, setups[i].answered);
        CU_ASSERT_EQUAL(answer->description->media[0].level.setup, setups[i].answered);
        sdp_answer_free(answer);
    }
}

static void several_fingerprints_are_kept(void)
{
    struct sdp_answer *answer = answer_of(HEAD "a=fingerprint:sha-1 00:11\r\na=fingerprint:SHA-256 "
                                               "ab:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                                               "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\r\n"
                                               "a=fingerprint:sha-256 " SHA256 "\r\n" AUDIO ICE MUX,
                                          &publisher_policy);
    CU_ASSERT_EQUAL_FATAL(answer->fingerprint_count, 2); // SHA-1 is none to rely on
    CU_ASSERT_EQUAL(strncmp(answer->fingerprints[0].value, "AB:11", 5), 0);
    CU_ASSERT_STRING_EQUAL(answer->fingerprints[1].value, SHA256);
    sdp_answer_free(answer);
}

#define MID_URI "urn:ietf:params:rtp-hdrext:sdes:mid"
#define TWCC    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define AST     "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

// Offered to a viewer: {lines, id of mid, of transport-cc, of abs-send-time}.
static const struct {
    const char *lines;
    uint8_t mid, transport_cc, abs_send_time;
} extensions[] = {
    {"", 0, 0, 0},
    {"a=extmap:4 " MID_URI "\r\na=extmap:3 " TWCC "\r\na=extmap:9 urn:unknown\r\n", 4, 3, 0},
    {"a=extmap:255 " MID_URI "\r\na=extmap:15 " TWCC "\r\n", 255, 0, 0}, // two-byte; 15 is none
    {"a=extmap:1 " MID_URI "\r\na=extmap:1 " TWCC "\r\n", 1, 0, 0},      // one id, one meaning
    {"a=extmap:4096 " MID_URI "\r\na=extmap:1 " TWCC "\r\n", 2, 1, 0},   // RFC 8285 7: a free id
    {"a=extmap:4/sendonly " MID_URI "\r\na=extmap:3/recvonly " TWCC "\r\n", 0, 3, 0},
    {"a=extmap:3/inactive " TWCC "\r\na=extmap:2/sendrecv " AST "\r\n", 0, 0, 2},
};

static void extensions_are_mapped(void)
{
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        char offer[4096];
        snprintf(offer, sizeof(offer), "%s%s", VIDEO_ONLY RECVONLY, extensions[i].lines);
        struct sdp_answer *answer = answer_of(offer, &viewer_policy);
        const uint8_t *ids = answer->sections[0].extension_ids;
        CU_ASSERT_EQUAL(ids[TEST_MID], extensions[i].mid);
        CU_ASSERT_EQUAL(ids[TEST_TRANSPORT_CC], extensions[i].transport_cc);
        CU_ASSERT_EQUAL(ids[TEST_ABS_SEND_TIME], extensions[i].abs_send_time);
        sdp_answer_free(answer);
    }
}

static void a_mid_too_long_for_a_packet_is_not_put_there(void)
{
    struct sdp_answer *answer = answer_of(HEAD BUNDLE("seventeen-letters") AUDIO MID("seventeen-letters") TRANSPORT
                                          "a=extmap:4 " MID_URI "\r\n",
                                          &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[0].extension_ids[TEST_MID], 0);
    sdp_answer_free(answer);
}

#define RTX_VIDEO                                                                                                      \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 "          \
    "apt=96\r\n"                                                                                                       \
    "a=rtpmap:98 rtx/8000\r\na=fmtp:98 apt=96\r\na=rtpmap:99 H264/90000\r\na=rtcp-fb:96 nack\r\n"                      \
    "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:* ccm fir\r\na=rtcp-fb:99 goog-remb\r\na=rtcp-fb:96 x-unknown\r\n"             \
    "a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:c\r\na=ssrc:12 cname:c\r\na=msid:s t\r\n"

// It goes into offers to others, and into JSON, and may be cut on the way.
static void what_is_not_ascii_goes_no_further(void)
{
    struct sdp_answer *answer =
        answer_of(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x=\xc3\xa9\r\n"
                       "a=msid:s\xff t\r\n" MID("1") TRANSPORT,
                  &publisher_policy);
    CU_ASSERT_STRING_EQUAL(answer->sections[0].fmtp, "");
    CU_ASSERT_STRING_EQUAL(answer->sections[0].stream_id, "");
    CU_ASSERT_STRING_EQUAL(answer->sections[0].track_id, "");
    sdp_answer_free(answer);
}

static void feedback_and_rtx_go_together(void)
{
    struct sdp_answer_policy rtx = with_rtx(&publisher_policy);
    const uint32_t plain = 1u << TEST_FB_PLI | 1u << TEST_FB_FIR;
    struct sdp_answer *answer = answer_of(HEAD RTX_VIDEO MID("1") TRANSPORT, &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[0].rtx_payload_type, SDP_NO_PAYLOAD);
    CU_ASSERT_EQUAL(answer->sections[0].feedback, plain);
    CU_ASSERT_EQUAL(answer->sections[0].rtx_ssrc, 0);
    CU_ASSERT_STRING_EQUAL(answer->description->media[0].formats_text, "96");
    sdp_answer_free(answer);
    answer = answer_of(HEAD RTX_VIDEO MID("1") TRANSPORT, &rtx);
    CU_ASSERT_EQUAL(answer->sections[0].rtx_payload_type, 97);
    CU_ASSERT_EQUAL(answer->sections[0].feedback, plain | 1u << TEST_FB_NACK);
    CU_ASSERT_STRING_EQUAL(answer->description->media[0].formats_text, "96 97");
    sdp_answer_free(answer);
}

static void a_publishers_sources_are_told(void)
{
    struct sdp_answer_policy rtx = with_rtx(&publisher_policy);
    struct sdp_answer *answer = answer_of(HEAD RTX_VIDEO MID("1") TRANSPORT, &rtx);
    const struct sdp_section *section = &answer->sections[0];
    CU_ASSERT_EQUAL(section->ssrc, 11);
    CU_ASSERT_EQUAL(section->rtx_ssrc, 12);
    CU_ASSERT_EQUAL(section->ssrc_count, 2);
    CU_ASSERT_STRING_EQUAL(section->cname, "c");
    CU_ASSERT_STRING_EQUAL(section->stream_id, "s");
    CU_ASSERT_STRING_EQUAL(section->track_id, "t");
    CU_ASSERT_STRING_EQUAL(section->remote_ufrag, "user");
    CU_ASSERT_EQUAL(section->clock_rate, 90000);
    CU_ASSERT_EQUAL(answer->description->media[0].ssrc_count, 0); // nothing is sent to a publisher
    sdp_answer_free(answer);
}

#define RID_EXTENSION "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"

static const struct {
    const char *lines, *rid;
    bool is_simulcast;
} rids[] = {
    {RID_EXTENSION "a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n", "q", true},
    {RID_EXTENSION "a=rid:q send\r\na=rid:h send\r\na=simulcast:send ~q;h\r\n", "h", true}, // q is paused
    {RID_EXTENSION "a=rid:q send pt=97\r\na=rid:h send pt=97,96\r\na=simulcast:send q,h\r\n", "h", true},
    {RID_EXTENSION "a=rid:q send\r\n", "q", false}, // one alone
    {RID_EXTENSION "a=rid:q recv\r\na=simulcast:recv q\r\n", "", false},
    {RID_EXTENSION "a=simulcast:send ghost\r\n", "", false},
    {"a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n", "", false}, // no packet would tell
};

static void one_rid_is_answered(void)
{
    for (size_t i = 0; i < sizeof(rids) / sizeof(rids[0]); i++) {
        char offer[4096];
        snprintf(offer, sizeof(offer), "%s%s", VIDEO_ONLY SENDONLY, rids[i].lines);
        struct sdp_answer *answer = answer_of(offer, &publisher_policy);
        const struct sdp_media *media = &answer->description->media[0];
        CU_ASSERT_STRING_EQUAL(answer->sections[0].rid, rids[i].rid);
        CU_ASSERT_EQUAL(media->rid_count, *rids[i].rid ? 1 : 0);
        CU_ASSERT_STRING_EQUAL(media->simulcast_receive, rids[i].is_simulcast ? rids[i].rid : "");
        sdp_answer_free(answer);
    }
}

static const struct {
    const char *direction;
    enum sdp_direction to_publisher, to_viewer;
} directions[] = {
    {"", SDP_RECVONLY, SDP_SENDONLY},
    {"a=sendrecv\r\n", SDP_RECVONLY, SDP_SENDONLY},
    {"a=sendonly\r\n", SDP_RECVONLY, SDP_INACTIVE},
    {"a=recvonly\r\n", SDP_INACTIVE, SDP_SENDONLY},
    {"a=inactive\r\n", SDP_INACTIVE, SDP_INACTIVE},
};

static void directions_are_answered(void)
{
    for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
        char offer[2048];
        snprintf(offer, sizeof(offer), "%s%s", VIDEO_ONLY, directions[i].direction);
        struct sdp_answer *received = answer_of(offer, &publisher_policy), *sent = answer_of(offer, &viewer_policy);
        CU_ASSERT_EQUAL(received->sections[0].direction, directions[i].to_publisher);
        CU_ASSERT_EQUAL(sent->sections[0].direction, directions[i].to_viewer);
        CU_ASSERT_EQUAL(sent->sections[0].source, directions[i].to_viewer == SDP_SENDONLY ? 0 : SDP_NO_SOURCE);
        sdp_answer_free(received);
        sdp_answer_free(sent);
    }
}

static void spare_sections_are_inactive(void)
{
    struct sdp_answer *answer = answer_of(HEAD BUNDLE("1 2") VIDEO_1 VIDEO MID("2") TRANSPORT, &viewer_policy);
    CU_ASSERT_EQUAL(answer->sections[0].source, 0);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_ACCEPTED);
    CU_ASSERT_EQUAL(answer->sections[1].direction, SDP_INACTIVE);
    CU_ASSERT_EQUAL(answer->description->media[1].msid_count, 0);
    sdp_answer_free(answer);
}

static void codecs_follow_the_policys_order(void)
{
    struct sdp_answer *answer =
        answer_of(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 100 101 102\r\na=rtpmap:100 AV1/90000\r\na=rtpmap:101 VP9/90000\r\n"
                       "a=fmtp:101 profile-id=2\r\na=rtpmap:102 H264/90000\r\n"
                       "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f;sprop-parameter-sets=x\r\n" TRANSPORT,
                  &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[0].payload_type, 102);
    CU_ASSERT_STRING_EQUAL(answer->description->media[0].formats[0].fmtp,
                           "packetization-mode=1;profile-level-id=42e01f");
    sdp_answer_free(answer);
}

static void a_viewer_gets_the_format_that_fits(void)
{
    struct sdp_source source = {
        .codec = SDP_CODEC_H264, .fmtp = "packetization-mode=1;profile-level-id=64001f", .cname = "c", .ssrc = 5};
    struct sdp_answer_policy policy = viewer_policy;
    policy.source_count = 1;
    policy.sources = &source;
    struct sdp_answer *answer =
        answer_of(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 35 63\r\na=rtpmap:35 H264/90000\r\na=rtpmap:63 H264/90000\r\n"
                       "a=fmtp:35 packetization-mode=1;profile-level-id=42e01f\r\n"
                       "a=fmtp:63 packetization-mode=1;profile-level-id=640020\r\n" RECVONLY TRANSPORT,
                  &policy);
    CU_ASSERT_EQUAL(answer->sections[0].payload_type, 63);
    CU_ASSERT_STRING_EQUAL(answer->description->media[0].msids[0], "-");
    sdp_answer_free(answer);
}

void answer_suite(void);
void answer_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp answer", NULL, NULL);
    CU_add_test(suite, "each section gets its verdict", sections_are_judged);
    CU_add_test(suite, "offers of no use get an error that HTTP can tell", useless_offers_get_an_error);
    CU_add_test(suite, "the tag is the first of the group that is accepted", the_tag_is_the_first_that_is_accepted);
    CU_add_test(suite, "without BUNDLE one section is taken", without_bundle_one_section_is_taken);
    CU_add_test(suite, "setup is answered (RFC 8842)", setup_is_answered);
    CU_add_test(suite, "several fingerprints, in any case", several_fingerprints_are_kept);
    CU_add_test(suite, "extensions are mapped (RFC 8285)", extensions_are_mapped);
    CU_add_test(suite, "a long mid stays out of packets", a_mid_too_long_for_a_packet_is_not_put_there);
    CU_add_test(suite, "what is not ASCII goes no further", what_is_not_ascii_goes_no_further);
    CU_add_test(suite, "nack comes with RTX only", feedback_and_rtx_go_together);
    CU_add_test(suite, "a publisher's sources are told", a_publishers_sources_are_told);
    CU_add_test(suite, "one rid is answered (RFC 8853)", one_rid_is_answered);
    CU_add_test(suite, "directions are answered (RFC 3264)", directions_are_answered);
    CU_add_test(suite, "a viewer's spare sections are inactive", spare_sections_are_inactive);
    CU_add_test(suite, "a publisher's codec is the policy's first", codecs_follow_the_policys_order);
    CU_add_test(suite, "a viewer's format fits what is sent", a_viewer_gets_the_format_that_fits);
}
