// SPDX-License-Identifier: Apache-2.0
// Messages between naru-control and naru-sctp: what is one, and what is not.
#include "link_message.h"
#include "sctp_suites.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

static uint8_t bytes[LINK_MESSAGE_MAX + 1];

static void what_was_written_is_read(void)
{
    for (uint8_t kind = LINK_HELLO; kind < LINK_KINDS; kind++) {
        const uint8_t data[LINK_SETUP_SIZE] = {1, 2, 3};
        bool has_data = kind == LINK_OPEN || kind == LINK_SEND || kind == LINK_PACKET || kind == LINK_DELIVERED;
        const struct link_message message = {
            kind, LINK_FIRST, 77, 5, 6, 51, 1ULL << 40, data, has_data ? sizeof(data) : 0};
        struct link_message read;
        int size = link_message_write(&message, bytes, sizeof(bytes));
        CU_ASSERT_EQUAL_FATAL(size, LINK_HEADER_SIZE + (int)message.size);
        CU_ASSERT_EQUAL_FATAL(link_message_parse(bytes, (size_t)size, &read), 0);
        CU_ASSERT(read.kind == kind && read.flags == LINK_FIRST && read.stream == 77 && read.transport == 5);
        CU_ASSERT(read.generation == 6 && read.ppid == 51 && read.number == 1ULL << 40);
        CU_ASSERT(read.size == message.size && (!has_data || !memcmp(read.data, data, read.size)));
        CU_ASSERT_EQUAL(link_message_write(&message, bytes, (size_t)size - 1), -EMSGSIZE);
    }
}

static void what_is_too_long_or_short_or_unknown_is_none(void)
{
    static const struct {
        uint8_t kind;
        size_t size; // behind the header
        int verdict;
    } rows[] = {{0, 0, -EBADMSG},
                {LINK_KINDS, 0, -EBADMSG},
                {255, 0, -EBADMSG},
                {LINK_HELLO, 0, 0},
                {LINK_HELLO, 1, -EBADMSG},
                {LINK_OPEN, LINK_SETUP_SIZE, 0},
                {LINK_OPEN, LINK_SETUP_SIZE - 1, -EBADMSG},
                {LINK_PACKET, LINK_PACKET_MAX, 0},
                {LINK_PACKET, LINK_PACKET_MAX + 1, -EBADMSG},
                {LINK_SEND, LINK_PIECE_MAX, 0},
                {LINK_SEND, LINK_PIECE_MAX + 1, -EBADMSG},
                {LINK_RESET, 4, 0},
                {LINK_RESET, 3, -EBADMSG},
                {LINK_DOWN, LINK_REASON_MAX, 0},
                {LINK_DOWN, LINK_REASON_MAX + 1, -EBADMSG}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct link_message message;
        memset(bytes, 0, sizeof(bytes));
        bytes[0] = rows[i].kind;
        CU_ASSERT_EQUAL(link_message_parse(bytes, LINK_HEADER_SIZE + rows[i].size, &message), rows[i].verdict);
    }
    struct link_message message;
    bytes[0] = LINK_HELLO;
    CU_ASSERT_EQUAL(link_message_parse(bytes, LINK_HEADER_SIZE - 1, &message), -EBADMSG);
    CU_ASSERT_EQUAL(link_message_parse(bytes, 0, &message), -EBADMSG);
}

static void a_setup_has_ports_and_sizes(void)
{
    const struct link_setup good = {5000, 5001, 1163, 1024, 262144};
    struct link_setup setup;
    link_setup_write(&good, bytes);
    CU_ASSERT_EQUAL_FATAL(link_setup_parse(bytes, LINK_SETUP_SIZE, &setup), 0);
    CU_ASSERT(!memcmp(&setup, &good, sizeof(good)));
    const struct link_setup bad[] = {
        {0, 1, 1163, 1, 1}, {1, 0, 1163, 1, 1}, {1, 1, 255, 1, 1}, {1, 1, 1537, 1, 1}, {1, 1, 1163, 0, 1}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        link_setup_write(&bad[i], bytes);
        CU_ASSERT_EQUAL(link_setup_parse(bytes, LINK_SETUP_SIZE, &setup), -EBADMSG);
    }
}

void link_message_suite(void)
{
    CU_pSuite suite = CU_add_suite("link messages", NULL, NULL);
    CU_add_test(suite, "what was written is read", what_was_written_is_read);
    CU_add_test(suite, "what is too long, short or unknown is none", what_is_too_long_or_short_or_unknown_is_none);
    CU_add_test(suite, "a setup has ports and sizes", a_setup_has_ports_and_sizes);
}
