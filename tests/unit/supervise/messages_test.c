// SPDX-License-Identifier: Apache-2.0
// Proves: what a service says to its manager, and naru-ctl to the supervisor, is taken as it is meant, or not at all.
#include "notify_message.h"
#include "request.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567890123" // 64: one too many

static void test_notify(void)
{
    static const struct {
        const char *text;
        int error;
        struct notify_message message;
    } rows[] = {
        {"FDSTORE=1\nFDPOLL=0\nFDNAME=intent", 0, {.keep = true, .name = "intent"}},
        {"FDNAME=worker-wake-15\nFDSTORE=1\n", 0, {.keep = true, .name = "worker-wake-15"}},
        {"FDSTOREREMOVE=1\nFDNAME=journal", 0, {.forget = true, .name = "journal"}},
        {"WATCHDOG=1", 0, {.alive = true}},
        {"READY=1\nSTATUS=up\nWATCHDOG=1\n", 0, {.alive = true}},
        {"STOPPING=1", 0, {.stops = true}},
        {"", 0, {0}},
        {"\n\n", 0, {0}},
        {"FDSTORE=10", 0, {0}},
        {"XFDSTORE=1", 0, {0}},
        {"FDSTORE=1 ", 0, {0}},
        {"FDNAME=", -EBADMSG, {0}},
        {"FDNAME=a:b", -EBADMSG, {0}},
        {"FDNAME=a b", -EBADMSG, {0}},
        {"FDNAME=\x7f", -EBADMSG, {0}},
        {"FDSTORE=1\nFDNAME=" LONG_NAME, -EBADMSG, {0}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct notify_message message = {0};
        CU_ASSERT_EQUAL(notify_message_parse(rows[i].text, strlen(rows[i].text), &message), rows[i].error);
        CU_ASSERT(message.keep == rows[i].message.keep && message.forget == rows[i].message.forget);
        CU_ASSERT(message.alive == rows[i].message.alive && message.stops == rows[i].message.stops);
        CU_ASSERT_STRING_EQUAL(message.name, rows[i].message.name);
    }
}

static void test_request(void)
{
    static const struct {
        const char *text;
        int error;
        enum request request;
    } rows[] = {
        {"upgrade control", 0, REQUEST_UPGRADE_CONTROL},
        {"upgrade dataplane", 0, REQUEST_UPGRADE_DATAPLANE},
        {"upgrade supervise", 0, REQUEST_UPGRADE_SUPERVISE},
        {"status", 0, REQUEST_STATUS},
        {"upgrade", -EBADMSG, 0},
        {"upgrade control ", -EBADMSG, 0},
        {"upgrade contro", -EBADMSG, 0},
        {"", -EBADMSG, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum request request = 0;
        CU_ASSERT_EQUAL(request_parse(rows[i].text, strlen(rows[i].text), &request), rows[i].error);
        CU_ASSERT_EQUAL(request, rows[i].request);
    }
}

void messages_suite(void)
{
    CU_pSuite suite = CU_add_suite("messages", NULL, NULL);
    CU_add_test(suite, "what a service says to its manager", test_notify);
    CU_add_test(suite, "what naru-ctl asks for", test_request);
}
