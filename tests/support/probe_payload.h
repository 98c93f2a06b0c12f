// SPDX-License-Identifier: Apache-2.0
// What the client writes into each media packet, so that a receiver can tell which packet of which room it is, whether
// it is intact and how long it took.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_SIZE 44

struct probe {
    uint32_t room, sender; // sender: random per publishing session
    uint8_t stream;        // enum media_kind
    bool keyframe, frame_start;
    uint32_t sequence;  // of the stream, from 0
    uint32_t timestamp; // the RTP timestamp as it was sent
    uint64_t sent_ns;   // CLOCK_MONOTONIC
    uint16_t size;      // probe and filling
};

// Fills size bytes; size >= PROBE_SIZE.
void probe_write(const struct probe *probe, uint8_t *data, size_t size);
// Finds the probe behind a codec's own header of at most 64 bytes. 0, or -EBADMSG: absent, cut or corrupted.
int probe_read(const uint8_t *payload, size_t size, struct probe *ret_probe, size_t *ret_offset);
