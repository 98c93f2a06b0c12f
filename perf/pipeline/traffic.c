// SPDX-License-Identifier: Apache-2.0
#include "traffic.h"

#include "seal.h"

#include <errno.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#define STRIDE_ROUND 64
#define TICKS        300 // of the RTP clock between two packets of a source

struct source {
    struct srtp_keys *keys;
    uint64_t number; // packets sent; the SRTP index too
};

static uint64_t next_random(struct traffic *traffic)
{
    traffic->random ^= traffic->random >> 12;
    traffic->random ^= traffic->random << 25;
    traffic->random ^= traffic->random >> 27;
    return traffic->random * 0x2545f4914f6cdd1dULL;
}

static int open_sources(struct traffic *traffic)
{
    uint32_t count = rooms_sources(traffic->rooms);
    size_t stride = seal_keys_size();
    uint8_t *keys = aligned_alloc(64, count * stride);
    traffic->sources = calloc(count, sizeof(*traffic->sources));
    if (!keys || !traffic->sources)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        struct transport_keys master;
        rooms_keys(traffic->rooms, rooms_source_transport(traffic->rooms, i), &master);
        traffic->sources[i].keys = (struct srtp_keys *)(keys + i * stride);
        int error = seal_expand(master.suite, master.receive_key, master.receive_salt, traffic->sources[i].keys);
        if (error)
            return error;
    }
    return 0;
}

int traffic_open(const struct rooms *rooms, unsigned payload, enum traffic_order order, uint32_t capacity,
                 struct traffic *ret_traffic)
{
    uint32_t frame = TRAFFIC_FRAME_HEADER + TRAFFIC_RTP_HEADER + payload + SRTP_TAG_LENGTH_MAX + SEAL_ROOM;
    *ret_traffic = (struct traffic){
        .rooms = rooms, .payload = payload, .order = order, .capacity = capacity, .random = 88172645463325252ULL};
    struct device_feed *feed = &ret_traffic->feed;
    feed->stride = (frame + STRIDE_ROUND - 1) / STRIDE_ROUND * STRIDE_ROUND;
    feed->frames = aligned_alloc(STRIDE_ROUND, (size_t)feed->stride * capacity);
    feed->sizes = calloc(capacity, sizeof(*feed->sizes));
    if (!feed->frames || !feed->sizes)
        return -ENOMEM;
    int error = open_sources(ret_traffic);
    if (ports_count())
        ret_traffic->gateway = ports_get(0)->mac;
    return !error && order == TRAFFIC_ZIPF ? zipf_open(rooms_sources(rooms), &ret_traffic->zipf) : error;
}

void traffic_close(struct traffic *traffic)
{
    if (traffic->sources)
        free(traffic->sources[0].keys);
    free(traffic->sources);
    zipf_close(&traffic->zipf);
    free(traffic->feed.frames);
    free(traffic->feed.sizes);
}

static uint32_t pick_any(struct traffic *traffic)
{
    uint32_t count = rooms_sources(traffic->rooms);
    if (traffic->order == TRAFFIC_IN_TURN)
        return (uint32_t)(traffic->next++ % count);
    if (traffic->order == TRAFFIC_UNIFORM)
        return (uint32_t)(next_random(traffic) % count);
    return zipf_pick(&traffic->zipf, (double)(next_random(traffic) >> 11) / (double)(1ULL << 53));
}

static uint32_t pick(struct traffic *traffic)
{
    uint32_t source = pick_any(traffic);
    if (!traffic->audio_share || traffic->order == TRAFFIC_IN_TURN)
        return source;
    // The call of the same two places, of the kind whose turn it is.
    bool audio = next_random(traffic) % 100 < traffic->audio_share;
    return audio ? source | 2 : source & ~2u;
}

void traffic_payload(const struct traffic *traffic, uint32_t source, uint64_t number, uint8_t *ret_payload)
{
    memset(ret_payload, 0x5a, traffic_size(traffic, source));
    memcpy(ret_payload, &source, sizeof(source));
    memcpy(ret_payload + sizeof(source), &number, sizeof(number));
}

static void write_rtp(uint8_t *rtp, uint32_t transport, uint64_t number)
{
    const uint8_t header[TRAFFIC_RTP_HEADER] = {
        [0] = 0x90,
        [1] = ROOMS_PAYLOAD_TYPE,
        [12] = 0xbe,
        [13] = 0xde,
        [15] = 3, // words of elements
        [16] = ROOMS_EXTENSION_MID << 4,
        [17] = '0',
        [18] = ROOMS_EXTENSION_SEND_TIME << 4 | 2,
        [22] = ROOMS_EXTENSION_SEQUENCE << 4 | 1,
    };
    memcpy(rtp, header, sizeof(header));
    bytes_put16(rtp + 2, (uint16_t)number);
    bytes_put32(rtp + 4, (uint32_t)(number * TICKS));
    bytes_put32(rtp + 8, rooms_ssrc(transport));
    bytes_put24(rtp + 19, (uint32_t)number & 0xffffff);
    bytes_put16(rtp + 23, (uint16_t)number);
}

void traffic_frame(uint8_t *frame, const struct rte_ether_addr *gateway, uint32_t transport, uint16_t size)
{
    const uint8_t local[] = TESTBED_IP;
    uint8_t remote[4];
    rooms_peer(transport, remote);
    struct rte_ether_hdr *ethernet = (struct rte_ether_hdr *)frame;
    struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(ethernet + 1);
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
    *ethernet = (struct rte_ether_hdr){.dst_addr = *gateway,
                                       .src_addr = {.addr_bytes = {2, 0, 0, 0, 0, 254}},
                                       .ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)};
    *ip = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
                                .total_length = rte_cpu_to_be_16((uint16_t)(size - sizeof(*ethernet))),
                                .time_to_live = 60,
                                .next_proto_id = IPPROTO_UDP};
    memcpy(&ip->src_addr, remote, sizeof(remote));
    memcpy(&ip->dst_addr, local, sizeof(local));
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    *udp = (struct rte_udp_hdr){.src_port = rte_cpu_to_be_16(ROOMS_PEER_PORT),
                                .dst_port = rte_cpu_to_be_16(TESTBED_PORT),
                                .dgram_len = rte_cpu_to_be_16((uint16_t)(size - sizeof(*ethernet) - sizeof(*ip)))};
}

static void write_checksum(uint8_t *frame)
{
    struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(frame + sizeof(struct rte_ether_hdr));
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
    udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
}

// One packet, still plain; its place in the burst that seals it.
static void prepare(struct traffic *traffic, uint32_t place, struct seal_job *ret_job)
{
    uint32_t source = pick(traffic), transport = rooms_source_transport(traffic->rooms, source);
    struct source *sender = &traffic->sources[source];
    uint8_t *frame = traffic->feed.frames + (size_t)place * traffic->feed.stride, *rtp = frame + TRAFFIC_FRAME_HEADER;
    unsigned payload = traffic_size(traffic, source), tag = srtp_suites[traffic->rooms->suite].rtp_tag_length;
    write_rtp(rtp, transport, sender->number);
    traffic_payload(traffic, source, sender->number, rtp + TRAFFIC_RTP_HEADER);
    if (traffic->live) {
        const uint64_t now = __rdtsc();
        memcpy(rtp + TRAFFIC_RTP_HEADER + TRAFFIC_STAMP_OFFSET, &now, sizeof(now));
    }
    traffic->feed.sizes[place] = (uint16_t)(TRAFFIC_FRAME_HEADER + TRAFFIC_RTP_HEADER + payload + tag);
    traffic_frame(frame, &traffic->gateway, transport, traffic->feed.sizes[place]);
    *ret_job = (struct seal_job){.keys = sender->keys,
                                 .packet = rtp,
                                 .header = TRAFFIC_RTP_HEADER,
                                 .payload = payload,
                                 .tag = tag,
                                 .ssrc = rooms_ssrc(transport),
                                 .index = sender->number++};
}

void traffic_fill(struct traffic *traffic, uint32_t count)
{
    struct seal_job jobs[SEAL_BURST];
    for (uint32_t done = 0; done < count;) {
        unsigned burst = RTE_MIN(count - done, (uint32_t)SEAL_BURST);
        for (unsigned i = 0; i < burst; i++)
            prepare(traffic, done + i, &jobs[i]);
        seal_burst(traffic->rooms->suite, jobs, burst);
        for (unsigned i = 0; !traffic->live && i < burst; i++)
            write_checksum(traffic->feed.frames + (size_t)(done + i) * traffic->feed.stride);
        done += burst;
    }
    traffic->feed.count = count;
    traffic->feed.next = 0;
}
