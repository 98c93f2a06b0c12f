// SPDX-License-Identifier: Apache-2.0
// Trickle fragments (RFC 8840 9): {text, line that is wrong, or 0}, and what they hold.
#include "fragment.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

#define ICE  "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
#define M    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
#define HOST "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"

static const struct {
    const char *text;
    unsigned line;
} rows[] = {
    {ICE M "a=mid:0\r\n" HOST "a=end-of-candidates\r\n", 0},
    {ICE, 0},
    {ICE "a=group:BUNDLE 0 1\r\n" M "a=mid:0\r\n", 0},
    {HOST, 1},
    {ICE "v=0\r\n", 3},
    {ICE M "a=mid:0\r\nc=IN IP4 0.0.0.0\r\n", 5},
    {ICE M "a=candidate:1 1 udp\r\n", 4},
    {"hello", 1},
};

static void the_grammar_is_kept(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sdp_fragment *fragment = NULL;
        struct sdp_error error = {0};
        int status = sdp_fragment_parse(rows[i].text, strlen(rows[i].text), &fragment, &error);
        CU_ASSERT_EQUAL(status, rows[i].line ? -EBADMSG : 0);
        CU_ASSERT_EQUAL(error.line, rows[i].line);
        sdp_fragment_free(fragment);
    }
}

static void sections_are_found(void)
{
    static const char text[] =
        ICE M "a=mid:0\r\n" HOST HOST "a=end-of-candidates\r\n" M "a=mid:1\r\na=ice-ufrag:own1\r\n";
    struct sdp_fragment *fragment = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_fragment_parse(text, strlen(text), &fragment, &error), 0);
    CU_ASSERT_EQUAL_FATAL(fragment->section_count, 2);
    CU_ASSERT_STRING_EQUAL(fragment->ice_ufrag, "EsAw");
    CU_ASSERT_STRING_EQUAL(fragment->sections[0].mid, "0");
    CU_ASSERT_STRING_EQUAL(fragment->sections[0].ice_ufrag, "EsAw");
    CU_ASSERT_STRING_EQUAL(fragment->sections[1].ice_ufrag, "own1");
    CU_ASSERT_EQUAL(fragment->sections[0].candidate_count, 2);
    CU_ASSERT_EQUAL(fragment->sections[0].candidates[1].port, 61764);
    CU_ASSERT_TRUE(fragment->sections[0].end_of_candidates);
    CU_ASSERT_FALSE(fragment->end_of_candidates); // section 1 is not at its end
    sdp_fragment_free(fragment);
}

// Some clients tell the credentials below the m-line only.
static void credentials_of_a_section_are_the_fragments(void)
{
    static const char text[] = M "a=mid:0\r\n" ICE "a=end-of-candidates\r\n";
    struct sdp_fragment *fragment = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_fragment_parse(text, strlen(text), &fragment, &error), 0);
    CU_ASSERT_STRING_EQUAL(fragment->ice_ufrag, "EsAw");
    CU_ASSERT_STRING_EQUAL(fragment->ice_pwd, "P2uYro0UCOQ4zxjKXaWCBui1");
    CU_ASSERT_TRUE(fragment->end_of_candidates);
    sdp_fragment_free(fragment);
}

static void print_is_parsed_again(void)
{
    static const char text[] = ICE M "a=mid:0\r\n" HOST "a=end-of-candidates\r\n";
    char printed[1024];
    struct sdp_fragment *fragment = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_fragment_parse(text, strlen(text), &fragment, &error), 0);
    CU_ASSERT_EQUAL(sdp_fragment_print(fragment, printed, sizeof(printed)), (int)strlen(text));
    CU_ASSERT_STRING_EQUAL(printed, text);
    CU_ASSERT_EQUAL(sdp_fragment_print(fragment, printed, 10), -ENOSPC);
    sdp_fragment_free(fragment);
}

static void half_credentials_are_printed_as_such(void)
{
    static const char text[] = ICE M "a=mid:0\r\n" M "a=mid:1\r\na=ice-pwd:otherotherotherotherother\r\n";
    char printed[1024];
    struct sdp_fragment *fragment = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_fragment_parse(text, strlen(text), &fragment, &error), 0);
    CU_ASSERT_EQUAL(sdp_fragment_print(fragment, printed, sizeof(printed)), (int)strlen(text));
    CU_ASSERT_STRING_EQUAL(printed, text);
    sdp_fragment_free(fragment);
}

void fragment_suite(void);
void fragment_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp fragment", NULL, NULL);
    CU_add_test(suite, "the grammar of RFC 8840 is kept", the_grammar_is_kept);
    CU_add_test(suite, "sections and candidates are found", sections_are_found);
    CU_add_test(suite, "credentials below an m-line count", credentials_of_a_section_are_the_fragments);
    CU_add_test(suite, "a printed fragment is the parsed one", print_is_parsed_again);
    CU_add_test(suite, "a section's own password is printed alone", half_credentials_are_printed_as_such);
}
