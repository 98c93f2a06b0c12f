// SPDX-License-Identifier: Apache-2.0
// The rules themselves: each notices the answer that breaks it. {what is replaced, by what, the clause that is broken}.
#include "offer_parts.h"
#include "policies.h"
#include "rules.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char offer[] = AUDIO_VIDEO SENDONLY "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" VIDEO_1 SENDONLY
                                                 "a=rtcp-fb:96 nack pli\r\n" DATA MID("2") TRANSPORT;

static const struct {
    const char *from, *to, *rule;
} breaks[] = {
    {"t=0 0\r\n", "t=0 0\n", "lines end with CRLF"},
    {"s=-", "s=x", "v, o, s, t in order"},
    {"m=video", "m=audio", "as many sections"},
    {"SAVPF 111", "SAVPF 112", "formats are a subset"},
    {"a=mid:1", "a=mid:x", "mids are those"},
    {"m=application 0", "m=application 9", "m=application"},
    {"a=recvonly", "a=sendonly", "directions answer"},
    {"a=group:BUNDLE 0 1", "a=group:BUNDLE 0", "BUNDLE names"},
    {"a=group:BUNDLE 0 1", "a=group:BUNDLE 0 1 2", "BUNDLE names"},
    {"a=rtcp-mux", "a=bundle-only", "a=bundle-only"},
    {"m=video 16384", "m=video 16385", "bundled sections"},
    {"198.51.100.7 16384 typ", "198.51.100.8 16384 typ", "the default destination"},
    {"a=mid:1\r\n", "a=mid:1\r\na=candidate:9\r\n", "candidates stand"},
    {"a=rtcp-mux", "a=x", "rtcp-mux always"},
    {"a=rtcp-mux", "a=rtcp-mux\r\na=rtcp-rsize", "rtcp-mux always"},
    {"a=setup:passive", "a=setup:actpass", "setup is"},
    {"a=fingerprint:", "a=x:", "ICE credentials"},
    {"a=ice-lite", "a=x", "ice-lite"},
    {"a=extmap:4", "a=extmap:5", "extensions keep"},
    {"VP8/90000", "VP9/90000", "payload types"},
    {"nack pli", "nack", "payload types"},
    {"nack pli", "nack", "nack only"},
    {"a=rtpmap:96", "a=rtpmap:97 H264/90000\r\na=rtpmap:96", "exactly one codec"},
    {"a=mid:1\r\n", "a=mid:1\r\na=rid:q recv\r\n", "a rid"},
    {"a=mid:1\r\n", "a=mid:1\r\na=ssrc:1 cname:c\r\n", "ssrc and msid"},
};

static char *replace(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    char *result = malloc(strlen(text) + strlen(to) + 1);
    sprintf(result, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return result;
}

static bool is_noticed(const char *answer, const char *rule)
{
    for (size_t i = 0; i < answer_rule_count; i++)
        if (strncmp(answer_rules[i].name, rule, strlen(rule)) == 0)
            return !answer_rules[i].holds(offer, answer);
    return false;
}

static void each_rule_notices_what_breaks_it(void)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(answer_text(offer, &publisher_policy, &answer, &error), 0);
    char *text = print_description(answer->description);
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        char *broken = replace(text, breaks[i].from, breaks[i].to);
        CU_ASSERT_FALSE(is_noticed(text, breaks[i].rule));
        bool noticed = is_noticed(broken, breaks[i].rule);
        CU_ASSERT_TRUE(noticed);
        if (!noticed)
            printf("not noticed: %s by %s\n", breaks[i].rule, breaks[i].to);
        free(broken);
    }
    free(text);
    sdp_answer_free(answer);
}

void rules_suite(void);
void rules_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp rules of answers", NULL, NULL);
    CU_add_test(suite, "each rule notices what breaks it", each_rule_notices_what_breaks_it);
}
