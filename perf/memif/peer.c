// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include "crypto.h"
#include "losses.h"
#include "nack.h"
#include "oracle.h"
#include "seal.h"
#include "stun_answers.h"

#include <errno.h>
#include <rte_arp.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_memcpy.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#define BURST      64
#define RING       1024
#define POOL_SIZE  32767
#define POOL_CACHE 256

struct peer peer;

// What comes back to one transport.
struct receiver {
    struct srtp_keys *keys;
    uint32_t rollover, round;
    uint16_t last;
    bool seen;
};
static struct receiver *receivers;
static uint8_t *expanded;
static uint64_t random_state = 88172645463325252ULL;

int peer_start(const char *device)
{
    char vdev[160];
    snprintf(vdev, sizeof(vdev), "--vdev=%s", device);
    char *arguments[] = {"naru-perf",      "--lcores=0@0",       vdev, "--no-pci", "--in-memory",
                         "--no-telemetry", "--log-level=*:error"};
    const struct rte_eth_conf conf = {0};
    if (rte_eal_init(RTE_DIM(arguments), arguments) < 0 || rte_eth_dev_get_port_by_name("net_memif0", &peer.port)) {
        fprintf(stderr, "naru-perf: DPDK did not start with memif (%s): run as root\n", rte_strerror(rte_errno));
        return -1;
    }
    peer.pool = rte_pktmbuf_pool_create("peer", POOL_SIZE, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (!peer.pool || rte_eth_dev_configure(peer.port, 1, 1, &conf) ||
        rte_eth_rx_queue_setup(peer.port, 0, RING, SOCKET_ID_ANY, NULL, peer.pool) ||
        rte_eth_tx_queue_setup(peer.port, 0, RING, SOCKET_ID_ANY, NULL) || rte_eth_dev_start(peer.port)) {
        fprintf(stderr, "naru-perf: the link's end did not start: %s\n", rte_strerror(rte_errno));
        return -1;
    }
    return 0;
}

void peer_stop(void)
{
    rte_eth_dev_stop(peer.port);
    rte_eal_cleanup();
}

int peer_open(const struct rooms *rooms, const uint8_t gateway_mac[6])
{
    size_t stride = seal_keys_size();
    peer.rooms = rooms;
    peer.counts = (struct peer_counts){0};
    memcpy(peer.gateway.addr_bytes, gateway_mac, sizeof(peer.gateway.addr_bytes));
    receivers = calloc(rooms->transports, sizeof(*receivers));
    expanded = aligned_alloc(64, rooms->transports * stride);
    if (!receivers || !expanded)
        return -ENOMEM;
    for (uint32_t i = 0; i < rooms->transports; i++) {
        struct transport_keys master;
        rooms_keys(rooms, i, &master);
        receivers[i].keys = (struct srtp_keys *)(expanded + i * stride);
        int error = seal_expand(master.suite, master.send_key, master.send_salt, receivers[i].keys);
        if (error)
            return error;
    }
    stun_answers_open(rooms);
    return 0;
}

void peer_close(void)
{
    free(receivers);
    free(expanded);
    receivers = NULL;
    expanded = NULL;
    peer.latency = NULL;
}

int peer_wait_link(bool up, int timeout_ms)
{
    struct rte_eth_link link = {0};
    for (int left = timeout_ms * 10; left > 0; left--) {
        if (rte_eth_link_get_nowait(peer.port, &link) == 0 && link.link_status == up)
            return 0;
        usleep(100);
    }
    return -ETIMEDOUT;
}

static void send_one(struct rte_mbuf *mbuf)
{
    if (rte_eth_tx_burst(peer.port, 0, &mbuf, 1) == 0)
        rte_pktmbuf_free(mbuf);
}

static void answer_arp(struct rte_mbuf *mbuf)
{
    struct rte_ether_hdr *ethernet = rte_pktmbuf_mtod(mbuf, struct rte_ether_hdr *);
    struct rte_arp_hdr *arp = (struct rte_arp_hdr *)(ethernet + 1);
    const struct rte_ether_addr mine = {.addr_bytes = {2, 0, 0, 0, 0, 254}};
    uint32_t wanted = arp->arp_data.arp_tip;
    if (arp->arp_opcode != rte_cpu_to_be_16(RTE_ARP_OP_REQUEST)) {
        rte_pktmbuf_free(mbuf);
        return;
    }
    arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REPLY);
    arp->arp_data.arp_tha = arp->arp_data.arp_sha;
    arp->arp_data.arp_tip = arp->arp_data.arp_sip;
    arp->arp_data.arp_sha = mine;
    arp->arp_data.arp_sip = wanted;
    ethernet->dst_addr = arp->arp_data.arp_tha;
    ethernet->src_addr = mine;
    send_one(mbuf);
}

static void send_datagram(uint32_t transport, const uint8_t *data, size_t size)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(peer.pool);
    uint16_t whole = (uint16_t)(TRAFFIC_FRAME_HEADER + size);
    if (!mbuf)
        return;
    uint8_t *frame = (uint8_t *)rte_pktmbuf_append(mbuf, whole);
    traffic_frame(frame, &peer.gateway, transport, whole);
    memcpy(frame + TRAFFIC_FRAME_HEADER, data, size);
    send_one(mbuf);
}

static void take_stun(uint32_t transport, const uint8_t *data, size_t size)
{
    uint8_t answer[STUN_ANSWER_MAX];
    int length = stun_answers_take(data, size, answer);
    peer.counts.stun_requests += length > 0;
    peer.counts.stun_answers += length == 0;
    if (length > 0)
        send_datagram(transport, answer, (size_t)length);
}

static uint32_t next_rollover(struct receiver *receiver, uint16_t sequence)
{
    if (receiver->seen && sequence < receiver->last && receiver->last - sequence > 0x8000)
        receiver->rollover++;
    receiver->seen = true;
    receiver->last = sequence;
    return receiver->rollover;
}

static void look_at_stamp(const struct receiver *receiver, uint8_t *rtp, uint64_t index, uint64_t now)
{
    uint8_t plain[SEAL_PEEK];
    uint64_t made;
    uint32_t source;
    const struct seal_job job = {.keys = receiver->keys,
                                 .packet = rtp,
                                 .header = TRAFFIC_RTP_SENT,
                                 .ssrc = bytes_get32(rtp + 8),
                                 .index = index};
    seal_peek(peer.rooms->suite, &job, plain);
    memcpy(&source, plain, sizeof(source));
    memcpy(&made, plain + TRAFFIC_STAMP_OFFSET, sizeof(made));
    if (source >= rooms_sources(peer.rooms) || made > now)
        peer.counts.strange++;
    else
        histogram_add(peer.latency, now - made);
}

static void take_media(uint32_t transport, uint8_t *frame, uint32_t size, uint64_t now)
{
    uint8_t question[NACK_MAX];
    int asked;
    struct receiver *receiver = &receivers[transport];
    uint8_t *rtp = frame + TRAFFIC_FRAME_HEADER;
    uint16_t sequence = bytes_get16(rtp + 2);
    uint64_t index = (uint64_t)next_rollover(receiver, sequence) << 16 | sequence;
    if (++peer.counts.media % PEER_LATENCY_EACH == 0 && peer.latency)
        look_at_stamp(receiver, rtp, index, now);
    if (peer.look)
        oracle_keep(frame, size);
    if ((asked = nack_ask(transport, rtp, question)) > 0)
        send_datagram(transport, question, (size_t)asked);
    if (receiver->round != peer.round) {
        receiver->round = peer.round;
        peer.heard++;
    }
}

// What the gateway asks for was lost on its way there.
static void take_rtcp(uint32_t transport, const uint8_t *data, size_t size)
{
    const struct lost_frame *frames[LOSSES_MAX];
    peer.counts.rtcp++;
    const unsigned count = losses_asked(transport, data, size, frames);
    for (unsigned i = 0; i < count; i++) {
        struct rte_mbuf *mbuf = rte_pktmbuf_alloc(peer.pool);
        if (!mbuf)
            return;
        memcpy(rte_pktmbuf_append(mbuf, frames[i]->size), frames[i]->data, frames[i]->size);
        send_one(mbuf);
    }
}

// What a viewer asked for.
static void take_rtx(uint8_t *frame, uint32_t size)
{
    nack_counts.resent++;
    if (peer.look)
        oracle_keep(frame, size);
}

static void take(struct rte_mbuf *mbuf, uint64_t now)
{
    uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *), *data = frame + TRAFFIC_FRAME_HEADER;
    uint32_t size = mbuf->data_len;
    if (frame[12] == 8 && frame[13] == 6) {
        answer_arp(mbuf);
        return;
    }
    uint32_t transport = traffic_address_transport(frame + TRAFFIC_IPV4_DESTINATION);
    if (size < TRAFFIC_FRAME_HEADER + 12 || frame[12] != 8 || frame[13] != 0 || transport >= peer.rooms->transports)
        peer.counts.others++;
    else if (data[0] < 4)
        take_stun(transport, data, size - TRAFFIC_FRAME_HEADER);
    else if (data[1] >= 192 && data[1] < 224)
        take_rtcp(transport, data, size - TRAFFIC_FRAME_HEADER);
    else if ((data[1] & 0x7f) == ROOMS_RTX_PAYLOAD_TYPE)
        take_rtx(frame, size);
    else
        take_media(transport, frame, size, now);
    rte_pktmbuf_free(mbuf);
}

unsigned peer_poll(void)
{
    struct rte_mbuf *mbufs[BURST];
    uint16_t count = rte_eth_rx_burst(peer.port, 0, mbufs, BURST);
    uint64_t now = __rdtsc();
    for (uint16_t i = 0; i < count; i++) {
        if (i + 4 < count)
            rte_prefetch0(rte_pktmbuf_mtod(mbufs[i + 4], void *));
        take(mbufs[i], now);
    }
    return count;
}

unsigned peer_send(const struct device_feed *feed, unsigned first, unsigned count)
{
    struct rte_mbuf *mbufs[BURST];
    unsigned sent = 0;
    while (sent < count) {
        uint16_t burst = (uint16_t)RTE_MIN(count - sent, (unsigned)BURST);
        if (rte_pktmbuf_alloc_bulk(peer.pool, mbufs, burst))
            return sent;
        for (uint16_t i = 0; i < burst; i++) {
            uint16_t size = feed->sizes[first + sent + i];
            rte_memcpy(rte_pktmbuf_mtod(mbufs[i], void *), feed->frames + (size_t)(first + sent + i) * feed->stride,
                       size);
            mbufs[i]->data_len = size;
            mbufs[i]->pkt_len = size;
        }
        uint16_t took = rte_eth_tx_burst(peer.port, 0, mbufs, burst);
        rte_pktmbuf_free_bulk(&mbufs[took], burst - took);
        sent += took;
        if (took < burst)
            break;
    }
    return sent;
}

static bool is_proven(struct tables *tables, uint32_t transport)
{
    struct transport_path path;
    struct transport_state *state = tables_transport_state(tables, transport);
    return record_read(&state->path.head, &path, sizeof(path)) && path.selected < TRANSPORT_MAX_CANDIDATES &&
           path.candidates[path.selected].flags & CANDIDATE_PROVEN;
}

int peer_prove_paths(struct tables *tables, int timeout_ms)
{
    const uint64_t ms = rte_get_tsc_hz() / 1000, end = __rdtsc() + (uint64_t)timeout_ms * ms;
    uint32_t missing = peer.rooms->transports;
    uint8_t request[STUN_ANSWER_MAX];
    while (missing && __rdtsc() < end) {
        missing = 0;
        for (uint32_t i = 0; i < peer.rooms->transports; i++) {
            if (is_proven(tables, i))
                continue;
            missing++;
            random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
            send_datagram(i, request, (size_t)stun_answers_ask(i, random_state, request));
            while (peer_poll()) {
            }
        }
        // The gateway repeats its own check every 250 ms.
        for (uint64_t until = __rdtsc() + 300 * ms; missing && __rdtsc() < until;)
            peer_poll();
    }
    return missing ? -ETIMEDOUT : 0;
}
