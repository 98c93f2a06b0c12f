// SPDX-License-Identifier: Apache-2.0
// "observe": stands on the gateway's link and records every SRTP and SRTCP index that it sends, delivered or not, until
// it is interrupted: what matters is that none is used twice under a key, however often the gateway was killed.
#include "byte_order.h"
#include "commands.h"
#include "index_log.h"
#include "srtp_pair.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAMS_MAX  (1u << 16)
#define BUFFER_BYTES (64 << 20)
#define BATCH        64
#define FRAME_MAX    2048
#define IP4_HEADER   20
#define IP6_HEADER   40
#define UDP_HEADER   8
#define CM_TAG       10 // behind the SRTCP index, which in AEAD suites comes last (RFC 7714 9.2)

struct observer {
    const char *interface;
    struct in_addr from4;
    struct in6_addr from6;
    const struct srtp_pair_suite *suite;
    double silence_s;
    unsigned sparse; // payload type of repairs, which may be silent
    int fd;
    struct index_log log;
    uint64_t rtp, rtcp, malformed, unrecorded;
};

static const struct option longs[] = {{"interface", 1, 0, 'i'},
                                      {"from", 1, 0, 'f'},
                                      {"suite", 1, 0, 's'},
                                      {"silence", 1, 0, 'q'},
                                      {"sparse", 1, 0, 'p'},
                                      {"help", 0, 0, 'h'},
                                      {0}};

static const char help[] =
    "naru-client observe --interface NAME --from ADDRESS [--from ADDRESS6] --suite NAME [--silence S] [--sparse PT]\n"
    "Records the index of each SRTP and SRTCP packet that the gateway at ADDRESS sends, until SIGINT or SIGTERM; then\n"
    "prints as JSON how many were used twice, the largest jump, and how many media streams sent nothing in the last S\n"
    "seconds (1), those of payload type PT apart. Exit status 0: none was used twice.\n\n"
    "Examples:\n"
    "  naru-client observe --interface naru0 --from 10.7.0.2 --suite AEAD_AES_128_GCM\n";

static atomic_bool ended;

static void end(int unused)
{
    atomic_store(&ended, true);
}

static int read_options(int argc, char **argv, struct observer *observer)
{
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h')
            return 1;
        if (option == 'i')
            observer->interface = optarg;
        else if (option == 's')
            observer->suite = srtp_pair_suite_named(optarg);
        else if (option == 'q')
            observer->silence_s = strtod(optarg, NULL);
        else if (option == 'p')
            observer->sparse = (unsigned)atoi(optarg);
        else if (option != 'f' || (inet_pton(AF_INET, optarg, &observer->from4) != 1 &&
                                   inet_pton(AF_INET6, optarg, &observer->from6) != 1))
            return -EINVAL;
    }
    bool from_any = observer->from4.s_addr || !IN6_IS_ADDR_UNSPECIFIED(&observer->from6);
    return optind == argc && observer->interface && observer->suite && from_any ? 0 : -EINVAL;
}

static int open_socket(struct observer *observer)
{
    int size = BUFFER_BYTES;
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(observer->interface)};
    observer->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (observer->fd < 0 || !address.sll_ifindex)
        return -errno;
    setsockopt(observer->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    return bind(observer->fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

// The UDP header of a packet of the gateway's; NULL: somebody else's, or something else.
static const uint8_t *find_udp(const struct observer *observer, const uint8_t *frame, size_t size,
                               struct index_key *ret_key)
{
    const uint8_t *ip = frame + ETH_HLEN;
    *ret_key = (struct index_key){0};
    if (size < ETH_HLEN + IP4_HEADER + UDP_HEADER)
        return NULL;
    if (read16(frame + 12) == ETH_P_IP && ip[0] == 0x45 && ip[9] == IPPROTO_UDP &&
        !memcmp(ip + 12, &observer->from4, 4)) {
        memcpy(ret_key->address + 12, ip + 16, 4);
        return ip + IP4_HEADER;
    }
    if (read16(frame + 12) == ETH_P_IPV6 && size >= ETH_HLEN + IP6_HEADER + UDP_HEADER && ip[6] == IPPROTO_UDP &&
        !memcmp(ip + 8, &observer->from6, 16)) {
        memcpy(ret_key->address, ip + 24, 16);
        return ip + IP6_HEADER;
    }
    return NULL;
}

static void take_media(struct observer *observer, struct index_key *key, const uint8_t *data, size_t size, uint64_t now)
{
    int error;
    if (data[1] >= 192 && data[1] <= 223) { // RFC 5761 4
        size_t tail = observer->suite->profile == 0x0001 ? 4 + CM_TAG : 4;
        key->is_rtcp = true;
        key->ssrc = read32(data + 4);
        error = index_log_rtcp(&observer->log, key, read32(data + size - tail) & 0x7fffffff, now);
        observer->rtcp++;
    } else {
        key->ssrc = read32(data + 8);
        error = index_log_rtp(&observer->log, key, read16(data + 2), data[1] & 0x7f, now);
        observer->rtp++;
    }
    observer->unrecorded += error != 0;
}

static void take_frame(struct observer *observer, const uint8_t *frame, size_t size, uint64_t now)
{
    struct index_key key;
    const uint8_t *udp = find_udp(observer, frame, size, &key);
    if (!udp)
        return;
    const uint8_t *data = udp + UDP_HEADER;
    size_t rest = size - (size_t)(data - frame), said = read16(udp + 4);
    if (said < UDP_HEADER || said - UDP_HEADER > rest) {
        observer->malformed++;
        return;
    }
    size_t length = said - UDP_HEADER;
    key.port = read16(udp + 2);
    if (length >= 24 && data[0] >= 128 && data[0] < 192) // RFC 7983
        take_media(observer, &key, data, length, now);
}

// Whether there may be more.
static bool take_batch(struct observer *observer)
{
    static uint8_t frames[BATCH][FRAME_MAX];
    static struct iovec parts[BATCH];
    static struct sockaddr_ll from[BATCH];
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof(messages));
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){frames[i], FRAME_MAX};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &from[i], .msg_namelen = sizeof(from[i]), .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    int count = recvmmsg(observer->fd, messages, BATCH, 0, NULL);
    uint64_t now = clock_now();
    for (int i = 0; i < count; i++)
        if (from[i].sll_pkttype != PACKET_OUTGOING)
            take_frame(observer, frames[i], messages[i].msg_len, now);
    return count > 0;
}

static uint64_t unseen(const struct observer *observer)
{
    struct tpacket_stats statistics = {0};
    socklen_t size = sizeof(statistics);
    getsockopt(observer->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
    return statistics.tp_drops;
}

static json_t *sum_up(const struct observer *observer, uint64_t now)
{
    uint64_t streams = 0, silent = 0, rtp_repeated = 0, rtcp_repeated = 0, rtp_jump = 0, rtcp_jump = 0;
    for (size_t i = 0; i < observer->log.capacity; i++) {
        const struct index_stream *stream = &observer->log.streams[i];
        if (!stream->used)
            continue;
        uint64_t *repeated = stream->key.is_rtcp ? &rtcp_repeated : &rtp_repeated;
        uint64_t *jump = stream->key.is_rtcp ? &rtcp_jump : &rtp_jump;
        *repeated += stream->repeated;
        if (stream->largest_jump > *jump)
            *jump = stream->largest_jump;
        streams += !stream->key.is_rtcp;
        silent += !stream->key.is_rtcp && stream->payload_type != observer->sparse &&
                  (double)(now - stream->last_ns) / 1e9 > observer->silence_s;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "streams", streams, "silent",
                     silent, "rtp", observer->rtp, "rtcp", observer->rtcp, "rtp_repeated", rtp_repeated,
                     "rtcp_repeated", rtcp_repeated, "rtp_largest_jump", rtp_jump, "rtcp_largest_jump", rtcp_jump,
                     "too_old", observer->log.too_old, "malformed", observer->malformed, "unrecorded",
                     observer->unrecorded, "unseen", unseen(observer));
}

static int report(struct observer *observer)
{
    json_t *json = sum_up(observer, clock_now());
    json_dumpf(json, stdout, JSON_INDENT(1));
    printf("\n");
    bool ok = !json_integer_value(json_object_get(json, "rtp_repeated")) &&
              !json_integer_value(json_object_get(json, "rtcp_repeated"));
    json_decref(json);
    return !ok;
}

int command_observe(int argc, char **argv)
{
    struct observer observer = {.fd = -1, .silence_s = 1};
    int result = read_options(argc, argv, &observer);
    if (result) {
        fputs(help, result > 0 ? stdout : stderr);
        return result < 0;
    }
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    result = open_socket(&observer);
    if (result || (result = index_log_open(&observer.log, STREAMS_MAX))) {
        fprintf(stderr, "naru-client: cannot observe %s: %s\n", observer.interface, strerror(-result));
        return 1;
    }
    while (!atomic_load(&ended)) {
        struct pollfd readable = {.fd = observer.fd, .events = POLLIN};
        if (!take_batch(&observer))
            poll(&readable, 1, 100);
    }
    result = report(&observer);
    index_log_close(&observer.log);
    close(observer.fd);
    return result;
}
