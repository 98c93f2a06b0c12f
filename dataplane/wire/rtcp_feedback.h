// SPDX-License-Identifier: Apache-2.0
// RTCP feedback messages (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb), reading.
#pragma once

#include "rtcp.h"

// RTPFB and PSFB: what all of them start with.
struct rtcp_feedback {
    const uint8_t *fci;
    uint32_t sender_ssrc;
    uint32_t media_ssrc;
    uint16_t fci_size;
    uint8_t type;   // RTCP_RTPFB or RTCP_PSFB
    uint8_t format; // enum rtcp_rtpfb or rtcp_psfb
};

// 0 or -EBADMSG.
int rtcp_parse_feedback(const struct rtcp_packet *packet, struct rtcp_feedback *ret_feedback);

static inline bool rtcp_is_pli(const struct rtcp_feedback *feedback)
{
    return feedback->type == RTCP_PSFB && feedback->format == RTCP_PLI;
}

// How many entries a generic NACK has, or -EBADMSG.
int rtcp_parse_nack(const struct rtcp_feedback *feedback);

// The sequence numbers that an entry names, in order: 1 to RTCP_NACK_BATCH_MAX of them. Returns how many.
unsigned rtcp_get_nack(const struct rtcp_feedback *feedback, unsigned index,
                       uint16_t ret_sequences[RTCP_NACK_BATCH_MAX]);

struct rtcp_fir {
    uint32_t ssrc;
    uint8_t sequence;
};

// How many entries a FIR has, or -EBADMSG.
int rtcp_parse_fir(const struct rtcp_feedback *feedback);
void rtcp_get_fir(const struct rtcp_feedback *feedback, unsigned index, struct rtcp_fir *ret_fir);

struct rtcp_remb {
    const uint8_t *ssrcs; // 4 bytes each, network order
    uint64_t bitrate;     // bits per second
    uint8_t count;
};

// -EBADMSG also for application layer feedback that is not REMB, and for a bitrate above 64 bits.
int rtcp_parse_remb(const struct rtcp_feedback *feedback, struct rtcp_remb *ret_remb);
