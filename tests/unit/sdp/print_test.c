// SPDX-License-Identifier: Apache-2.0
// What is printed is canonical: CRLF, types in their order, one form for each attribute.
#include "sdp.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

static const char loose[] = "v=0\nc=IN IP4 192.0.2.1\no=u 1 2 IN IP4 192.0.2.1\ns=name\nb=AS:5\nt=0 0\na=x-kept:1\n"
                            "a=fingerprint:SHA-256 ab:0c\n"
                            "m=audio 9 UDP/TLS/RTP/SAVPF 96 0\na=sendonly\na=fmtp:96 a=b\na=rtpmap:96 OPUS/48000/2\n"
                            "b=AS:1\nc=IN IP4 0.0.0.0\na=ssrc:1 label:x\na=mid:a\na=rtcp-mux\n";

static const char canonical[] =
    "v=0\r\no=u 1 2 IN IP4 192.0.2.1\r\ns=name\r\nc=IN IP4 192.0.2.1\r\nb=AS:5\r\nt=0 0\r\n"
    "a=fingerprint:sha-256 AB:0C\r\na=x-kept:1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96 0\r\nc=IN IP4 0.0.0.0\r\nb=AS:1\r\na=mid:a\r\na=sendonly\r\na=rtcp-mux\r\n"
    "a=rtpmap:96 OPUS/48000/2\r\na=fmtp:96 a=b\r\na=ssrc:1 label:x\r\n";

static struct sdp *parse(const char *text)
{
    struct sdp *sdp = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_parse(text, strlen(text), &sdp, &error), 0);
    return sdp;
}

static void text_is_canonical(void)
{
    static char text[SDP_PRINT_SIZE];
    struct sdp *sdp = parse(loose), *again = parse(canonical);
    CU_ASSERT_EQUAL(sdp_print(sdp, text, sizeof(text)), (int)strlen(canonical));
    CU_ASSERT_STRING_EQUAL(text, canonical);
    CU_ASSERT_EQUAL(sdp_print(again, text, sizeof(text)), (int)strlen(canonical));
    CU_ASSERT_STRING_EQUAL(text, canonical);
    sdp_free(sdp);
    sdp_free(again);
}

static void small_buffers_are_never_overrun(void)
{
    char text[sizeof(canonical) + 1];
    struct sdp *sdp = parse(canonical);
    for (size_t size = 0; size <= sizeof(canonical); size++) {
        memset(text, '#', sizeof(text));
        int length = sdp_print(sdp, text, size);
        CU_ASSERT_EQUAL(length, size < sizeof(canonical) ? -ENOSPC : (int)strlen(canonical));
        CU_ASSERT_EQUAL(text[size], '#');
    }
    sdp_free(sdp);
}

void print_suite(void);
void print_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp print", NULL, NULL);
    CU_add_test(suite, "text is canonical, and stable", text_is_canonical);
    CU_add_test(suite, "a buffer that is too small is told and not overrun", small_buffers_are_never_overrun);
}
