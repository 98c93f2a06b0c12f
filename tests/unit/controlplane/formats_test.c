// SPDX-License-Identifier: Apache-2.0
// The numbers of a bundle: the peer's own first, then free ones, each with one meaning.
#include "controlplane_suites.h"
#include "formats.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define HEAD "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define VIDEO                                                                                                          \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"   \
    "a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n"
#define MID "a=extmap:4 urn:mid\r\n"

static const char *const uris[EXTENSION_KINDS] = {[EXTENSION_MID] = "urn:mid", [EXTENSION_AUDIO_LEVEL] = "urn:level"};

static struct journal_peer peer;

static void learn(const char *text)
{
    struct sdp *sdp;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_parse(text, strlen(text), &sdp, &error), 0);
    formats_learn(&peer, sdp, uris);
    sdp_free(sdp);
}

static void forget(void)
{
    memset(&peer, 0, sizeof(peer));
}

static void what_the_peer_named_is_used(void)
{
    learn(HEAD VIDEO MID);
    const struct journal_format *format = formats_take(&peer, SDP_CODEC_VP8, "", true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(format);
    CU_ASSERT_EQUAL(format->payload_type, 96);
    CU_ASSERT_EQUAL(format->rtx_payload_type, 97);
    CU_ASSERT_EQUAL(formats_take(&peer, SDP_CODEC_VP9, "profile-id=0", true)->rtx_payload_type, 0xff);
    CU_ASSERT_EQUAL(formats_take_extension(&peer, EXTENSION_MID), 4);
}

static void what_it_never_named_gets_a_free_number(void)
{
    learn(HEAD VIDEO MID);
    const struct journal_format *first = formats_take(&peer, SDP_CODEC_OPUS, "", false);
    CU_ASSERT_EQUAL(first->payload_type, 99);
    CU_ASSERT_EQUAL(formats_take(&peer, SDP_CODEC_OPUS, "", false), first); // the same in each section
    CU_ASSERT_EQUAL(formats_take(&peer, SDP_CODEC_PCMU, "", false)->payload_type, 0);
    CU_ASSERT_EQUAL(formats_take_extension(&peer, EXTENSION_AUDIO_LEVEL), 1);
    CU_ASSERT_EQUAL(formats_take_extension(&peer, EXTENSION_AUDIO_LEVEL), 1);
    CU_ASSERT_EQUAL(formats_take_extension(&peer, EXTENSION_VIDEO_TIMING), 2);
}

static void numbers_run_out(void)
{
    for (unsigned i = 0; i < 14; i++)
        CU_ASSERT_NOT_EQUAL(formats_take_extension(&peer, (enum extension_kind)i), 0);
    CU_ASSERT_EQUAL(formats_take_extension(&peer, (enum extension_kind)14), 0);
    memset(peer.payload_types, 0xff, sizeof(peer.payload_types));
    CU_ASSERT_PTR_NULL(formats_take(&peer, SDP_CODEC_VP8, "", true));
}

static void an_id_with_two_meanings_keeps_the_first(void)
{
    learn(HEAD VIDEO MID "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=extmap:4 urn:level\r\n");
    CU_ASSERT_EQUAL(peer.extension_ids[EXTENSION_MID], 4);
    CU_ASSERT_EQUAL(peer.extension_ids[EXTENSION_AUDIO_LEVEL], 0);
}

static void a_source_suits_who_named_its_codec_or_none(void)
{
    CU_ASSERT_TRUE(formats_suit(&peer, SDP_CODEC_H264, "")); // nothing is known yet
    learn(HEAD VIDEO);
    CU_ASSERT_TRUE(formats_suit(&peer, SDP_CODEC_VP8, ""));
    CU_ASSERT_FALSE(formats_suit(&peer, SDP_CODEC_H264, ""));
    CU_ASSERT_FALSE(formats_suit(&peer, SDP_CODEC_VP9, "profile-id=2"));
    CU_ASSERT_TRUE(formats_suit(&peer, SDP_CODEC_OPUS, "")); // of audio it named nothing
}

void formats_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peer/formats", NULL, NULL, forget, NULL);
    CU_add_test(suite, "what the peer named is used", what_the_peer_named_is_used);
    CU_add_test(suite, "what it never named gets a free number", what_it_never_named_gets_a_free_number);
    CU_add_test(suite, "numbers run out", numbers_run_out);
    CU_add_test(suite, "an id with two meanings keeps the first", an_id_with_two_meanings_keeps_the_first);
    CU_add_test(suite, "a source suits who named its codec, or none", a_source_suits_who_named_its_codec_or_none);
}
