// SPDX-License-Identifier: Apache-2.0
// RTCP (RFC 3550 6, RFC 4585, RFC 5104, REMB), reading. Writers: rtcp_writer.h. Transport-wide feedback: feedback.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "limits.h"

enum rtcp_type {
    RTCP_SR = 200,
    RTCP_RR = 201,
    RTCP_SDES = 202,
    RTCP_BYE = 203,
    RTCP_APP = 204,
    RTCP_RTPFB = 205,
    RTCP_PSFB = 206,
    RTCP_XR = 207,
};
enum rtcp_rtpfb { RTCP_NACK = 1, RTCP_TRANSPORT_FEEDBACK = 15 };
enum rtcp_psfb { RTCP_PLI = 1, RTCP_FIR = 4, RTCP_AFB = 15 };
enum rtcp_sdes_type { RTCP_SDES_CNAME = 1 };

// One packet of a compound; all its bytes lie inside the datagram.
struct rtcp_packet {
    const uint8_t *data; // of its header
    uint16_t size;       // with the header, without padding
    uint8_t type;        // enum rtcp_type
    uint8_t count;       // reports, chunks, SSRCs, or the feedback's format
};

struct rtcp_iterator {
    const uint8_t *next;
    const uint8_t *end;
    unsigned packets; // read so far
    bool bad;         // stopped at a bad packet, or at one too many
};

struct rtcp_iterator rtcp_begin(const uint8_t *data, size_t size);
bool rtcp_next(struct rtcp_iterator *iterator, struct rtcp_packet *ret_packet);

struct rtcp_sender_info {
    uint32_t ssrc;
    uint64_t ntp; // 32.32 seconds since 1900
    uint32_t rtp_timestamp;
    uint32_t packets;
    uint32_t octets;
};

struct rtcp_report {
    uint32_t ssrc;
    int32_t lost;          // 24 bits, signed
    uint32_t highest;      // extended sequence number
    uint32_t jitter;       // timestamp units
    uint32_t last_sr;      // middle 32 bits of the SR's NTP time
    uint32_t delay;        // since that SR, 1/65536 s
    uint8_t fraction_lost; // 1/256
};

// All below: -EBADMSG if the packet is of another type or shorter than its count says.

// SR only.
int rtcp_parse_sender_info(const struct rtcp_packet *packet, struct rtcp_sender_info *ret_info);
// SR and RR: who reports, and how many blocks (each readable by rtcp_report).
int rtcp_parse_reports(const struct rtcp_packet *packet, uint32_t *ret_sender);
void rtcp_get_report(const struct rtcp_packet *packet, unsigned index, struct rtcp_report *ret_report);

// BYE: how many SSRCs, each at 4 + 4 * index.
int rtcp_parse_bye(const struct rtcp_packet *packet);

struct rtcp_sdes_item {
    const uint8_t *text; // not terminated
    uint32_t ssrc;
    uint8_t type;
    uint8_t size;
};

struct rtcp_sdes_iterator {
    const uint8_t *packet;
    const uint8_t *next;
    const uint8_t *end;
    uint32_t ssrc;
    unsigned chunks; // left
    bool inside;     // a chunk
    bool bad;        // stopped at a chunk or item that does not fit
};

struct rtcp_sdes_iterator rtcp_sdes_begin(const struct rtcp_packet *packet);
bool rtcp_sdes_next(struct rtcp_sdes_iterator *iterator, struct rtcp_sdes_item *ret_item);
