// SPDX-License-Identifier: Apache-2.0
// RTCP: what came in is counted, what the client must act on is listed; reports go out as compound packets.
#pragma once
#include "media_sink.h"
#include "media_source.h"

#define RTCP_KEYFRAME_REQUESTS_MAX 8
#define RTCP_PACKET_MAX            1200
#define RTCP_NACKED_MAX            512

struct rtcp_counters {
    uint64_t compounds, malformed, sr, rr, sdes, bye, app, pli, fir, nack, nack_packets, twcc, twcc_packets, remb,
        other;
    uint64_t remb_bps, remb_min_bps, remb_max_bps; // the latest, and the range
    unsigned worst_fraction_lost;                  // of 256, in report blocks about us
};

struct rtcp_sender_info {
    uint32_t ssrc, middle_ntp;
};

// What one compound packet asks for.
struct rtcp_requests {
    uint32_t keyframes[RTCP_KEYFRAME_REQUESTS_MAX]; // SSRCs of PLI and FIR
    unsigned keyframe_count;
    struct rtcp_sender_info senders[4];
    unsigned sender_count;
    uint16_t nacked[RTCP_NACKED_MAX]; // sequence numbers of video: a session sends one
    unsigned nacked_count;
};

// Returns the bytes consumed or -EBADMSG; packets before the bad one are counted.
int rtcp_read(const uint8_t *data, size_t size, struct rtcp_counters *counters, struct rtcp_requests *ret_requests);

struct rtcp_writer {
    const struct media_source *sources;
    unsigned source_count;
    struct media_sink *sinks;
    unsigned sink_count;
    uint32_t own_ssrc; // of a session that sends no media
    const char *cname;
};

// SR of each source or one RR, with report blocks for all sinks, then SDES. Returns the size.
size_t rtcp_write_report(const struct rtcp_writer *writer, uint64_t now, uint8_t packet[RTCP_PACKET_MAX]);
size_t rtcp_write_pli(uint32_t own_ssrc, uint32_t media_ssrc, uint8_t packet[RTCP_PACKET_MAX]);
