// SPDX-License-Identifier: Apache-2.0
// Proves: requests are written as the NG protocol wants them, and replies of any shape are read or refused.
#include "bencode.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "peers_suites.h"

static void writes_a_request(void)
{
    static const char wanted[] = "d7:command5:offer7:call-id4:a b:8:rtcp-muxl5:demux6:accepte3:sdp0:e";
    static const char *const mux[] = {"demux", "accept"};
    char text[128];
    struct bencode_writer writer;
    bencode_begin(&writer, text, sizeof(text));
    bencode_pair(&writer, "command", "offer");
    bencode_pair(&writer, "call-id", "a b:");
    bencode_list(&writer, "rtcp-mux", mux, 2);
    bencode_pair(&writer, "sdp", "");
    CU_ASSERT_EQUAL(bencode_end(&writer), (int)strlen(wanted));
    CU_ASSERT_STRING_EQUAL(text, wanted);
}

static void says_when_it_is_full(void)
{
    char text[24];
    for (size_t size = 1; size <= sizeof("d1:a1:be"); size++) {
        struct bencode_writer writer;
        bencode_begin(&writer, text, size);
        bencode_pair(&writer, "a", "b");
        CU_ASSERT_EQUAL(bencode_end(&writer), size < sizeof("d1:a1:be") ? -ENOSPC : 8);
    }
}

static void finds_strings(void)
{
    static const struct {
        const char *text, *key, *value;
        int verdict;
    } rows[] = {
        {"d6:result4:ponge", "result", "pong", 0},
        {"d6:result2:ok3:sdp5:v=0\r\ne", "sdp", "v=0\r\n", 0},
        {"d1:ai-12e1:bl1:xi1ed1:yi2eee3:sdp1:ze", "sdp", "z", 0},
        {"d8:supportsl10:load limite6:result4:ponge", "result", "pong", 0}, // keys need not be in order
        {"d3:sdp0:e", "sdp", "", 0},
        {"de", "sdp", NULL, -ENOENT},
        {"d6:result2:oke", "sdp", NULL, -ENOENT},
        {"d3:sdpi5ee", "sdp", NULL, -ENOENT}, // no string
        {"", "sdp", NULL, -EBADMSG},
        {"l3:sdpe", "sdp", NULL, -EBADMSG},
        {"d3:sdp", "sdp", NULL, -ENOENT},
        {"d6:result2:ok", "sdp", NULL, -EBADMSG}, // cut off
        {"d6:result9:oke", "sdp", NULL, -EBADMSG},
        {"d6:result99999999999:oke", "sdp", NULL, -EBADMSG},
        {"d-1:a1:be", "sdp", NULL, -EBADMSG},
        {"d1:ai5e", "sdp", NULL, -EBADMSG},
        {"d1:aiiii", "sdp", NULL, -EBADMSG},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *value = NULL;
        size_t size = 0, length = strlen(rows[i].text);
        char *exact = malloc(length ? length : 1); // no byte behind it may be read
        memcpy(exact, rows[i].text, length);
        CU_ASSERT_EQUAL(bencode_find(exact, length, rows[i].key, &value, &size), rows[i].verdict);
        if (rows[i].value && value) {
            CU_ASSERT_EQUAL(size, strlen(rows[i].value));
            CU_ASSERT_EQUAL(memcmp(value, rows[i].value, size), 0);
        }
        free(exact);
    }
}

static void bounds_depth(void)
{
    char text[4096] = "d1:a", *at = text + strlen(text);
    memset(at, 'l', 1000);
    memset(at + 1000, 'e', 1001);
    const char *value;
    size_t size;
    CU_ASSERT_EQUAL(bencode_find(text, strlen(text), "sdp", &value, &size), -EBADMSG);
}

void bencode_suite(void)
{
    CU_pSuite suite = CU_add_suite("bencode", NULL, NULL);
    CU_add_test(suite, "writes a request", writes_a_request);
    CU_add_test(suite, "says when it is full", says_when_it_is_full);
    CU_add_test(suite, "finds strings or says why not", finds_strings);
    CU_add_test(suite, "does not recurse without end", bounds_depth);
}
