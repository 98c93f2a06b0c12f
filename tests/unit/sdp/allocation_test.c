// SPDX-License-Identifier: Apache-2.0
// Every allocation is failed once: -ENOMEM, nothing leaked (LeakSanitizer), nothing half done.
#include "fragment.h"
#include "policies.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static int allocations_left = -1; // -1: no limit

void *__wrap_calloc(size_t count, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __real_calloc(count, size);
}

static const char section[] =
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:%u\r\na=rtpmap:96 VP8/90000\r\na=rtcp-mux\r\na=ice-ufrag:user\r\n"
    "a=ice-pwd:passwordpasswordpassword\r\na=setup:actpass\r\na=sendrecv\r\na=x-filler:%s\r\n"
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";

// Long enough for several chunks of the arena.
static char *long_offer(void)
{
    char filler[401], *text = malloc(SDP_MAX_BYTES), *at = text;
    memset(filler, 'f', 400);
    filler[400] = '\0';
    at += sprintf(at, "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
    for (unsigned i = 0; i < 64; i++)
        at += sprintf(at, " %u", i);
    at += sprintf(at, "\r\n");
    for (unsigned i = 0; i < 64; i++)
        at += sprintf(at, section, i, filler);
    return text;
}

static void parsing_survives(void)
{
    char *text = long_offer();
    int status = -ENOMEM;
    unsigned failures = 0;
    for (; status == -ENOMEM; failures++) {
        struct sdp *sdp = NULL;
        struct sdp_error error = {0};
        allocations_left = (int)failures;
        status = sdp_parse(text, strlen(text), &sdp, &error);
        allocations_left = -1;
        CU_ASSERT_EQUAL(error.code, status ? SDP_ERROR_MEMORY : 0);
        sdp_free(sdp);
    }
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_TRUE(failures > 4);
    free(text);
}

static void answering_survives(void)
{
    char *text = long_offer();
    struct sdp *offer = NULL;
    struct sdp_error error;
    int status = -ENOMEM;
    unsigned failures = 0;
    CU_ASSERT_EQUAL_FATAL(sdp_parse(text, strlen(text), &offer, &error), 0);
    for (; status == -ENOMEM; failures++) {
        struct sdp_answer *answer = NULL;
        allocations_left = (int)failures;
        status = sdp_answer(offer, &publisher_policy, &answer, &error);
        allocations_left = -1;
        sdp_answer_free(answer);
    }
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_TRUE(failures > 4);
    sdp_free(offer);
    free(text);
}

static void fragments_survive(void)
{
    static const char text[] = "a=ice-ufrag:user\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n";
    int status = -ENOMEM;
    for (int failures = 0; status == -ENOMEM; failures++) {
        struct sdp_fragment *fragment = NULL;
        struct sdp_error error;
        allocations_left = failures;
        status = sdp_fragment_parse(text, strlen(text), &fragment, &error);
        allocations_left = -1;
        sdp_fragment_free(fragment);
    }
    CU_ASSERT_EQUAL(status, 0);
}

void allocation_suite(void);
void allocation_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp allocation", NULL, NULL);
    CU_add_test(suite, "parsing survives each failed allocation", parsing_survives);
    CU_add_test(suite, "answering survives each failed allocation", answering_survives);
    CU_add_test(suite, "fragments survive each failed allocation", fragments_survive);
}
