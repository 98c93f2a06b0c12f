// SPDX-License-Identifier: Apache-2.0
#include "rtp_extension.h"

#include <errno.h>

#define BLOCK_HEADER_SIZE 4

struct rtp_extension_iterator rtp_extension_begin(const uint8_t *packet, const struct rtp_header *header)
{
    const uint8_t *first = packet + header->extension_offset;
    bool two_byte = (header->extension_profile & 0xfff0) == RTP_EXTENSION_TWO_BYTE;
    bool known = two_byte || header->extension_profile == RTP_EXTENSION_ONE_BYTE;
    return (struct rtp_extension_iterator){first, first + (known ? header->extension_size : 0), two_byte};
}

// The element at the iterator; false ends the block.
static inline bool read_element(const struct rtp_extension_iterator *iterator, struct rtp_extension_element *element)
{
    const uint8_t *at = iterator->next;
    if (iterator->two_byte) {
        if (iterator->end - at < 2)
            return false;
        *element = (struct rtp_extension_element){.value = at + 2, .id = at[0], .size = at[1]};
    } else {
        *element = (struct rtp_extension_element){.value = at + 1, .id = at[0] >> 4, .size = (at[0] & 0x0f) + 1};
        // RFC 8285 4.2: id 15, and id 0 with a length, end the reading.
        if (element->id == 0 || element->id > RTP_EXTENSION_ONE_BYTE_IDS)
            return false;
    }
    return element->size <= iterator->end - element->value;
}

// Inlined into this file's loops: an element stays in registers, for what was stored in parts is slow to load whole.
static inline bool take_next(struct rtp_extension_iterator *iterator, struct rtp_extension_element *ret_element)
{
    while (iterator->next < iterator->end && *iterator->next == 0)
        iterator->next++;
    if (iterator->next == iterator->end || !read_element(iterator, ret_element)) {
        iterator->end = iterator->next;
        return false;
    }
    iterator->next = ret_element->value + ret_element->size;
    return true;
}

bool rtp_extension_next(struct rtp_extension_iterator *iterator, struct rtp_extension_element *ret_element)
{
    return take_next(iterator, ret_element);
}

bool rtp_extension_find(const uint8_t *packet, const struct rtp_header *header, uint8_t id,
                        struct rtp_extension_element *ret_element)
{
    struct rtp_extension_iterator iterator = rtp_extension_begin(packet, header);
    struct rtp_extension_element element;
    while (take_next(&iterator, &element)) {
        if (element.id == id) {
            *ret_element = element;
            return true;
        }
    }
    return false;
}

static uint8_t map_id(const struct rtp_extension_map *map, uint8_t id)
{
    return id < map->count ? map->ids[id] : 0;
}

static bool fits_one_byte(uint8_t id, uint8_t size)
{
    return id <= RTP_EXTENSION_ONE_BYTE_IDS && size >= 1 && size <= 16;
}

struct block {
    uint8_t *data;
    size_t capacity;
    size_t size;
    bool two_byte;
};

static int append(struct block *block, const struct rtp_extension_element *element)
{
    size_t head = block->two_byte ? 2 : 1;
    if (!block->two_byte && !fits_one_byte(element->id, element->size))
        return -ERANGE;
    if (head + element->size > block->capacity - block->size)
        return -ENOSPC;
    uint8_t *to = block->data + block->size;
    to[0] = block->two_byte ? element->id : (uint8_t)(element->id << 4 | (element->size - 1));
    if (block->two_byte)
        to[1] = element->size;
    if (element->size)
        memcpy(to + head, element->value, element->size);
    block->size += head + element->size;
    return 0;
}

static bool is_added(const struct rtp_extension_element *added, size_t count, uint8_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (added[i].id == id)
            return true;
    }
    return false;
}

static int append_mapped(struct block *block, struct rtp_extension_iterator iterator,
                         const struct rtp_extension_map *map, const struct rtp_extension_element *added, size_t count)
{
    struct rtp_extension_element element;
    int error = 0;
    while (!error && take_next(&iterator, &element)) {
        element.id = map_id(map, element.id);
        if (element.id && !is_added(added, count, element.id))
            error = append(block, &element);
    }
    for (size_t i = 0; !error && i < count; i++)
        error = append(block, &added[i]);
    return error;
}

// Profile, length, and zeros up to a multiple of 4. Returns the size, 0 for a block without elements.
static int close_block(struct block *block)
{
    if (block->size == BLOCK_HEADER_SIZE)
        return 0;
    size_t end = (block->size + 3) & ~(size_t)3;
    if (end > block->capacity)
        return -ENOSPC;
    memset(block->data + block->size, 0, end - block->size);
    bytes_put16(block->data, block->two_byte ? RTP_EXTENSION_TWO_BYTE : RTP_EXTENSION_ONE_BYTE);
    bytes_put16(block->data + 2, (uint16_t)((end - BLOCK_HEADER_SIZE) / 4));
    return (int)end;
}

int rtp_extension_rewrite(const uint8_t *packet, const struct rtp_header *header, const struct rtp_extension_map *map,
                          const struct rtp_extension_element *added, size_t added_count, uint8_t *block,
                          size_t capacity)
{
    if (capacity < BLOCK_HEADER_SIZE)
        return -ENOSPC;
    struct rtp_extension_iterator elements = rtp_extension_begin(packet, header);
    struct block out = {block, capacity, BLOCK_HEADER_SIZE, false};
    int error = append_mapped(&out, elements, map, added, added_count);
    if (error == -ERANGE) {
        out = (struct block){block, capacity, BLOCK_HEADER_SIZE, true};
        error = append_mapped(&out, elements, map, added, added_count);
    }
    return error ? error : close_block(&out);
}

int rtp_extension_patch_ids(uint8_t *packet, const struct rtp_header *header, const struct rtp_extension_map *map)
{
    struct rtp_extension_iterator iterator = rtp_extension_begin(packet, header);
    const uint8_t *end = iterator.end;
    struct rtp_extension_element element;
    int left = 0;
    while (take_next(&iterator, &element)) {
        uint8_t id = map_id(map, element.id);
        size_t head = iterator.two_byte ? 2 : 1;
        uint8_t *at = packet + (element.value - packet) - head;
        if (id == 0 || (!iterator.two_byte && id > RTP_EXTENSION_ONE_BYTE_IDS)) {
            memset(at, 0, head + element.size);
            continue;
        }
        at[0] = iterator.two_byte ? id : (uint8_t)(id << 4 | (at[0] & 0x0f));
        left++;
    }
    memset(packet + (iterator.next - packet), 0, (size_t)(end - iterator.next));
    return left;
}

int rtp_extension_patch_value(uint8_t *packet, const struct rtp_header *header,
                              const struct rtp_extension_element *element)
{
    struct rtp_extension_element found;
    if (!rtp_extension_find(packet, header, element->id, &found) || found.size != element->size)
        return -ENOENT;
    if (found.size)
        memcpy(packet + (found.value - packet), element->value, found.size);
    return 0;
}
