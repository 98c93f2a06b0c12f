// SPDX-License-Identifier: Apache-2.0
// Loss on purpose, and its repair by generic NACK and RTX (RFC 4585, RFC 4588): of a receiver that throws packets away
// and asks for them, and of a sender that withholds packets and sends them when it is asked. Video alone.
#pragma once
#include "rtp_packet.h"

#define REPAIR_KEPT        1024u
#define REPAIR_MISSING_MAX 512u
#define REPAIR_OSN         2
#define RTX_ABOVE          1 // the payload type of repairs is that of the media and one

struct repair {
    double lose_percent; // 0: nothing is lost, asked for or kept
    uint32_t random;
    // Receiver.
    bool started;
    uint16_t highest;
    struct repair_missing {
        uint16_t sequence;
        unsigned tries;
        uint64_t ask_at; // ns
    } missing[REPAIR_MISSING_MAX];
    unsigned missing_count;
    uint64_t lost, repaired, repairs_unasked, nacks_sent, wrong_ssrc;
    // Sender.
    struct repair_kept {
        uint16_t size, payload_offset;
        uint8_t data[RTP_PACKET_MAX];
    } kept[REPAIR_KEPT];
    uint16_t rtx_sequence;
    uint32_t rtx_ssrc;
    uint64_t withheld, resent, resend_unknown;
};

// NULL when lose_percent is 0, or without memory.
struct repair *repair_create(double lose_percent);

// Whether this packet is one of those that get lost.
bool repair_loses(struct repair *repair);

// A media packet that came, or came again. False: it was here before, for the question crossed the packet.
bool repair_received(struct repair *repair, uint16_t sequence, bool again, uint64_t now);

// A NACK for what has been missing long enough. Returns its size, 0: there is nothing to ask for.
size_t repair_write_nack(struct repair *repair, uint32_t own_ssrc, uint32_t media_ssrc, uint64_t now, uint8_t *packet,
                         size_t capacity);

void repair_keep(struct repair *repair, const uint8_t *data, size_t size);

// The kept packet as RTX of that payload type. Returns its size, 0: it was not kept.
size_t repair_write_rtx(struct repair *repair, uint16_t sequence, uint8_t payload_type, uint8_t packet[RTP_PACKET_MAX]);
