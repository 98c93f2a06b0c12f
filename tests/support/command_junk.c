// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "commands.h"
#include "socket_address.h"

#include <errno.h>
#include <getopt.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JUNK_MAX 1472

enum kind { KIND_NONE, KIND_RTP, KIND_RTCP, KIND_DTLS, KIND_RANDOM, KIND_SHORT, KIND_LONG, KIND_STUN };

struct junk {
    struct socket_address to;
    const char *bind;
    enum kind kind;
    unsigned count, rate, sources;
    bool json;
};

struct junk_result {
    uint64_t sent, errors, received, received_bytes, sent_bytes;
};

static const struct option longs[] = {{"to", 1, 0, 't'},   {"kind", 1, 0, 'k'}, {"count", 1, 0, 'n'},
                                      {"rate", 1, 0, 'r'}, {"bind", 1, 0, 'b'}, {"sources", 1, 0, 's'},
                                      {"json", 0, 0, 'j'}, {"help", 0, 0, 'h'}, {0}};

static const char help[] =
    "naru-client junk --to IP:PORT --kind KIND [options]\n"
    "  --kind rtp      RTP with a random SSRC and no valid tag       rtcp    the same as RTCP\n"
    "         dtls     a ClientHello record of a stranger            stun    a Binding request with unknown "
    "credentials\n"
    "         random   random bytes of 1 to 1400                     short   1 to 11 bytes of RTP, DTLS or STUN\n"
    "         long     1472 bytes\n"
    "  --count N (100), --rate PACKETS_PER_S (1000), --sources N sockets (1), --bind ADDRESS, --json\n"
    "Prints what was sent and what came back. Exit status 0 once all was sent.\n\n"
    "Examples:\n"
    "  naru-client junk --to 192.0.2.1:16384 --kind dtls --count 1000 --rate 5000 --json\n";

static enum kind kind_named(const char *name)
{
    static const char *const names[] = {"", "rtp", "rtcp", "dtls", "random", "short", "long", "stun"};
    for (int i = KIND_RTP; i <= KIND_STUN; i++)
        if (!strcmp(names[i], name))
            return (enum kind)i;
    return KIND_NONE;
}

static int read_options(int argc, char **argv, struct junk *junk)
{
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h')
            return 1;
        else if (option == 't' && socket_address_parse(optarg, &junk->to))
            return -EINVAL;
        else if (option == 'k')
            junk->kind = kind_named(optarg);
        else if (option == 'n')
            junk->count = (unsigned)atoi(optarg);
        else if (option == 'r')
            junk->rate = (unsigned)atoi(optarg);
        else if (option == 's')
            junk->sources = (unsigned)atoi(optarg);
        else if (option == 'b')
            junk->bind = optarg;
        else if (option == '?')
            return -EINVAL;
        junk->json |= option == 'j';
    }
    return optind == argc && junk->to.size && junk->kind && junk->rate && junk->sources && junk->sources <= 512
               ? 0
               : -EINVAL;
}

// A whole ClientHello record without extensions, one cipher suite.
static size_t build_hello(uint8_t *data)
{
    static const uint8_t head[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0,  0,    54,  1,
                                   0,  0,    42,   0, 0, 0, 0, 0, 0, 0, 42, 0xfe, 0xfd};
    static const uint8_t tail[] = {0, 0, 0, 2, 0xc0, 0x2b, 1, 0};
    memcpy(data, head, sizeof(head));
    memcpy(data + sizeof(head) + 32, tail, sizeof(tail)); // 32 random bytes stay between
    return sizeof(head) + 32 + sizeof(tail);
}

static size_t build_stun(uint8_t *data)
{
    static const uint8_t head[] = {0, 1, 0, 36, 0x21, 0x12, 0xa4, 0x42};
    static const uint8_t username[] = {0, 6, 0, 7, 'n', 'o', 'n', 'e', ':', 'm', 'e', 0, 0, 8, 0, 20};
    memcpy(data, head, sizeof(head));
    memcpy(data + 20, username, sizeof(username));
    return 56;
}

static size_t build(enum kind kind, uint8_t data[JUNK_MAX])
{
    static const uint8_t first_bytes[] = {0x80, 22, 0, 0x90};
    RAND_bytes(data, JUNK_MAX);
    size_t random = read16(data + JUNK_MAX - 2);
    switch (kind) {
    case KIND_RTP:
        data[0] = 0x80;
        data[1] = 111;
        return 200;
    case KIND_RTCP:
        data[0] = 0x80;
        data[1] = 200;
        write16(data + 2, 6);
        return 28 + 14;
    case KIND_DTLS:
        return build_hello(data);
    case KIND_STUN:
        return build_stun(data);
    case KIND_SHORT:
        data[0] = first_bytes[random % sizeof(first_bytes)];
        return 1 + random % 11;
    case KIND_LONG:
        data[0] = first_bytes[random % sizeof(first_bytes)];
        return JUNK_MAX;
    default:
        return 1 + random % 1400;
    }
}

static void collect(int fd, struct junk_result *result)
{
    uint8_t data[2048];
    for (ssize_t size; (size = recv(fd, data, sizeof(data), 0)) >= 0;) {
        result->received++;
        result->received_bytes += (uint64_t)size;
    }
}

static void send_all(const struct junk *junk, const int *fds, struct junk_result *result)
{
    uint8_t data[JUNK_MAX];
    uint64_t due = clock_now();
    for (unsigned i = 0; i < junk->count; i++, due += NS_PER_S / junk->rate) {
        int fd = fds[i % junk->sources];
        for (uint64_t now = clock_now(); now < due; now = clock_now())
            usleep((useconds_t)((due - now) / 1000));
        size_t size = build(junk->kind, data);
        if (sendto(fd, data, size, 0, &junk->to.any, junk->to.size) < 0)
            result->errors++;
        result->sent++;
        result->sent_bytes += size;
        collect(fd, result);
    }
    usleep(300000);
    for (unsigned i = 0; i < junk->sources; i++)
        collect(fds[i], result);
}

static void print_result(const struct junk_result *result, bool json)
{
    printf(json ? "{\"sent\": %lu, \"sent_bytes\": %lu, \"errors\": %lu, \"received\": %lu, \"received_bytes\": %lu}\n"
                : "sent %lu packets, %lu bytes, %lu errors; received %lu packets, %lu bytes\n",
           result->sent, result->sent_bytes, result->errors, result->received, result->received_bytes);
}

int command_junk(int argc, char **argv)
{
    struct junk junk = {.count = 100, .rate = 1000, .sources = 1};
    struct junk_result result = {0};
    struct socket_address local;
    int fds[512], status = read_options(argc, argv, &junk);
    if (status) {
        fputs(help, status == 1 ? stdout : stderr);
        return status != 1;
    }
    unsigned opened = 0;
    while (opened < junk.sources && !socket_open(junk.to.any.sa_family, junk.bind, &fds[opened], &local))
        opened++;
    if (opened == junk.sources)
        send_all(&junk, fds, &result);
    else
        fprintf(stderr, "naru-client: only %u of %u sockets could be bound\n", opened, junk.sources);
    for (unsigned i = 0; i < opened; i++)
        close(fds[i]);
    print_result(&result, junk.json);
    return opened != junk.sources || result.errors;
}
