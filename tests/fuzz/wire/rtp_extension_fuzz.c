// SPDX-License-Identifier: Apache-2.0
// A rewrite with all ids kept says the same elements; patching ids in place does too; no room is overrun.
#include "rtp_extension.h"
#include "rtp_parse.h"

#include "expect.h"

static uint8_t same_ids[256];
static uint8_t other_ids[256];

static void expect_same(struct rtp_extension_iterator a, struct rtp_extension_iterator b)
{
    struct rtp_extension_element first, second;
    while (rtp_extension_next(&a, &first)) {
        expect_readable(first.value, first.size);
        EXPECT(rtp_extension_next(&b, &second));
        EXPECT(first.id == second.id && first.size == second.size);
        EXPECT(memcmp(first.value, second.value, first.size) == 0);
    }
    EXPECT(!rtp_extension_next(&b, &second));
}

static void rewrite(const uint8_t *packet, const struct rtp_header *header, const uint8_t *ids, size_t room)
{
    const struct rtp_extension_map map = {ids, 256};
    const struct rtp_extension_element added = {(const uint8_t *)"\x12\x34", 200, 2};
    uint8_t *block = malloc(room ? room : 1);
    int size = rtp_extension_rewrite(packet, header, &map, NULL, 0, block, room);
    EXPECT(size <= (int)room);
    if (size >= 4 && ids == same_ids) {
        struct rtp_header copy = {.extension_size = (uint16_t)(size - 4), .extension_offset = 4};
        copy.extension_profile = bytes_get16(block);
        EXPECT(4 * bytes_get16(block + 2) == size - 4);
        expect_same(rtp_extension_begin(packet, header), rtp_extension_begin(block, &copy));
    }
    size = rtp_extension_rewrite(packet, header, &map, &added, 1, block, room);
    EXPECT(size != 0 && size <= (int)room);
    free(block);
}

static void patch(const uint8_t *packet, size_t size, const struct rtp_header *header)
{
    const struct rtp_extension_map same = {same_ids, 256}, other = {other_ids, 256};
    struct rtp_extension_element element = {packet, 1, 4};
    uint8_t *copy = memcpy(malloc(size), packet, size);
    rtp_extension_patch_ids(copy, header, &same);
    expect_same(rtp_extension_begin(packet, header), rtp_extension_begin(copy, header));
    rtp_extension_patch_value(copy, header, &element);
    rtp_extension_patch_ids(copy, header, &other);
    EXPECT(memcmp(copy, packet, header->extension_offset) == 0);
    EXPECT(memcmp(copy + header->payload_offset, packet + header->payload_offset, size - header->payload_offset) == 0);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtp_header header;
    for (unsigned i = 1; i < 256; i++) {
        same_ids[i] = (uint8_t)i;
        other_ids[i] = (uint8_t)(i * 7 % 19);
    }
    if (rtp_parse(data, size, &header) < 0)
        return 0;
    const size_t rooms[] = {0, 4, 12, 21, 64, 2 * size + 16};
    for (unsigned i = 0; i < 6; i++) {
        rewrite(data, &header, same_ids, rooms[i]);
        rewrite(data, &header, other_ids, rooms[i]);
    }
    patch(data, size, &header);
    return 0;
}
