// SPDX-License-Identifier: Apache-2.0
// A plan writes what rtp_extension_rewrite writes, byte for byte, for any block that it plans.
#include "extension_plan.h"
#include "rtp_parse.h"
#include "wire_suites.h"

#include <CUnit/CUnit.h>

#define ROUNDS 20000

static uint64_t state = 0x9e3779b97f4a7c15ULL;

static unsigned draw(unsigned below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 0x2545f4914f6cdd1dULL) >> 33) % below;
}

// A packet with up to five elements, now and then with padding between them or in the two-byte form.
static size_t make_packet(uint8_t *data, struct rtp_header *ret_header)
{
    unsigned elements = draw(6);
    bool two_byte = draw(10) == 0;
    size_t size = RTP_HEADER_SIZE + 4;
    rtp_write_header(data, 96, false, 1, 2, 3);
    rtp_set_extension(data, true);
    for (unsigned i = 0; i < elements; i++) {
        unsigned id = 1 + draw(14), length = 1 + draw(4);
        if (two_byte)
            data[size++] = (uint8_t)id;
        data[size++] = (uint8_t)(two_byte ? length : id << 4 | (length - 1));
        for (unsigned byte = 0; byte < length; byte++)
            data[size++] = (uint8_t)draw(256);
        if (draw(12) == 0)
            data[size++] = 0;
    }
    while (size % 4)
        data[size++] = 0;
    bytes_put16(data + RTP_HEADER_SIZE, two_byte ? RTP_EXTENSION_TWO_BYTE : RTP_EXTENSION_ONE_BYTE);
    bytes_put16(data + RTP_HEADER_SIZE + 2, (uint16_t)((size - RTP_HEADER_SIZE - 4) / 4));
    CU_ASSERT_FATAL(rtp_parse(data, size, ret_header) > 0);
    return size;
}

static void draw_map(uint8_t ids[256])
{
    memset(ids, 0, 256);
    for (unsigned id = 1; id < 15; id++)
        ids[id] = draw(3) ? (uint8_t)(1 + draw(14)) : 0;
}

static void a_plan_writes_what_the_general_way_writes(void)
{
    unsigned planned = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint8_t data[128], ids[256], wanted[256], got[256], time[3];
        struct rtp_header header;
        const uint8_t *value;
        struct extension_plan plan;
        make_packet(data, &header);
        draw_map(ids);
        const struct rtp_extension_map map = {.ids = ids, .count = sizeof(ids)};
        uint32_t send_time = draw(1 << 24);
        bytes_put24(time, 0);
        struct rtp_extension_element added[2] = {
            {.id = (uint8_t)(1 + draw(7)), .value = (const uint8_t *)"a1", .size = 2},
            {.id = (uint8_t)(8 + draw(7)), .value = time, .size = 3}};
        uint64_t layout = extension_layout(data, &header, 0, 0, &value);
        extension_plan_make(layout, &map, added, 2, added[1].id, &plan);
        if (layout == EXTENSION_LAYOUT_UNKNOWN || plan.layout == EXTENSION_LAYOUT_UNKNOWN)
            continue;
        planned++;
        bytes_put24(time, send_time);
        int size = rtp_extension_rewrite(data, &header, &map, added, 2, wanted, sizeof(wanted));
        CU_ASSERT_EQUAL(extension_plan_write(&plan, data + header.extension_offset, send_time, got), size);
        CU_ASSERT(size > 0 && memcmp(wanted, got, (size_t)size) == 0);
    }
    CU_ASSERT(planned > ROUNDS / 2);
}

static void a_layout_tells_blocks_apart(void)
{
    static const struct {
        const char *what;
        uint8_t block[12];
        size_t size;
        uint64_t layout;
    } rows[] = {
        {"two elements", {0x10, 'a', 0x22, 1, 2, 3, 0, 0}, 8, 0x2210},
        {"a full block", {0x10, 'a', 0x20, 1}, 4, 0x2010},
        {"padding between", {0x10, 'a', 0, 0x20, 1, 0, 0, 0}, 8, EXTENSION_LAYOUT_UNKNOWN},
        {"id 15 ends", {0x10, 'a', 0xf0, 0}, 4, EXTENSION_LAYOUT_UNKNOWN},
        {"id 0 with a length", {0x10, 'a', 0x01, 0}, 4, EXTENSION_LAYOUT_UNKNOWN},
        {"past the end", {0x10, 'a', 0x23, 0}, 4, EXTENSION_LAYOUT_UNKNOWN},
        {"padding alone", {0, 0, 0, 0}, 4, EXTENSION_LAYOUT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rtp_header header = {.extension_offset = 4,
                                          .extension_size = (uint16_t)rows[i].size,
                                          .extension_profile = RTP_EXTENSION_ONE_BYTE};
        uint8_t packet[16] = {0};
        const uint8_t *value;
        memcpy(packet + 4, rows[i].block, rows[i].size);
        if (extension_layout(packet, &header, 2, 1, &value) != rows[i].layout)
            CU_FAIL(rows[i].what);
    }
    const struct rtp_header none = {0};
    const uint8_t *value;
    CU_ASSERT_EQUAL(extension_layout((const uint8_t *)"", &none, 1, 1, &value), EXTENSION_LAYOUT_NONE);
}

void extension_plan_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/extension_plan", NULL, NULL);
    CU_ADD_TEST(suite, a_plan_writes_what_the_general_way_writes);
    CU_ADD_TEST(suite, a_layout_tells_blocks_apart);
}
