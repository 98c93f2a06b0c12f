// SPDX-License-Identifier: Apache-2.0
// A route: RTP that this gateway sends, one per (stream, receiving transport).
#pragma once

#include "layout.h"
#include "record.h"
#include "stream.h"

struct route_payload {
    uint8_t from, to; // payload types of the stream and of the receiver
};

struct route_intent {
    uint32_t generation; // 0: free
    uint8_t kind;        // enum media_kind
    uint8_t paused;
    uint8_t payload_count;
    uint8_t reserved;
    struct record_link from_stream, to_transport, next; // next route to the same transport
    uint32_t ssrc, rtx_ssrc;                            // never issued twice in a key's life
    uint32_t clock_rate;                                // Hz
    uint32_t reserved2;
    struct route_payload payloads[STREAM_MAX_PAYLOAD_TYPES];
    char mid[RTP_ID_SIZE];
    uint8_t reserved3[7];
    uint8_t extension_ids[EXTENSION_KINDS]; // the receiver's; 0: left out
    // By payload: what repeats it (RFC 4588), 0: none. Only with rtx_ssrc.
    uint8_t rtx_payload_types[STREAM_MAX_PAYLOAD_TYPES];
    uint8_t reserved4[4];
    TABLES_SPARE(24);
};
_Static_assert(sizeof(struct route_intent) % 8 == 0, "published word by word");

// Writer: naru-control.
struct route_intent_record {
    struct record_head head;
    _Alignas(TABLES_CACHE_LINE) struct route_intent slots[2];
};

// Writer: the worker that owns the receiving transport's shard.
struct route_state {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t highest_index; // 48-bit SRTP index, stored before the packet leaves
    _Atomic uint64_t index_offset;                              // index out = index in + offset, modulo 2^48
    _Atomic uint32_t timestamp_offset;
    _Atomic uint32_t source_ssrc; // the ingress SSRC that the offsets belong to; 0: nothing was sent yet
    _Atomic uint32_t generation;
    _Atomic uint32_t last_timestamp;
    _Atomic uint64_t last_sent;       // monotonic ns
    _Atomic uint64_t packets, octets; // as a sender report counts them (RFC 3550 6.4.1)
    _Atomic uint64_t bytes;           // of the same packets, with header and tag

    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t last_sr; // monotonic ns
    _Atomic uint32_t last_sr_ntp;                         // middle 32 bits
    _Atomic uint32_t fraction_lost;                       // of 256, from the receiver's last report
    _Atomic uint32_t cumulative_lost;
    _Atomic uint32_t jitter;
    _Atomic uint32_t rtt_us;
    _Atomic uint32_t kbps;
    _Atomic uint64_t plis_received, nacks_received;

    // SRTP index of the next RTX packet, stored before the one before it leaves; 0: none was sent.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t rtx_next_index;
    _Atomic uint64_t rtx_packets, rtx_octets;
    TABLES_SPARE(40);
};
