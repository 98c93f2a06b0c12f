// SPDX-License-Identifier: Apache-2.0
// The one plaintext history of a worker: decrypted packets of all its streams in one log of fixed size, the oldest
// overwritten by the newest. Each stream finds its own again by packet index. The memory is the caller's.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HISTORY_LINE       64u
#define HISTORY_PACKETS    512u  // of one stream, a power of two
#define HISTORY_PACKET_MAX 2048u // bytes of one packet
#define HISTORY_OVERREAD   63u   // bytes behind a packet that history_store reads, and history_find never shows
#define HISTORY_SIZE_MIN   (64u << 10)
#define HISTORY_CHUNKS     64u

// All zero: no memory, nothing is kept.
struct history {
    uint8_t *memory;
    uint64_t lines;       // of the memory
    uint64_t next;        // the line that the next packet begins with, counted since the start; next % lines == place
    uint64_t place;       // of it in the memory
    uint64_t stored;      // packets
    uint64_t overwritten; // packets, by the chunk
    uint64_t chunk, chunk_end;
    uint32_t counts[HISTORY_CHUNKS]; // packets that end in a chunk
};

// Where a stream's packets lie. All zero: none.
struct history_index {
    uint64_t lines[HISTORY_PACKETS];
};

// memory: aligned to HISTORY_LINE. 0, or -EINVAL when it is less than HISTORY_SIZE_MIN.
int history_open(struct history *history, void *memory, size_t size);

// Keeps a whole RTP packet under its 48-bit index. Written past the caches: it will hardly ever be read.
void history_store(struct history *history, struct history_index *index, uint64_t number, const void *packet,
                   size_t size);

// Where history_store will note it: asked for ahead, since many streams' notes are in no near cache.
static inline void history_prefetch(const struct history_index *index, uint64_t number)
{
    __builtin_prefetch(&index->lines[number % HISTORY_PACKETS], 1);
}

// The packet, until the next one is stored; NULL: overwritten, or never seen. Two sources of a stream may use the same
// indexes: the caller looks at the SSRC.
const uint8_t *history_find(const struct history *history, const struct history_index *index, uint64_t number,
                            size_t *ret_size);
