// SPDX-License-Identifier: Apache-2.0
// Habits of clients that were seen on the wire, one test each.
#include "offer_parts.h"
#include "policies.h"
#include "section_text.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sdp_answer *answer_of(const char *offer, const struct sdp_answer_policy *policy)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error = {0};
    CU_ASSERT_EQUAL(answer_text(offer, policy, &answer, &error), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(answer);
    return answer;
}

#define MID_URI "urn:ietf:params:rtp-hdrext:sdes:mid"
#define LEVEL   "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define AST     "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

static void aiortc_gives_one_id_two_meanings_in_a_bundle(void)
{
    struct sdp_answer *answer = answer_of(AUDIO_VIDEO "a=extmap:1 " MID_URI "\r\na=extmap:2 " LEVEL "\r\n" VIDEO_1
                                                      "a=extmap:1 " MID_URI "\r\na=extmap:2 " AST "\r\n",
                                          &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[0].extension_ids[TEST_AUDIO_LEVEL], 2);
    CU_ASSERT_EQUAL(answer->sections[0].extension_ids[TEST_ABS_SEND_TIME], 0);
    CU_ASSERT_EQUAL(answer->sections[1].extension_ids[TEST_ABS_SEND_TIME], 2);
    CU_ASSERT_EQUAL(answer->sections[1].extension_ids[TEST_AUDIO_LEVEL], 0);
    sdp_answer_free(answer);
}

static void aiortc_reads_by_one_meaning_what_it_is_sent(void)
{
    struct sdp_answer *answer =
        answer_of(HEAD BUNDLE("0 1") AUDIO MID("0") RECVONLY TRANSPORT "a=extmap:2 " LEVEL "\r\n" VIDEO MID("1")
                      RECVONLY TRANSPORT "a=extmap:1 " MID_URI "\r\na=extmap:2 " AST "\r\n",
                  &viewer_policy);
    CU_ASSERT_EQUAL(answer->sections[0].extension_ids[TEST_AUDIO_LEVEL], 2);
    CU_ASSERT_EQUAL(answer->sections[1].extension_ids[TEST_ABS_SEND_TIME], 0);
    CU_ASSERT_EQUAL(answer->sections[1].extension_ids[TEST_MID], 1);
    sdp_answer_free(answer);
}

static void aiortc_has_credentials_for_each_section(void)
{
    struct sdp_answer *answer = answer_of(HEAD BUNDLE("0 1") AUDIO MID("0") TRANSPORT VIDEO MID("1") DTLS MUX
                                          "a=ice-ufrag:other\r\na=ice-pwd:otherotherotherotherother\r\n",
                                          &publisher_policy);
    CU_ASSERT_STRING_EQUAL(answer->sections[answer->tag].remote_ufrag, "user");
    CU_ASSERT_STRING_EQUAL(answer->sections[1].remote_ufrag, "other");
    CU_ASSERT_STRING_EQUAL(answer->sections[1].remote_pwd, "otherotherotherotherother");
    sdp_answer_free(answer);
}

static void aiortc_offers_the_old_data_section(void)
{
    struct sdp_answer *answer = answer_of(AUDIO_VIDEO "m=application 9 DTLS/SCTP 5000\r\n" MID("1") ICE DTLS
                                          "a=sctpmap:5000 webrtc-datachannel 65535\r\n",
                                          &publisher_policy);
    char *text = print_description(answer->description);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_REJECTED_KIND);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "m=application 0 DTLS/SCTP 5000\r\n"));
    // aiortc refuses a description in which a section, even a rejected one, has no credentials or setup
    CU_ASSERT_TRUE(section_has(text, 1, "a=ice-ufrag:") && section_has(text, 1, "a=setup:passive"));
    free(text);
    sdp_answer_free(answer);
}

static void firefox_bundles_with_port_zero_and_one_fingerprint(void)
{
    struct sdp_answer *answer =
        answer_of(HEAD "a=sendrecv\r\na=fingerprint:sha-256 " SHA256 "\r\n" BUNDLE("0 1") AUDIO MID("0") ICE MUX
                  "a=setup:actpass\r\na=sendonly\r\n"
                  "m=video 0 UDP/TLS/RTP/SAVPF 120\r\na=rtpmap:120 VP8/90000\r\na=bundle-only\r\n" MID("1") ICE MUX
                  "a=setup:actpass\r\na=sendonly\r\n",
                  &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[1].verdict, SDP_ACCEPTED);
    CU_ASSERT_EQUAL(answer->description->media[1].port, answer->description->media[0].port);
    CU_ASSERT_FALSE(answer->description->media[1].bundle_only);
    CU_ASSERT_STRING_EQUAL(answer->fingerprints[0].value, SHA256);
    sdp_answer_free(answer);
}

static void firefox_hides_addresses_behind_names(void)
{
    struct sdp_answer *answer = answer_of(
        VIDEO_ONLY "a=rtcp:55669 IN IP4 e8be929d-9f84-4003-b4f7-688b4aa792a4.local\r\n"
                   "a=candidate:0 1 UDP 2122187007 e8be929d-9f84-4003-b4f7-688b4aa792a4.local 39263 typ host\r\n"
                   "a=extmap:2/recvonly " LEVEL "\r\n",
        &publisher_policy);
    CU_ASSERT_EQUAL(answer->sections[0].extension_ids[TEST_AUDIO_LEVEL], 0); // wants it, does not send it
    sdp_answer_free(answer);
}

static void chromium_offers_payload_types_below_64(void)
{
    struct sdp_answer_policy policy = viewer_policy;
    policy.rtx = true;
    struct sdp_answer *answer =
        answer_of(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 35 36\r\na=rtpmap:35 VP8/90000\r\na=rtpmap:36 rtx/90000\r\n"
                       "a=fmtp:36 apt=35\r\n" RECVONLY TRANSPORT,
                  &policy);
    CU_ASSERT_EQUAL(answer->sections[0].payload_type, 35);
    CU_ASSERT_EQUAL(answer->sections[0].rtx_payload_type, 36);
    sdp_answer_free(answer);
}

static void gstreamer_shouts_and_repairs_audio(void)
{
    struct sdp_answer_policy policy = viewer_policy;
    policy.rtx = true;
    struct sdp_answer *answer = answer_of(
        HEAD BUNDLE(
            "audio0") "m=audio 9 UDP/TLS/RTP/SAVPF 111 97\r\na=rtpmap:111 OPUS/48000/2\r\n"
                      "a=rtpmap:97 rtx/48000\r\na=fmtp:97 apt=111\r\na=rtcp-fb:111 nack\r\na=rtcp-mux-only\r\n" MID(
                          "audio0") RECVONLY TRANSPORT,
        &policy);
    CU_ASSERT_EQUAL(answer->sections[0].codec, SDP_CODEC_OPUS);
    CU_ASSERT_EQUAL(answer->sections[0].rtx_payload_type, SDP_NO_PAYLOAD); // video alone is sent again
    CU_ASSERT_EQUAL(answer->description->media[0].formats[0].feedback_count, 0);
    CU_ASSERT_STRING_EQUAL(answer->sections[0].mid, "audio0");
    CU_ASSERT_STRING_EQUAL(answer->description->groups[0].mids[0], "audio0");
    sdp_answer_free(answer);
}

static void gstreamer_names_no_message_size(void)
{
    struct sdp *sdp = NULL;
    struct sdp_error error;
    static const char offer[] = HEAD DATA MID("0") TRANSPORT;
    CU_ASSERT_EQUAL_FATAL(sdp_parse(offer, strlen(offer), &sdp, &error), 0);
    CU_ASSERT_FALSE(sdp->media[0].has_max_message_size);
    CU_ASSERT_EQUAL(sdp->media[0].sctp_port, 5000);
    sdp_free(sdp);
}

void clients_suite(void);
void clients_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp habits of clients", NULL, NULL);
    CU_add_test(suite, "aiortc: one extension id, two URIs", aiortc_gives_one_id_two_meanings_in_a_bundle);
    CU_add_test(suite, "aiortc: one meaning of an id for a viewer", aiortc_reads_by_one_meaning_what_it_is_sent);
    CU_add_test(suite, "aiortc: credentials differ within a bundle", aiortc_has_credentials_for_each_section);
    CU_add_test(suite, "aiortc: DTLS/SCTP with sctpmap", aiortc_offers_the_old_data_section);
    CU_add_test(suite, "Firefox: port 0 with bundle-only, session fingerprint",
                firefox_bundles_with_port_zero_and_one_fingerprint);
    CU_add_test(suite, "Firefox: mDNS names, extensions that it only wants", firefox_hides_addresses_behind_names);
    CU_add_test(suite, "Chromium: payload types 35 to 63", chromium_offers_payload_types_below_64);
    CU_add_test(suite, "GStreamer: OPUS, audio RTX, mid audio0", gstreamer_shouts_and_repairs_audio);
    CU_add_test(suite, "GStreamer: no a=max-message-size", gstreamer_names_no_message_size);
}
