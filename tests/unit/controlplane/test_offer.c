// SPDX-License-Identifier: Apache-2.0
#include "test_offer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 8192

static int add_section(char *text, const struct test_offer *offer, bool is_audio, unsigned mid)
{
    return sprintf(text,
                   "m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\n"
                   "a=ice-pwd:passwordpasswordpassword\r\na=ice-options:trickle\r\na=fingerprint:sha-256 %s\r\n"
                   "a=setup:%s\r\na=mid:%u\r\na=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:%u %s\r\n"
                   "a=rtcp-fb:%u transport-cc\r\na=rtcp-fb:%u goog-remb\r\na=rtcp-fb:%u nack pli\r\n"
                   "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                   "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
                   is_audio ? "audio" : "video", is_audio ? "111" : "96 97", offer->ufrag, offer->fingerprint,
                   offer->setup, mid, offer->receives ? "recvonly" : "sendonly", is_audio ? 111 : 96,
                   is_audio ? "opus/48000/2" : offer->video, is_audio ? 111 : 96, is_audio ? 111 : 96,
                   is_audio ? 111 : 96);
}

static int add_rtx(char *text)
{
    return sprintf(text, "a=rtcp-fb:96 nack\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n");
}

char *test_offer_make(const struct test_offer *offer)
{
    char *text = malloc(SIZE);
    int used = sprintf(text, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE %s\r\n",
                       offer->no_audio ? "1" : "0 1");
    if (!offer->no_audio) {
        used += add_section(text + used, offer, true, 0);
        if (!offer->receives)
            used += sprintf(text + used, "a=msid:stream audiotrack\r\na=ssrc:1111 cname:them\r\n");
    }
    used += add_section(text + used, offer, false, 1);
    used += add_rtx(text + used);
    if (!offer->receives)
        sprintf(text + used, "a=msid:stream videotrack\r\na=ssrc-group:FID 2222 3333\r\na=ssrc:2222 cname:them\r\n"
                             "a=ssrc:3333 cname:them\r\n");
    return text;
}

void test_sdp_get(const char *sdp, const char *name, char *ret_value, size_t size)
{
    const char *at = strstr(sdp, name);
    ret_value[0] = 0;
    if (at)
        snprintf(ret_value, size, "%.*s", (int)strcspn(at + strlen(name), "\r\n"), at + strlen(name));
}
