// SPDX-License-Identifier: Apache-2.0
// Media between peers: what control writes about streams and routes, and RTP and RTCP through libsrtp2.
#pragma once

#include "peer.h"
#include "rtcp_writer.h"
#include "rtp_extension.h"

#define VIDEO_TYPE        96  // as the publisher numbers it
#define VIEWER_VIDEO_TYPE 101 // and as its viewers do
#define RTX_TYPE          97  // what repeats them (RFC 4588)
#define VIEWER_RTX_TYPE   102

// Extension ids of the publisher and of its viewers.
enum { FROM_LEVEL = 1, FROM_SEND_TIME, FROM_TRANSPORT_CC, FROM_MID, FROM_ORIENTATION = 6 };
enum { TO_SEND_TIME = 5, TO_LEVEL = 7, TO_MID = 9 };

// Gives the peer the stream (index; ssrc 0: not signalled) with MID "v0". Before: peer_open.
void media_publish(struct peer *peer, uint32_t stream, uint32_t ssrc);
// Gives the viewer a route from the publisher's stream, in front of those that it has. Returns the record for changes.
struct route_intent media_watch(struct peer *viewer, uint32_t route, const struct peer *publisher, uint32_t stream,
                                uint32_t ssrc);
void media_write_route(uint32_t route, const struct route_intent *intent);

struct rtp_plan {
    uint32_t ssrc, timestamp;
    uint16_t sequence, transport_sequence;
    uint8_t payload_type; // 0: VIDEO_TYPE
    bool marker, without_extensions;
    const char *mid; // two letters; NULL: v0
    uint8_t padding; // count to claim, with the P bit; 0: none
    unsigned size;   // of the payload; 0: 100
    bool is_rtx;     // the payload is that of the packet `original`, with its number in front
    uint16_t original;
};

struct rtp_packet {
    struct rtp_header header;
    unsigned size;
    uint8_t bytes[FRAME_MAX];
};

// Plain, then protected. Returns the size.
size_t media_write(struct peer *peer, const struct rtp_plan *plan, uint8_t data[FRAME_MAX]);
// Sends it and walks until receivers have it.
void media_send(struct peer *peer, const struct rtp_plan *plan);
// The next RTP packet (or RTCP compound) to the peer, verified and decrypted by libsrtp2. False: none.
bool media_take(struct peer *peer, struct rtp_packet *ret_packet);
bool rtcp_take(struct peer *peer, struct rtp_packet *ret_packet);
void rtcp_send(struct peer *peer, const uint8_t *plain, int size);

// How many packets of an RTCP type (and feedback format, 0: any) the compounds to the peer hold. Takes them all.
unsigned rtcp_count(struct peer *peer, uint8_t type, uint8_t format);

// A publisher with stream 0 (SSRC 0x1000) and a viewer with route 0 (SSRC 0x2000) on one shard, ready.
void media_pair(struct peer *publisher, struct peer *viewer, uint16_t suite);
// The same with retransmission negotiated on both sides: SSRCs 0x1001 (signalled) and 0x2001.
void media_pair_with_rtx(struct peer *publisher, struct peer *viewer, uint16_t suite);
// The viewer's NACK of media SSRC 0x2000, in compounds of at most 128 numbers each.
void media_nack(struct peer *viewer, const uint16_t *sequences, unsigned count);
void media_close(struct peer *publisher, struct peer *viewer);

extern const uint16_t media_suites[3];
