// SPDX-License-Identifier: Apache-2.0
// The grammar (RFC 8866), one row a rule: {text, the line that is wrong, or 0}. And what the struct holds afterwards.
#include "sdp.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n" // four lines
#define M    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"

struct row {
    const char *text;
    unsigned line; // 0: parses
};

static const struct row rows[] = {
    {HEAD, 0},
    {HEAD M, 0},
    {"v=0\no=- 1 2 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio 9 RTP/AVP 0", 0}, // LF, no newline at the end
    {HEAD M "\r\n\r\n", 0},                                                // blank lines at the end
    {"", 1000},                                                            // line 0: the whole
    {"v=1\r\n", 1},
    {"o=- 1 2 IN IP4 192.0.2.1\r\n", 1},
    {"v=0\r\nv=0\r\n", 2},
    {"v=0\r\n\r\no=- 1 2 IN IP4 192.0.2.1\r\n", 2},
    {"v=0\r\nhello\r\n", 2},
    {"v=0\r\nO=- 1 2 IN IP4 192.0.2.1\r\n", 2},
    {"v=0\r\ns=-\r\nt=0 0\r\n", 3}, // no o=
    {"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=0 0\r\n" M, 4},
    {"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n" M, 4},
    {"v=0\r\no=- 1 2 IN IP4\r\n", 2},
    {"v=0\r\no=- 1 2 IN IP4 192.0.2.1 more\r\n", 2},
    {"v=0\r\no=- one 2 IN IP4 192.0.2.1\r\n", 2},
    {"v=0\r\no=- 1 2 FOO IP4 192.0.2.1\r\n", 2},
    {"v=0\r\no=- 1 2 IN IP5 192.0.2.1\r\n", 2},
    {"v=0\r\no=- 1 2 IN IP4 192.0.2.256\r\n", 2},
    {"v=0\r\no=- 1 2 IN IP6 ::1\r\ns=\r\nt=0 0\r\n", 0}, // "s=" is seen in the field
    {"v=0\r\no=- 1 2 IN IP4 host.example.com\r\ns= \r\nt=0 0\r\n", 0},
    {HEAD "o=- 1 2 IN IP4 192.0.2.1\r\n", 5},
    {HEAD "s=-\r\n", 5},
    {HEAD "c=IN IP4 192.0.2.1\r\n", 0},
    {HEAD "c=IN IP4 224.2.17.12/127/3\r\n", 0},
    {HEAD "c=IN IP4 224.2.17.12/127/3/4\r\n", 5},
    {HEAD "c=IN IP4 224.2.17.12/many\r\n", 5},
    {HEAD "c=IN IP4\r\n", 5},
    {HEAD "c= IN IP4 192.0.2.1\r\n", 5},
    {HEAD "c=IN IP6 ff15::101/3\r\n", 0},
    {HEAD "b=AS:128\r\n", 0},
    {HEAD "b=AS\r\n", 5},
    {HEAD "b=AS:-1\r\n", 5},
    {HEAD "t=1 two\r\n", 5},
    {HEAD "r=7d 1h 0 25h\r\nz=2882844526 -1h 2898848070 0\r\n", 0},
    {HEAD "r=7d 1h\r\n", 5},
    {HEAD "z=2882844526\r\n", 5},
    {HEAD "k=prompt\r\n", 0},
    {HEAD "k=secret\r\n", 5},
    {HEAD "y=0100008888\r\n", 5},
    {HEAD M "t=0 0\r\n", 6},
    {HEAD M "c=IN IP4 0.0.0.0\r\nb=AS:1\r\n", 0},
    {HEAD "m=audio 9 UDP/TLS/RTP/SAVPF\r\n", 5},
    {HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 128\r\n", 5},
    {HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0 \r\n", 5},
    {HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0  8\r\n", 5},
    {HEAD "m=audio 9 UDP/TLS/RTP/SAVPF opus\r\n", 5},
    {HEAD "m=audio 65536 UDP/TLS/RTP/SAVPF 0\r\n", 5},
    {HEAD "m=audio -1 UDP/TLS/RTP/SAVPF 0\r\n", 5},
    {HEAD "m=audio 9/0 UDP/TLS/RTP/SAVPF 0\r\n", 5},
    {HEAD "m=audio 9/2 UDP/TLS/RTP/SAVPF 0\r\n", 0},
    {HEAD "m=au/dio 9 UDP/TLS/RTP/SAVPF 0\r\n", 5},
    {HEAD "m=audio 9 UDP/ 0\r\n", 5},
    {HEAD "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", 0},
    {HEAD "a=\r\n", 5},
    {HEAD "a= b\r\n", 5},
    {HEAD "a=unknown:anything at all\r\na=flag\r\n", 0},
    {HEAD M "a=setup:later\r\n", 6},
    {HEAD M "a=mid:a b\r\n", 6},
    {HEAD M "a=mid:0\r\n" M "a=mid:0\r\n", 8},
    {HEAD M "a=ice-ufrag:a b\r\n", 6},
    {HEAD M "a=ice-ufrag:a:b\r\n", 6}, // would split the USERNAME of a check
    {HEAD M "a=extmap:0 urn:x\r\n", 6},
    {HEAD M "a=extmap:256 urn:x\r\n", 6},
    {HEAD M "a=extmap:1/up urn:x\r\n", 6},
    {HEAD M "a=extmap:1\r\n", 6},
    {HEAD M "a=extmap:4096/sendonly urn:x more words\r\n", 0},
    {HEAD M "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 0},
    {HEAD M "a=candidate:1 1 udp 1 192.0.2.1 9 host\r\n", 6},
    {HEAD M "a=candidate:1 0 udp 1 192.0.2.1 9 typ host\r\n", 6},
    {HEAD M "a=candidate:1 1 udp 1 192.0.2.1 65536 typ host\r\n", 6},
    {HEAD M "a=candidate:1 1 udp 4294967296 192.0.2.1 9 typ host\r\n", 6},
    {HEAD M "a=candidate:1 1 udp 1 192.0.2.1\r\n", 6},
};

static void the_grammar_is_kept(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sdp *sdp = NULL;
        struct sdp_error error = {0};
        int status = sdp_parse(rows[i].text, strlen(rows[i].text), &sdp, &error);
        bool is_expected = rows[i].line == 0 ? status == 0
                                             : status == -EBADMSG && error.code == SDP_ERROR_SYNTAX && *error.reason &&
                                                   error.line == rows[i].line % 1000;
        CU_ASSERT_TRUE(is_expected);
        if (!is_expected)
            printf("row %zu: %d, line %u: %s\n", i, status, error.line, error.reason);
        sdp_free(sdp);
    }
}

static void control_characters_are_refused(void)
{
    static const char with_nul[] = HEAD M "a=mid:0\0x\r\n", with_cr[] = HEAD M "a=x:0\rb\r\n";
    struct sdp *sdp = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL(sdp_parse(with_nul, sizeof(with_nul) - 1, &sdp, &error), -EBADMSG);
    CU_ASSERT_EQUAL(sdp_parse(with_cr, sizeof(with_cr) - 1, &sdp, &error), -EBADMSG);
}

// Text of `count` times the same line below the head.
static char *repeated(const char *head, const char *line, unsigned count)
{
    char *text = malloc(strlen(head) + count * (strlen(line) + 16) + 1), *at = text;
    at += sprintf(at, "%s", head);
    for (unsigned i = 0; i < count; i++) {
        const char *number = strchr(line, '#');
        if (number)
            at += sprintf(at, "%.*s%u%s", (int)(number - line), line, i, number + 1);
        else
            at += sprintf(at, "%s", line);
    }
    return text;
}

static void check_cap(const char *head, const char *line, unsigned allowed)
{
    for (unsigned extra = 0; extra < 2; extra++) {
        char *text = repeated(head, line, allowed + extra);
        struct sdp *sdp = NULL;
        struct sdp_error error = {0};
        int status = sdp_parse(text, strlen(text), &sdp, &error);
        CU_ASSERT_EQUAL(status, extra ? -E2BIG : 0);
        CU_ASSERT_EQUAL(error.code, extra ? SDP_ERROR_LIMIT : 0);
        sdp_free(sdp);
        free(text);
    }
}

static void caps_are_kept(void)
{
    check_cap(HEAD, M, SDP_MAX_MEDIA);
    check_cap(HEAD, "a=x\r\n", SDP_MAX_LINES - 4);
    check_cap(HEAD M, "a=candidate:# 1 udp 1 192.0.2.1 9 typ host\r\n", SDP_MAX_CANDIDATES);
    check_cap(HEAD M, "a=ssrc:# cname:x\r\n", SDP_MAX_SSRCS);
    check_cap(HEAD M, "a=extmap:1 urn:x#\r\n", SDP_MAX_EXTMAPS);
    check_cap(HEAD M, "a=rid:r# send\r\n", SDP_MAX_RIDS);
    char *formats = repeated(HEAD "m=audio 9 RTP/AVP", " #", SDP_MAX_FORMATS + 1);
    struct sdp *sdp = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL(sdp_parse(formats, strlen(formats), &sdp, &error), -E2BIG);
    free(formats);
}

static void size_is_capped(void)
{
    char *text = malloc(SDP_MAX_BYTES + 2);
    struct sdp *sdp = NULL;
    struct sdp_error error;
    memset(text, 'x', SDP_MAX_BYTES + 2);
    memcpy(text, HEAD "a=", strlen(HEAD "a="));
    CU_ASSERT_EQUAL(sdp_parse(text, SDP_MAX_BYTES + 1, &sdp, &error), -E2BIG);
    CU_ASSERT_EQUAL(sdp_parse(text, SDP_MAX_BYTES, &sdp, &error), 0);
    sdp_free(sdp);
    free(text);
}

static const char full[] =
    HEAD "a=group:BUNDLE 0 1\r\na=ice-lite\r\na=extmap-allow-mixed\r\n"
         "a=fingerprint:SHA-256 ab:cd\r\na=ice-ufrag:sess\r\na=ice-pwd:password\r\na=setup:actpass\r\na=recvonly\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 63\r\na=mid:0\r\na=rtpmap:111 OPUS/48000/2\r\na=fmtp:111 minptime=10\r\n"
         "a=rtcp-fb:111 transport-cc\r\na=rtcp-fb:* nack pli\r\na=rtpmap:63 opus/48000\r\na=rtcp-mux\r\n"
         "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=bundle-only\r\na=sendonly\r\na=ice-ufrag:own1\r\n"
         "a=fingerprint:sha-512 01:02\r\na=setup:active\r\na=rtpmap:96 h264/90000\r\na=rtpmap:97 rtx/90000\r\n"
         "a=ssrc-group:FID 1 2\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:s t\r\na=ssrc:2 cname:c\r\na=msid:s t\r\n"
         "a=rid:h send pt=96;max-width=640\r\na=simulcast:send h;~q recv x\r\n"
         "a=candidate:1 1 UDP 5 name.local 9 typ srflx raddr 0.0.0.0 rport 0\r\na=end-of-candidates\r\n"
         "m=application 9 DTLS/SCTP 5000\r\na=mid:2\r\na=sctpmap:5000 webrtc-datachannel 65535\r\n"
         "a=max-message-size:262144\r\n";

static struct sdp *parse_full(void)
{
    struct sdp *sdp = NULL;
    struct sdp_error error = {0};
    CU_ASSERT_EQUAL_FATAL(sdp_parse(full, strlen(full), &sdp, &error), 0);
    CU_ASSERT_EQUAL_FATAL(sdp->media_count, 3);
    return sdp;
}

static void formats_are_found(void)
{
    struct sdp *sdp = parse_full();
    const struct sdp_media *audio = &sdp->media[0], *video = &sdp->media[1];
    CU_ASSERT_EQUAL(audio->format_count, 3);
    CU_ASSERT_EQUAL(audio->formats[0].codec, SDP_CODEC_OPUS); // names compare without case
    CU_ASSERT_STRING_EQUAL(audio->formats[0].fmtp, "minptime=10");
    CU_ASSERT_STRING_EQUAL(audio->formats[0].feedback[0], "transport-cc");
    CU_ASSERT_STRING_EQUAL(audio->feedback[0], "nack pli");
    CU_ASSERT_EQUAL(audio->formats[1].codec, SDP_CODEC_PCMU);  // static: needs no rtpmap
    CU_ASSERT_EQUAL(audio->formats[2].codec, SDP_CODEC_OTHER); // RFC 7587 4.1: Opus has two channels
    CU_ASSERT_EQUAL(video->formats[0].codec, SDP_CODEC_H264);
    CU_ASSERT_EQUAL(video->formats[1].codec, SDP_CODEC_RTX);
    sdp_free(sdp);
}

static void levels_inherit(void)
{
    struct sdp *sdp = parse_full();
    const struct sdp_media *audio = &sdp->media[0], *video = &sdp->media[1];
    unsigned count;
    CU_ASSERT_STRING_EQUAL(sdp_ice_ufrag(sdp, audio), "sess");
    CU_ASSERT_STRING_EQUAL(sdp_ice_ufrag(sdp, video), "own1");
    CU_ASSERT_STRING_EQUAL(sdp_fingerprints(sdp, audio, &count)->hash, "sha-256");
    CU_ASSERT_STRING_EQUAL(sdp_fingerprints(sdp, audio, &count)->value, "AB:CD");
    CU_ASSERT_STRING_EQUAL(sdp_fingerprints(sdp, video, &count)->hash, "sha-512");
    CU_ASSERT_EQUAL(sdp_setup_of(sdp, audio), SDP_ACTPASS);
    CU_ASSERT_EQUAL(sdp_setup_of(sdp, video), SDP_ACTIVE);
    CU_ASSERT_EQUAL(sdp_direction_of(sdp, audio), SDP_RECVONLY);
    CU_ASSERT_EQUAL(sdp_direction_of(sdp, video), SDP_SENDONLY);
    CU_ASSERT_TRUE(sdp->ice_lite && sdp->level.extmap_allow_mixed && video->bundle_only && audio->rtcp_mux);
    sdp_free(sdp);
}

static void streams_and_candidates_are_found(void)
{
    struct sdp *sdp = parse_full();
    const struct sdp_media *video = &sdp->media[1], *data = &sdp->media[2];
    CU_ASSERT_EQUAL(video->ssrc_count, 2);
    CU_ASSERT_EQUAL(video->ssrcs[0].ssrc, 1);
    CU_ASSERT_STRING_EQUAL(video->ssrcs[0].msid, "s t");
    CU_ASSERT_EQUAL(video->ssrc_groups[0].ssrcs[1], 2);
    CU_ASSERT_STRING_EQUAL(video->msids[0], "s t");
    CU_ASSERT_STRING_EQUAL(video->rids[0].restrictions, "pt=96;max-width=640");
    CU_ASSERT_STRING_EQUAL(video->simulcast_send, "h;~q");
    CU_ASSERT_STRING_EQUAL(video->simulcast_receive, "x");
    CU_ASSERT_STRING_EQUAL(video->candidates[0].address, "name.local");
    CU_ASSERT_STRING_EQUAL(video->candidates[0].rest, "raddr 0.0.0.0 rport 0");
    CU_ASSERT_TRUE(video->level.end_of_candidates);
    CU_ASSERT_EQUAL(data->kind, SDP_APPLICATION);
    CU_ASSERT_EQUAL(data->sctp_port, 5000);
    CU_ASSERT_EQUAL(data->max_message_size, 262144);
    CU_ASSERT_EQUAL(sdp->groups[0].count, 2);
    sdp_free(sdp);
}

void parse_suite(void);
void parse_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp parse", NULL, NULL);
    CU_add_test(suite, "the grammar of RFC 8866 is kept, and errors name their line", the_grammar_is_kept);
    CU_add_test(suite, "NUL and lone CR are refused", control_characters_are_refused);
    CU_add_test(suite, "each cap holds exactly", caps_are_kept);
    CU_add_test(suite, "256 KiB are the limit", size_is_capped);
    CU_add_test(suite, "formats are found, with case and channels minded", formats_are_found);
    CU_add_test(suite, "sections inherit from the session", levels_inherit);
    CU_add_test(suite, "streams, candidates and SCTP are found", streams_and_candidates_are_found);
}
