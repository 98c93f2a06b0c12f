// SPDX-License-Identifier: Apache-2.0
// What is taken apart by naru itself: paths, tokens, entity tags, lengths, media types; and what is put together.
#include "bearer.h"
#include "entity_tag.h"
#include "host.h"
#include "routes.h"
#include <CUnit/CUnit.h>
#include <string.h>

static void paths_match_whole_segments(void)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
        const char *first, *second;
    } rows[] = {
        {"/whip/{room}", "/whip/lobby", true, "lobby", ""},
        {"/whip/{room}/{id}", "/whip/lobby/12", true, "lobby", "12"},
        {"/whip/{room}", "/whip/", false, "", ""},
        {"/whip/{room}", "/whip/a/b", false, "", ""},
        {"/whip/{room}", "/whip/a/", false, "", ""},
        {"/whip/{room}/{id}", "/whip//12", false, "", ""},
        {"/whip/{room}", "/whipx", false, "", ""},
        {"/whip/{room}", "/WHIP/lobby", false, "", ""},
        {"/", "/", true, "", ""},
        {"/", "", false, "", ""},
        {"/demo", "/demo/", false, "", ""},
        {"/demo/", "/demo", false, "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX] = {{0}};
        CU_ASSERT_EQUAL(path_match(rows[i].pattern, rows[i].path, parameters), rows[i].matches);
        if (rows[i].matches) {
            CU_ASSERT_STRING_EQUAL(parameters[0], rows[i].first);
            CU_ASSERT_STRING_EQUAL(parameters[1], rows[i].second);
        }
    }
    char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX], path[400] = "/whip/";
    memset(path + 6, 'a', PATH_PARAMETER_MAX);
    CU_ASSERT_FALSE(path_match("/whip/{room}", path, parameters));
    path[6 + PATH_PARAMETER_MAX - 1] = '\0';
    CU_ASSERT_TRUE(path_match("/whip/{room}", path, parameters));
}

static void tokens_open_only_when_equal(void)
{
    struct config_strings tokens = {2, {"first-token", "second"}};
    static const struct {
        const char *authorization;
        bool opens;
    } rows[] = {
        {"Bearer first-token", true},
        {"Bearer second", true},
        {"bearer second", true},
        {"Bearer   second", true},
        {"Bearer first-toke", false},
        {"Bearer first-tokens", false},
        {"Bearer ", false},
        {"Bearer", false},
        {"", false},
        {"Basic second", false},
        {"Bearer second, second", false},
        {"Bearer \"second\"", false},
        {"second", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_EQUAL(bearer_opens(&tokens, rows[i].authorization), rows[i].opens);
    struct config_strings none = {0};
    CU_ASSERT_TRUE(bearer_opens(&none, ""));
    char huge[HTTP_VALUE_SIZE] = "Bearer ";
    memset(huge + 7, 'x', sizeof huge - 8);
    CU_ASSERT_FALSE(bearer_opens(&tokens, huge));
}

static void hosts_are_addresses_localhost_and_names(void)
{
    static const struct {
        const char *host;
        bool open, named; // without tokens; with names and tokens
    } rows[] = {
        {"", true, true},
        {"localhost", true, true},
        {"LocalHost:8080", true, true},
        {"localhost.:8080", true, true},
        {"127.0.0.1", true, true},
        {"192.0.2.7:65535", true, true},
        {"[::1]:8080", true, true},
        {"[fd07::2]", true, true},
        {"media.example", false, true},
        {"MEDIA.example:443", false, true},
        {"evil.example:8080", false, false},
        {"media.example.evil.example", false, false},
        {"localhost.evil.example", false, false},
        {"127.0.0.1.evil.example", false, false},
        {"127.1", false, false},
        {"2130706433", false, false},
        {"::1", false, false},
        {"[::1", false, false},
        {"[::1]evil", false, false},
        {"[localhost]", false, false},
        {"[127.0.0.1]", false, false},
        {":8080", false, false},
        {".", false, false},
        {"x y", false, false},
    };
    struct config open = {0}, named = {0}, guarded = {0};
    strcpy(named.http.names.item[named.http.names.count++], "media.example");
    strcpy(named.http.tokens.item[named.http.tokens.count++], "secret");
    guarded.http.tokens = named.http.tokens;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(host_is_served(&open, rows[i].host), rows[i].open);
        CU_ASSERT_EQUAL(host_is_served(&named, rows[i].host), rows[i].named);
        CU_ASSERT_TRUE(host_is_served(&guarded, rows[i].host)); // the token keeps them out
    }
    char huge[HTTP_VALUE_SIZE];
    memset(huge, 'x', sizeof huge);
    huge[sizeof huge - 1] = '\0';
    CU_ASSERT_FALSE(host_is_served(&open, huge));
}

static void entity_tags_are_strong_and_single(void)
{
    static const struct {
        const char *if_match, *tag; // NULL: refused
    } rows[] = {
        {"\"abc\"", "abc"},
        {"*", "*"},
        {"\"*\"", "*"},
        {"\"abc\" ", "abc"},
        {"W/\"abc\"", NULL},
        {"abc", NULL},
        {"\"\"", NULL},
        {"\"", NULL},
        {"", NULL},
        {"\"a\", \"b\"", NULL},
        {"\"1234567\"", "1234567"},
        {"\"12345678\"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char tag[8] = "";
        CU_ASSERT_EQUAL(entity_tag_parse(rows[i].if_match, tag, sizeof tag), rows[i].tag != NULL);
        if (rows[i].tag)
            CU_ASSERT_STRING_EQUAL(tag, rows[i].tag);
    }
}

static void lengths_are_digits(void)
{
    uint64_t length;
    CU_ASSERT_TRUE(content_length_parse("0", &length) && length == 0);
    CU_ASSERT_TRUE(content_length_parse("65536", &length) && length == 65536);
    static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "1,1", "0x10", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(content_length_parse(bad[i], &length));
}

static void media_types_ignore_case_and_parameters(void)
{
    CU_ASSERT_TRUE(media_type_is("application/sdp", "application/sdp"));
    CU_ASSERT_TRUE(media_type_is("Application/SDP; charset=utf-8", "application/sdp"));
    CU_ASSERT_FALSE(media_type_is("application/sdpx", "application/sdp"));
    CU_ASSERT_FALSE(media_type_is("", "application/sdp"));
}

static void header_values_cannot_smuggle_lines(void)
{
    struct http_response response = {.status = 200};
    response_header(&response, "Good", "%s", "value");
    response_header(&response, "Bad", "%s", "a\r\nSet-Cookie: b");
    CU_ASSERT_STRING_EQUAL(response.headers, "Good: value\r\n");
}

void parsers_suite(void);
void parsers_suite(void)
{
    CU_pSuite suite = CU_add_suite("parsers", NULL, NULL);
    CU_add_test(suite, "paths match whole segments", paths_match_whole_segments);
    CU_add_test(suite, "tokens open only when equal", tokens_open_only_when_equal);
    CU_add_test(suite, "hosts are addresses, localhost and names", hosts_are_addresses_localhost_and_names);
    CU_add_test(suite, "entity tags are strong and single", entity_tags_are_strong_and_single);
    CU_add_test(suite, "lengths are digits", lengths_are_digits);
    CU_add_test(suite, "media types ignore case and parameters", media_types_ignore_case_and_parameters);
    CU_add_test(suite, "header values cannot smuggle lines", header_values_cannot_smuggle_lines);
}
