// SPDX-License-Identifier: Apache-2.0
// Streams and routes as their worker uses them.
#pragma once

#include "audience.h"
#include "extension_plan.h"
#include "history.h"
#include "missing.h"
#include "retransmission.h"
#include "segment.h"

// What each packet looks at stands in the first lines, maps and names behind.
struct stream_entry {
    _Alignas(TABLES_CACHE_LINE) uint32_t generation;
    uint32_t transport;
    uint8_t kind;
    uint8_t payload_count;
    uint8_t transport_cc_extension; // an id may mean something else in another section; 0: not negotiated
    bool keyframe_pending;
    uint16_t elsewhere;            // other workers that have receivers, a bit each
    struct audience audience;      // whom it fans out to here
    struct history_index *history; // NULL: no receiver takes RTX
    struct missing *missing;       // NULL: the sender takes no NACK
    struct stream_payload payloads[STREAM_MAX_PAYLOAD_TYPES];

    _Alignas(TABLES_CACHE_LINE) uint64_t last_arrival; // for jitter
    uint32_t last_timestamp, media_ssrc;
    double jitter;
    uint64_t base_index, highest_index, received; // of the media SSRC, for receiver reports

    uint64_t expected_prior, received_prior, bytes_mark;
    uint8_t fraction_lost;                                                             // of 256, as last reported
    uint64_t binding_packets[STREAM_MAX_BINDINGS], binding_bytes[STREAM_MAX_BINDINGS]; // counted in the sums already

    char mid[RTP_ID_SIZE], rid[RTP_ID_SIZE];
    uint8_t extension_kinds[256]; // id -> enum extension_kind, 0xff: not negotiated
    uint32_t ssrc, rtx_ssrc;
    uint16_t rtx_elsewhere; // of those workers, where somebody takes RTX
    bool repair_queued;     // its missing packets are watched
};

struct route_entry {
    _Alignas(TABLES_CACHE_LINE) uint32_t generation;
    uint32_t transport, stream, ssrc;
    struct route_state *state;
    uint64_t start_index; // of the source: older packets have no number here
    uint8_t kind, payload_count;
    bool paused;
    bool started; // by this process
    struct route_payload payloads[STREAM_MAX_PAYLOAD_TYPES];
    uint32_t stream_generation;
    uint32_t clock_rate;
    uint32_t next;       // of the same transport, PACKET_NONE: last
    uint32_t next_named; // while the chain is built again

    _Alignas(TABLES_CACHE_LINE) struct srtp_replay_window taken; // indexes out that this process has used

    _Alignas(TABLES_CACHE_LINE) struct extension_plan plan; // for the stream's usual header extensions

    struct audience *audience; // that it belongs to; NULL: its stream went
    bool named, is_chained;    // while the chain is built again; in a transport's chain
    uint8_t mid_size, mid_extension;
    uint8_t extension_ids[EXTENSION_KINDS];
    char mid[RTP_ID_SIZE];
    uint64_t bytes_mark;               // octets at the last report
    uint64_t sent_packets, sent_bytes; // counted in the transport's sums already
    uint8_t extension_map[256];        // the stream's id -> the receiver's
    uint32_t rtx_ssrc;
    uint8_t rtx_payload_types[STREAM_MAX_PAYLOAD_TYPES];
    struct retransmission *retransmission; // NULL: RTX was not negotiated
};
