// SPDX-License-Identifier: Apache-2.0
// One incoming stream, judged packet by packet.
#pragma once
#include "latency_histogram.h"
#include "probe_payload.h"
#include "rtp_packet.h"
#include "sdp_text.h"

#define SINK_WINDOW 16384u // packets that duplicates and reordering are looked for in

struct media_sink {
    enum media_kind kind;
    uint32_t room;                     // what may arrive
    int payload_type;                  // negotiated; -1: none
    uint8_t mid_extension;             // 0: not negotiated
    char mid[33];                      // ours, which the extension must carry
    const struct sdp_section *section; // what the answer announced

    uint64_t received, unique, bytes, duplicated, reordered, corrupted, foreign;
    uint64_t ssrc_changes, undeclared_ssrc, wrong_payload_type, wrong_mid, sequence_breaks, timestamp_breaks;
    uint64_t source_changes, keyframes, padding_only;
    uint64_t expected_before; // packets that earlier senders should have brought

    uint32_t ssrc, sender, first_sequence, highest_sequence;
    uint16_t sequence_offset;
    uint32_t timestamp_offset;
    bool seen[SINK_WINDOW]; // by probe sequence, valid up to SINK_WINDOW behind the highest
    uint64_t first_ns, last_ns, first_keyframe_ns, gap_ns, gap_end_ns;
    struct latency_histogram latency;

    // for receiver reports, RFC 3550 A.8
    uint32_t rtp_highest, rtp_base; // with cycles
    uint64_t rtp_received, prior_expected, prior_received;
    double jitter, last_transit;
    uint32_t last_sr; // middle 32 bits
    uint64_t last_sr_ns;
};

void media_sink_take(struct media_sink *sink, const struct rtp_packet *packet, const struct probe *probe, uint64_t now);
// Counts a packet of this stream that probe_read refused.
void media_sink_corrupted(struct media_sink *sink, uint64_t now);
// Whether the answer named the SSRC, or none.
bool sink_declares(const struct media_sink *sink, uint32_t ssrc);
// The silence up to when the sender stopped.
void media_sink_finish(struct media_sink *sink, uint64_t stopped_ns);
// Packets between the first and the highest seen.
uint64_t media_sink_expected(const struct media_sink *sink);
