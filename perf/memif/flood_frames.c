// SPDX-License-Identifier: Apache-2.0
#include "flood.h"

#include "peer.h"
#include "stun.h"
#include "stun_answers.h"

#include <errno.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <stdlib.h>

#define FRAMES   4096
#define STRIDE   256
#define DATAGRAM 100
#define SHAPES   3

const char *const flood_names[FLOOD_KINDS] = {"junk", "stun"};

static uint64_t state = 0x2545f4914f6cdd1dULL;

static uint64_t next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1dULL;
}

static unsigned write_junk(uint8_t *data, unsigned shape)
{
    static const uint8_t rtp[] = {0x80, ROOMS_PAYLOAD_TYPE}, dtls[] = {22, 0xfe, 0xfd, 0, 0};
    for (unsigned i = 0; i < DATAGRAM; i++)
        data[i] = (uint8_t)(next_random() >> 32);
    if (shape == 1)
        memcpy(data, rtp, sizeof(rtp));
    else if (shape == 2)
        memcpy(data, dtls, sizeof(dtls));
    return DATAGRAM;
}

static unsigned write_stun(uint8_t *data, uint32_t transport)
{
    int size = stun_answers_ask(transport, next_random(), data);
    struct stun_message message;
    stun_parse(data, (size_t)size, &message);
    data[message.attributes[STUN_MESSAGE_INTEGRITY].offset] ^= 1;
    uint32_t sum = stun_fingerprint(data, (size_t)size - 8); // what can be known without the password is right
    bytes_put32(data + size - 4, sum);
    return (unsigned)size;
}

// From anywhere but where the peers live.
static void move_source(uint8_t *frame)
{
    struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(frame + sizeof(struct rte_ether_hdr));
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
    uint64_t random = next_random();
    ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(172, 16, 0, 0) | (uint32_t)(random & 0xfffff));
    udp->src_port = rte_cpu_to_be_16((uint16_t)(1024 + (random >> 32) % 60000));
    ip->hdr_checksum = 0;
    ip->hdr_checksum = rte_ipv4_cksum(ip);
}

int flood_open(enum flood_kind kind, uint32_t transports, struct device_feed *ret_feed)
{
    *ret_feed = (struct device_feed){.frames = aligned_alloc(64, (size_t)FRAMES * STRIDE),
                                     .sizes = calloc(FRAMES, sizeof(*ret_feed->sizes)),
                                     .stride = STRIDE,
                                     .count = FRAMES};
    if (!ret_feed->frames || !ret_feed->sizes)
        return -ENOMEM;
    for (uint32_t i = 0; i < FRAMES; i++) {
        uint8_t *frame = ret_feed->frames + (size_t)i * STRIDE, *data = frame + TRAFFIC_FRAME_HEADER;
        unsigned size = kind == FLOOD_STUN ? write_stun(data, i % transports) : write_junk(data, i % SHAPES);
        ret_feed->sizes[i] = (uint16_t)(TRAFFIC_FRAME_HEADER + size);
        traffic_frame(frame, &peer.gateway, 0, ret_feed->sizes[i]);
        move_source(frame);
    }
    return 0;
}

void flood_close(struct device_feed *feed)
{
    free(feed->frames);
    free(feed->sizes);
    *feed = (struct device_feed){0};
}
