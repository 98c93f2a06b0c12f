// SPDX-License-Identifier: Apache-2.0
#include "probe_payload.h"

#include "byte_order.h"
#include <errno.h>
#include <string.h>

#define PROBE_MAGIC 0xa7c15ee35cee71a1ull
#define PREFIX_MAX  64

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 32;
}

// Over all but the checksum itself (bytes 40 to 43).
static uint32_t checksum(const uint8_t *data, size_t size)
{
    uint64_t hash = size;
    for (size_t at = 0; at < 40; at += 8)
        hash = mix(hash, read64(data + at));
    size_t at = PROBE_SIZE;
    for (; at + 8 <= size; at += 8)
        hash = mix(hash, read64(data + at));
    for (; at < size; at++)
        hash = mix(hash, data[at]);
    return (uint32_t)hash;
}

void probe_write(const struct probe *probe, uint8_t *data, size_t size)
{
    write64(data, PROBE_MAGIC);
    write32(data + 8, probe->room);
    write32(data + 12, probe->sender);
    write32(data + 16, probe->sequence);
    write32(data + 20, probe->timestamp);
    write64(data + 24, probe->sent_ns);
    data[32] = probe->stream;
    data[33] = (uint8_t)(probe->keyframe | probe->frame_start << 1);
    write16(data + 34, (uint16_t)size);
    write32(data + 36, 0);
    for (size_t at = PROBE_SIZE; at < size; at++)
        data[at] = (uint8_t)(probe->sequence * 31 + at);
    write32(data + 40, checksum(data, size));
}

static size_t find_magic(const uint8_t *payload, size_t size)
{
    for (size_t at = 0; at <= PREFIX_MAX && at + PROBE_SIZE <= size; at++)
        if (read64(payload + at) == PROBE_MAGIC)
            return at;
    return SIZE_MAX;
}

int probe_read(const uint8_t *payload, size_t size, struct probe *ret_probe, size_t *ret_offset)
{
    size_t offset = find_magic(payload, size);
    if (offset == SIZE_MAX)
        return -EBADMSG;
    const uint8_t *data = payload + offset;
    uint16_t length = read16(data + 34);
    if (length != size - offset || read32(data + 40) != checksum(data, length))
        return -EBADMSG;
    *ret_probe = (struct probe){
        .room = read32(data + 8),
        .sender = read32(data + 12),
        .sequence = read32(data + 16),
        .timestamp = read32(data + 20),
        .sent_ns = read64(data + 24),
        .stream = data[32],
        .keyframe = data[33] & 1,
        .frame_start = data[33] & 2,
        .size = length,
    };
    *ret_offset = offset;
    return 0;
}
