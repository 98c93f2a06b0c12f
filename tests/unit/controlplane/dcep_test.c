// SPDX-License-Identifier: Apache-2.0
// RFC 8832 5: what is an OPEN or an ACK, and what is not.
#include "controlplane_suites.h"
#include "dcep.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

#define OPEN(type, priority, parameter, label, protocol)                                                               \
    "\x03" type "\x00" priority "\x00\x00\x00" parameter "\x00" label "\x00" protocol

static const struct {
    const char *bytes;
    size_t size;
    int verdict;
    bool is_unordered;
    enum dcep_reliability reliability;
    uint32_t parameter;
} rows[] = {
    {"\x02", 1, 1, false, DCEP_RELIABLE, 0},
    {"\x02\x00", 2, -EBADMSG, false, DCEP_RELIABLE, 0},
    {"", 0, -EBADMSG, false, DCEP_RELIABLE, 0},
    {"\x01", 1, -EBADMSG, false, DCEP_RELIABLE, 0},
    {OPEN("\x00", "\x80", "\x00", "\x03", "\x02") "catv1", 17, 17, false, DCEP_RELIABLE, 0},
    {OPEN("\x00", "\x80", "\x09", "\x03", "\x02") "catv1", 17, 17, false, DCEP_RELIABLE, 0}, // ignored
    {OPEN("\x80", "\x80", "\x00", "\x00", "\x00"), 12, 12, true, DCEP_RELIABLE, 0},
    {OPEN("\x01", "\x80", "\x05", "\x00", "\x00"), 12, 12, false, DCEP_BY_COUNT, 5},
    {OPEN("\x82", "\x80", "\x64", "\x00", "\x00"), 12, 12, true, DCEP_BY_TIME, 100},
    {OPEN("\x03", "\x80", "\x00", "\x00", "\x00"), 12, -EBADMSG, false, DCEP_RELIABLE, 0}, // no such type
    {OPEN("\x40", "\x80", "\x00", "\x00", "\x00"), 12, -EBADMSG, false, DCEP_RELIABLE, 0},
    {OPEN("\x00", "\x80", "\x00", "\x03", "\x02") "catv", 16, -EBADMSG, false, DCEP_RELIABLE, 0},   // short
    {OPEN("\x00", "\x80", "\x00", "\x03", "\x02") "catv1!", 18, -EBADMSG, false, DCEP_RELIABLE, 0}, // long
    {OPEN("\x00", "\x80", "\x00", "\x00", "\x00"), 11, -EBADMSG, false, DCEP_RELIABLE, 0},
};

static void opens_and_acks_are_read(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dcep_message message;
        CU_ASSERT_EQUAL(dcep_parse((const uint8_t *)rows[i].bytes, rows[i].size, &message), rows[i].verdict);
        if (rows[i].verdict < DCEP_OPEN_HEADER)
            continue;
        CU_ASSERT_EQUAL(message.open.is_unordered, rows[i].is_unordered);
        CU_ASSERT_EQUAL(message.open.reliability, rows[i].reliability);
        CU_ASSERT_EQUAL(message.open.parameter, rows[i].parameter);
    }
}

static void what_was_written_is_read(void)
{
    const struct dcep_open open = {true, DCEP_BY_COUNT, 3, 512, (const uint8_t *)"label", (const uint8_t *)"p", 5, 1};
    uint8_t bytes[64];
    struct dcep_message message;
    int size = dcep_write_open(&open, bytes, sizeof(bytes));
    CU_ASSERT_EQUAL_FATAL(size, 18);
    CU_ASSERT_EQUAL(dcep_write_open(&open, bytes, 17), -EMSGSIZE);
    CU_ASSERT_EQUAL_FATAL(dcep_parse(bytes, (size_t)size, &message), size);
    CU_ASSERT(message.kind == DCEP_OPEN && message.open.is_unordered && message.open.parameter == 3);
    CU_ASSERT(message.open.priority == 512 && !memcmp(message.open.label, "label", 5));
    CU_ASSERT(message.open.protocol_size == 1 && message.open.protocol[0] == 'p');
}

static void labels_are_utf8(void)
{
    static const struct {
        const char *text;
        bool verdict;
    } texts[] = {{"", true},          {"naru", true},          {"\xeb\x82\x98", true},      {"\xf0\x9f\x9b\xb6", true},
                 {"\xc0\x80", false}, {"\xed\xa0\x80", false}, {"\xf4\x90\x80\x80", false}, {"\xe2\x82", false},
                 {"a\x80", false},    {"\xff", false},         {"\xe0\x80\xaf", false},     {"\xc3\x28", false}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        CU_ASSERT_EQUAL(dcep_is_utf8((const uint8_t *)texts[i].text, strlen(texts[i].text)), texts[i].verdict);
}

void dcep_suite(void)
{
    CU_pSuite suite = CU_add_suite("dcep", NULL, NULL);
    CU_add_test(suite, "opens and acks are read", opens_and_acks_are_read);
    CU_add_test(suite, "what was written is read", what_was_written_is_read);
    CU_add_test(suite, "labels are UTF-8", labels_are_utf8);
}
