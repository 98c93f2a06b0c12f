// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADERS       (sizeof(struct ether_header) + sizeof(struct ip) + sizeof(struct udphdr))
#define STRIDE_ROUND  64
#define TICKS         300 // of the RTP clock between two packets
#define SOCKET_BUFFER (4 << 20)
#define TO_LIVE       64

// In the payload behind what looks like the first bytes of a VP8 key frame (RFC 7741).
static const uint8_t key_frame[] = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
enum { PLACE_FLOW = 16, PLACE_NUMBER = 24, PATTERN = 0x5a };

int load_grow_socket(int fd)
{
    int size = SOCKET_BUFFER;
    return setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ? -errno : 0;
}

int load_socket(uint32_t address, uint16_t port, int *ret_fd)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = bind(fd, (struct sockaddr *)&own, sizeof(own)) ? -errno : load_grow_socket(fd);
    if (error)
        close(fd);
    else
        *ret_fd = fd;
    return error;
}

static int open_raw(const char *interface, int *ret_fd)
{
    int one = 1;
    struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); // protocol 0: receives nothing
    if (fd < 0)
        return -errno;
    if (link.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&link, sizeof(link)) ||
        setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one))) {
        int error = errno ? -errno : -ENODEV;
        close(fd);
        return error;
    }
    *ret_fd = fd;
    return 0;
}

int load_open(struct load *load, unsigned flows, unsigned copies, unsigned payload, size_t capacity,
              const char *interface)
{
    *load = (struct load){.flow_count = flows,
                          .receiver_count = flows * copies,
                          .copies = copies,
                          .payload = payload,
                          .capacity = capacity,
                          .raw = -1};
    load->stride =
        (HEADERS + LOAD_RTP_HEADER + payload + SRTP_MAX_TRAILER_LEN + STRIDE_ROUND - 1) / STRIDE_ROUND * STRIDE_ROUND;
    load->flows = calloc(flows, sizeof(*load->flows));
    load->receivers = calloc(load->receiver_count, sizeof(*load->receivers));
    load->sizes = calloc(capacity, sizeof(*load->sizes));
    void *frames = mmap(NULL, load->stride * capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    load->frames = frames == MAP_FAILED ? NULL : frames;
    if (!load->flows || !load->receivers || !load->sizes || !load->frames)
        return -ENOMEM;
    for (unsigned i = 0; i < load->receiver_count; i++)
        load->receivers[i] = (struct receiver){.fd = -1, .flow = i / copies};
    int error = open_raw(interface, &load->raw);
    if (error)
        fprintf(stderr, "naru-peers: cannot send on %s: %s\n", interface, strerror(-error));
    return error;
}

void load_close(struct load *load)
{
    if (load->raw >= 0)
        close(load->raw);
    if (load->frames)
        munmap(load->frames, load->stride * load->capacity);
    free(load->sizes);
    free(load->receivers);
    free(load->flows);
}

static uint16_t header_sum(const struct ip *ip)
{
    const uint16_t *words = (const uint16_t *)(const void *)ip;
    uint32_t sum = 0;
    for (unsigned i = 0; i < sizeof(*ip) / sizeof(*words); i++)
        sum += words[i];
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

// No UDP sum (RFC 768 allows it): as behind a network card, no server spends time on checking one.
static void write_headers(const struct flow *flow, uint8_t *frame, unsigned rtp_size)
{
    struct ether_header ethernet = {
        .ether_dhost = LOAD_MAC_SERVER, .ether_shost = LOAD_MAC_GENERATOR, .ether_type = htons(ETHERTYPE_IP)};
    struct udphdr udp = {.uh_sport = flow->from.sin_port,
                         .uh_dport = flow->to.sin_port,
                         .uh_ulen = htons((uint16_t)(sizeof(udp) + rtp_size))};
    struct ip ip = {.ip_v = 4,
                    .ip_hl = 5,
                    .ip_len = htons((uint16_t)(sizeof(ip) + sizeof(udp) + rtp_size)),
                    .ip_ttl = TO_LIVE,
                    .ip_p = IPPROTO_UDP,
                    .ip_src = flow->from.sin_addr,
                    .ip_dst = flow->to.sin_addr};
    ip.ip_sum = header_sum(&ip);
    memcpy(frame, &ethernet, sizeof(ethernet));
    memcpy(frame + sizeof(ethernet), &ip, sizeof(ip));
    memcpy(frame + sizeof(ethernet) + sizeof(ip), &udp, sizeof(udp));
}

static void write_payload(const struct load *load, uint32_t flow, uint64_t number, uint8_t *ret_payload)
{
    memset(ret_payload, PATTERN, load->payload);
    memcpy(ret_payload, key_frame, sizeof(key_frame));
    memcpy(ret_payload + PLACE_FLOW, &flow, sizeof(flow));
    memcpy(ret_payload + PLACE_NUMBER, &number, sizeof(number));
}

static void write_rtp(const struct flow *flow, uint8_t *rtp)
{
    uint16_t sequence = htons((uint16_t)(flow->first_sequence + flow->number));
    uint32_t timestamp = htonl((uint32_t)flow->number * TICKS), ssrc = htonl(flow->ssrc);
    rtp[0] = 0x80;
    rtp[1] = flow->payload_type;
    memcpy(rtp + 2, &sequence, sizeof(sequence));
    memcpy(rtp + 4, &timestamp, sizeof(timestamp));
    memcpy(rtp + 8, &ssrc, sizeof(ssrc));
}

int load_build(struct load *load, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t index = (uint32_t)(i % load->flow_count);
        struct flow *flow = &load->flows[index];
        uint8_t *frame = load->frames + i * load->stride, *rtp = frame + HEADERS;
        int size = (int)(LOAD_RTP_HEADER + load->payload);
        write_rtp(flow, rtp);
        write_payload(load, index, flow->number++, rtp + LOAD_RTP_HEADER);
        if (srtp_protect(flow->seal, rtp, &size) != srtp_err_status_ok)
            return -EBADMSG;
        write_headers(flow, frame, (unsigned)size);
        load->sizes[i] = (uint16_t)(HEADERS + (unsigned)size);
    }
    return 0;
}

// RFC 8285: extensions that the server has added stand between header and payload.
static size_t header_size(const uint8_t *packet, size_t size)
{
    size_t length = LOAD_RTP_HEADER + 4u * (packet[0] & 15);
    if (!(packet[0] & 0x10))
        return length;
    if (length + 4 > size)
        return size;
    return length + 4 + 4u * (unsigned)(packet[length + 2] << 8 | packet[length + 3]);
}

const char *load_check(const struct load *load, const struct receiver *receiver, uint8_t *packet, size_t size)
{
    uint8_t wanted[LOAD_PAYLOAD_MAX];
    int length = (int)size;
    uint64_t number;
    srtp_err_status_t status = srtp_unprotect(receiver->open, packet, &length);
    if (status != srtp_err_status_ok)
        return status == srtp_err_status_auth_fail ? "does not authenticate" : "is refused by libsrtp";
    size_t header = header_size(packet, (size_t)length);
    if (header + load->payload != (size_t)length)
        return "has another size";
    memcpy(&number, packet + header + PLACE_NUMBER, sizeof(number));
    write_payload(load, receiver->flow, number, wanted);
    if (number >= load->flows[receiver->flow].number)
        return "was never sent";
    return memcmp(packet + header, wanted, load->payload) == 0 ? NULL : "has another payload";
}
