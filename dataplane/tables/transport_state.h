// SPDX-License-Identifier: Apache-2.0
// What the dataplane knows of a transport: addresses, indexes, counters.
#pragma once

#include "address.h"
#include "layout.h"
#include "record.h"
#include "replay_window.h"

#define TRANSPORT_MAX_CANDIDATES   8  // remote addresses that may be live at once
#define TRANSPORT_MAX_RTCP_SENDERS 16 // SSRCs of the peer whose SRTCP is told apart
#define TRANSPORT_CRASHES_MAX      2  // of workers that one session may name: then it is quarantined

enum candidate_flags {
    CANDIDATE_CHECKED = 1,   // an authenticated check came from it
    CANDIDATE_NOMINATED = 2, // with USE-CANDIDATE
    CANDIDATE_PROVEN = 4,    // it answered this gateway's own check, or DTLS completed on it
};

struct transport_candidate {
    struct transport_address remote, local;
    uint32_t port;         // index of the device
    uint32_t flags;        // enum candidate_flags
    uint64_t nominated_at; // monotonic ns of the latest USE-CANDIDATE
};

// What outlives a crash of the dataplane: the addresses and which of them is sent to.
struct transport_path {
    uint32_t generation;
    uint32_t selected; // index into candidates, TRANSPORT_MAX_CANDIDATES: none
    struct transport_candidate candidates[TRANSPORT_MAX_CANDIDATES];
};
_Static_assert(sizeof(struct transport_path) % 8 == 0, "published word by word");

struct transport_path_record {
    struct record_head head;
    _Alignas(TABLES_CACHE_LINE) struct transport_path slots[2];
};

struct rtcp_sender {
    _Atomic uint32_t ssrc;            // 0: free
    _Atomic uint32_t last_received;   // monotonic seconds
    struct srtp_replay_window window; // over 31-bit SRTCP indexes
};

// Writer: the worker that owns the transport's shard.
struct transport_state {
    struct transport_path_record path;

    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t applied_version; // the intent version that the worker acts on
    _Atomic uint32_t applied_generation;
    _Atomic uint32_t srtcp_index;        // of the next SRTCP packet to send, stored before that packet leaves
    _Atomic uint32_t srtcp_epoch;        // key epoch that the index belongs to
    _Atomic uint32_t transport_sequence; // highest transport-wide sequence number received
    _Atomic uint64_t last_consent;       // monotonic ns of the last authenticated answer to a check
    _Atomic uint64_t last_received;      // monotonic ns of the last verified packet
    _Atomic uint32_t rtt_us;
    _Atomic uint32_t receive_kbps, send_kbps;
    _Atomic uint32_t crashes; // of workers while they worked on this session (poison.h)

    // Apart: an alignment before a list would give each of them a line of its own.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t packets_received;
    _Atomic uint64_t bytes_received, packets_sent, bytes_sent;
    _Atomic uint64_t stun_received, dtls_received, rtcp_received, rtcp_sent;

    _Alignas(TABLES_CACHE_LINE) struct rtcp_sender rtcp_senders[TRANSPORT_MAX_RTCP_SENDERS];

    TABLES_SPARE(64);
};
