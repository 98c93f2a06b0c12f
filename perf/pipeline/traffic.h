// SPDX-License-Identifier: Apache-2.0
// What the peers send: RTP with the extensions of a browser, encrypted by bare ipsec-mb outside the measured time. No
// index is sent twice: each slice has packets of its own.
#pragma once

#include "device.h"
#include "rooms.h"
#include "zipf.h"

#define TRAFFIC_RTP_HEADER       28 // with mid, abs-send-time and transport-wide number
#define TRAFFIC_RTP_SENT         24 // as it leaves the gateway: with mid and abs-send-time
#define TRAFFIC_FRAME_HEADER     42 // Ethernet, IPv4, UDP
#define TRAFFIC_IPV4_SOURCE      26
#define TRAFFIC_IPV4_DESTINATION 30

enum traffic_order { TRAFFIC_IN_TURN, TRAFFIC_UNIFORM, TRAFFIC_ZIPF };

#define TRAFFIC_STAMP_OFFSET 12 // of the payload, behind source and number
#define TRAFFIC_AUDIO        160

struct traffic {
    const struct rooms *rooms;
    unsigned payload;
    enum traffic_order order;
    struct device_feed feed;
    uint32_t capacity;
    struct source *sources;
    struct zipf zipf;
    struct rte_ether_addr gateway; // whom the frames are for
    bool live;                     // sent at once: each payload carries its cycle, UDP sums are left out
    unsigned audio_share;          // of a hundred packets; these come from every second call, of 160 bytes
    uint64_t random, next;
};

// capacity: packets of one slice, at most. 0 or -errno.
int traffic_open(const struct rooms *rooms, unsigned payload, enum traffic_order order, uint32_t capacity,
                 struct traffic *ret_traffic);
void traffic_close(struct traffic *traffic);

// The headers of a frame of size bytes, all told, from the peer of a transport; the UDP sum is left 0.
void traffic_frame(uint8_t *frame, const struct rte_ether_addr *gateway, uint32_t transport, uint16_t size);

// Whose peer a frame comes from, or whom it is for: their addresses end in it.
static inline uint32_t traffic_address_transport(const uint8_t *address)
{
    return (uint32_t)address[1] << 16 | (uint32_t)address[2] << 8 | address[3];
}

// Fills the feed with count new packets and rewinds it.
void traffic_fill(struct traffic *traffic, uint32_t count);

// What the packets of a source carry.
static inline unsigned traffic_size(const struct traffic *traffic, uint32_t source)
{
    return traffic->audio_share && source >> 1 & 1 ? TRAFFIC_AUDIO : traffic->payload;
}

// The bytes that source sends as payload of its packet `number`, counted from 0: compared behind the testbed.
void traffic_payload(const struct traffic *traffic, uint32_t source, uint64_t number, uint8_t *ret_payload);
