// SPDX-License-Identifier: Apache-2.0
// Proves: elements are read in both forms, what does not fit its block ends the reading, a rewritten block says exactly
// the mapped elements, and nothing is written past the room given.
#include "rtp_extension.h"
#include "rtp_parse.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

#include "corpus.h"
#include "wire_suites.h"

#define FIXED "9060 0001 00000002 00000003 "

// 1 -> 4, 2 left out, 3 -> 3, 5 -> 20 (needs the two-byte form), 9 -> 1.
static const uint8_t ids[16] = {[1] = 4, [3] = 3, [5] = 20, [9] = 1};
static const struct rtp_extension_map map = {ids, sizeof(ids)};
static const struct rtp_extension_element mid = {(const uint8_t *)"a0", 4, 2};
static const struct rtp_extension_element number = {(const uint8_t *)"\x12\x34", 7, 2};

struct row {
    const char *what;
    const char *block;   // of the packet
    unsigned elements;   // read
    const char *written; // by a rewrite without additions
    const char *added;   // by a rewrite that adds mid 4 and number 7
    const char *patched; // block of the packet after its ids were mapped in place
};

static const struct row rows[] = {
    {"one-byte, three elements", "bede0002 10aa 21bbbb 30 cc 00", 3, "bede0001 40aa30cc", "bede0002 30cc 416130 711234",
     "bede0002 40aa 000000 30 cc 00"},
    {"one-byte, padding between", "bede0002 0010aa00 0030cc00", 2, "bede0001 40aa30cc", "bede0002 30cc 416130 711234",
     "bede0002 0040aa00 0030cc00"},
    {"one-byte, element past the end", "bede0002 10aa3fcc cccccccc", 1, "bede0001 40aa0000",
     "bede0002 416130 711234 0000", "bede0002 40aa0000 00000000"},
    {"one-byte, id 15 ends", "bede0002 10aaf030 cc30cc00", 1, "bede0001 40aa0000", "bede0002 416130 711234 0000",
     "bede0002 40aa0000 00000000"},
    {"one-byte, id 0 with a length ends", "bede0002 10aa01cc cc30cc00", 1, "bede0001 40aa0000",
     "bede0002 416130 711234 0000", "bede0002 40aa0000 00000000"},
    {"one-byte to an id above 14", "bede0001 50aa30cc", 2, "10000002 1401aa 0301cc 0000",
     "10000004 1401aa 0301cc 04026130 07021234 0000", "bede0001 000030cc"},
    {"two-byte, empty value", "10000001 01000900", 2, "10000001 04000100", "10000003 0100 04026130 07021234 0000",
     "10000001 04000100"},
    {"two-byte that fits one-byte", "10000001 0101aa00", 1, "bede0001 40aa0000", "bede0002 416130 711234 0000",
     "10000001 0401aa00"},
    {"two-byte with application bits", "10050001 0101aa00", 1, "bede0001 40aa0000", "bede0002 416130 711234 0000",
     "10050001 0401aa00"},
    {"two-byte, element past the end", "10000001 0101aa09", 1, "bede0001 40aa0000", "bede0002 416130 711234 0000",
     "10000001 0401aa00"},
    {"two-byte, length past the end", "10000001 0103aabb", 0, "", "bede0002 416130 711234 0000", "10000001 00000000"},
    {"all left out", "bede0001 21bbbb00", 1, "", "bede0002 416130 711234 0000", "bede0001 00000000"},
    {"empty block", "bede0000", 0, "", "bede0002 416130 711234 0000", "bede0000"},
    {"another profile", "abcd0001 10aa10aa", 0, "", "bede0002 416130 711234 0000", "abcd0001 10aa10aa"},
};

static struct corpus_bytes packet_of(const char *block, struct rtp_header *ret_header)
{
    char text[256] = FIXED;
    struct corpus_bytes bytes = corpus_hex(strcat(text, block));
    CU_ASSERT_EQUAL(rtp_parse(bytes.data, bytes.size, ret_header), (int)bytes.size);
    return bytes;
}

static void check_block(const char *hex, const uint8_t *block, int size)
{
    struct corpus_bytes expected = corpus_hex(hex);
    CU_ASSERT_EQUAL(size, (int)expected.size);
    CU_ASSERT_EQUAL(memcmp(block, expected.data, expected.size), 0);
    free(expected.data);
}

// Every room up to the needed one is refused, and the byte behind it stays.
static void check_room(const struct corpus_bytes *bytes, const struct rtp_header *header, int size)
{
    for (int room = 0; room < size; room++) {
        uint8_t block[64];
        memset(block, 0xaa, sizeof(block));
        CU_ASSERT_EQUAL(rtp_extension_rewrite(bytes->data, header, &map, NULL, 0, block, (size_t)room), -ENOSPC);
        CU_ASSERT_EQUAL(block[room], 0xaa);
    }
}

static void rewrites(void)
{
    const struct rtp_extension_element added[] = {mid, number};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rtp_header header;
        struct corpus_bytes bytes = packet_of(rows[i].block, &header);
        struct rtp_extension_iterator iterator = rtp_extension_begin(bytes.data, &header);
        struct rtp_extension_element element;
        uint8_t block[64];
        unsigned elements = 0;
        while (rtp_extension_next(&iterator, &element))
            elements++;
        CU_ASSERT_EQUAL(elements, rows[i].elements);
        memset(block, 0xaa, sizeof(block));
        int size = rtp_extension_rewrite(bytes.data, &header, &map, NULL, 0, block, sizeof(block));
        check_block(rows[i].written, block, size);
        check_room(&bytes, &header, size);
        size = rtp_extension_rewrite(bytes.data, &header, &map, added, 2, block, sizeof(block));
        check_block(rows[i].added, block, size);
        rtp_extension_patch_ids(bytes.data, &header, &map);
        check_block(rows[i].patched, bytes.data + 12, (int)bytes.size - 12);
        free(bytes.data);
    }
}

static void rewrites_without_extension(void)
{
    uint8_t data[12], block[16];
    struct rtp_header header;
    rtp_write_header(data, 96, false, 1, 2, 3);
    rtp_parse(data, sizeof(data), &header);
    CU_ASSERT_EQUAL(rtp_extension_rewrite(data, &header, &map, NULL, 0, block, sizeof(block)), 0);
    int size = rtp_extension_rewrite(data, &header, &map, &mid, 1, block, sizeof(block));
    check_block("bede0001 41613000", block, size);
    CU_ASSERT_EQUAL(rtp_extension_patch_ids(data, &header, &map), 0);
}

static void patches_values(void)
{
    struct rtp_header header;
    struct rtp_extension_element found;
    struct corpus_bytes bytes = packet_of("bede0002 40aa 7155550000 00", &header);
    CU_ASSERT_EQUAL(rtp_extension_patch_value(bytes.data, &header, &number), 0);
    CU_ASSERT(rtp_extension_find(bytes.data, &header, 7, &found));
    CU_ASSERT_EQUAL(memcmp(found.value, "\x12\x34", 2), 0);
    CU_ASSERT_EQUAL(rtp_extension_patch_value(bytes.data, &header, &mid), -ENOENT);
    CU_ASSERT_FALSE(rtp_extension_find(bytes.data, &header, 5, &found));
    free(bytes.data);
}

static void reckons_abs_send_time(void)
{
    CU_ASSERT_EQUAL(rtp_extension_abs_send_time(0), 0);
    CU_ASSERT_EQUAL(rtp_extension_abs_send_time(1000000), 1 << 18);
    CU_ASSERT_EQUAL(rtp_extension_abs_send_time(63500000), 0xfe0000);
    CU_ASSERT_EQUAL(rtp_extension_abs_send_time(64000000), 0);
    CU_ASSERT_EQUAL(rtp_extension_abs_send_time(UINT64_MAX - UINT64_MAX % 64000000 + 1000000 - 64000000), 1 << 18);
}

void rtp_extension_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/rtp_extension", NULL, NULL);
    CU_add_test(suite, "reads, rewrites and patches", rewrites);
    CU_add_test(suite, "rewrites a packet without extension", rewrites_without_extension);
    CU_add_test(suite, "patches values", patches_values);
    CU_add_test(suite, "reckons abs-send-time", reckons_abs_send_time);
}
