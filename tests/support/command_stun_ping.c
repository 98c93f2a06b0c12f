// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "commands.h"
#include "stun_message.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <openssl/rand.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum spoil {
    SPOIL_NONE,
    BAD_INTEGRITY,
    NO_INTEGRITY,
    BAD_FINGERPRINT,
    NO_FINGERPRINT,
    ROLE_CONFLICT,
    UNKNOWN_ATTRIBUTE
};

struct ping {
    struct socket_address to;
    const char *username, *password, *bind;
    enum spoil spoil;
    bool use_candidate, json;
    unsigned timeout_ms, tries;
};

static const struct option longs[] = {{"to", 1, 0, 't'},
                                      {"username", 1, 0, 'u'},
                                      {"password", 1, 0, 'p'},
                                      {"bind", 1, 0, 'b'},
                                      {"timeout", 1, 0, 'o'},
                                      {"tries", 1, 0, 'n'},
                                      {"use-candidate", 0, 0, 'c'},
                                      {"json", 0, 0, 'j'},
                                      {"bad-integrity", 0, 0, '1'},
                                      {"no-integrity", 0, 0, '2'},
                                      {"bad-fingerprint", 0, 0, '3'},
                                      {"no-fingerprint", 0, 0, '4'},
                                      {"role-conflict", 0, 0, '5'},
                                      {"unknown-attribute", 0, 0, '6'},
                                      {"help", 0, 0, 'h'},
                                      {0}};

static const char help[] =
    "naru-client stun-ping --to IP:PORT --username U --password P [options]\n"
    "  --username is REMOTE_UFRAG:LOCAL_UFRAG; without it the request carries none (public STUN)\n"
    "  --bad-integrity | --no-integrity | --bad-fingerprint | --no-fingerprint\n"
    "  --role-conflict       says ICE-CONTROLLED, as an ICE-lite server does\n"
    "  --unknown-attribute   adds a comprehension-required attribute that nobody knows\n"
    "  --use-candidate, --bind ADDRESS, --timeout MS (500), --tries N (3), --json\n"
    "Prints the response's class, error code, mapped address and whether its integrity and fingerprint hold.\n"
    "Exit status 0: a response came, 1: none did.\n\n"
    "Examples:\n"
    "  naru-client stun-ping --to 192.0.2.1:16384 --username abcd:efgh --password 0123456789abcdefghijkl\n"
    "  naru-client stun-ping --to [fd00::1]:16384 --username abcd:efgh --password wrong --bad-integrity --json\n";

static int read_options(int argc, char **argv, struct ping *ping)
{
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (option == 'h')
            return 1;
        else if (option == 't' && socket_address_parse(optarg, &ping->to))
            return -EINVAL;
        else if (option == 'u')
            ping->username = optarg;
        else if (option == 'p')
            ping->password = optarg;
        else if (option == 'b')
            ping->bind = optarg;
        else if (option == 'o')
            ping->timeout_ms = (unsigned)atoi(optarg);
        else if (option == 'n')
            ping->tries = (unsigned)atoi(optarg);
        else if (option >= '1' && option <= '6')
            ping->spoil = (enum spoil)(option - '0');
        else if (option == '?')
            return -EINVAL;
        ping->use_candidate |= option == 'c';
        ping->json |= option == 'j';
    }
    return optind == argc && ping->to.size && (!ping->username || strlen(ping->username) < 400) ? 0 : -EINVAL;
}

static void build(const struct ping *ping, struct stun_builder *request)
{
    uint8_t transaction[STUN_TRANSACTION_SIZE];
    uint64_t tie_breaker;
    RAND_bytes(transaction, sizeof(transaction));
    RAND_bytes((uint8_t *)&tie_breaker, sizeof(tie_breaker));
    stun_begin(request, STUN_BINDING_REQUEST, transaction);
    if (ping->username) {
        stun_add(request, STUN_USERNAME, ping->username, strlen(ping->username));
        stun_add32(request, STUN_PRIORITY, 1853824767);
        stun_add64(request, ping->spoil == ROLE_CONFLICT ? STUN_ICE_CONTROLLED : STUN_ICE_CONTROLLING, tie_breaker);
    }
    if (ping->use_candidate)
        stun_add(request, STUN_USE_CANDIDATE, NULL, 0);
    if (ping->spoil == UNKNOWN_ATTRIBUTE)
        stun_add32(request, 0x7ff1, 0);
    if (ping->password && ping->spoil != NO_INTEGRITY)
        stun_add_integrity(request, ping->password);
    if (ping->spoil == BAD_INTEGRITY && ping->password)
        request->data[request->size - 1] ^= 1;
    if (ping->spoil != NO_FINGERPRINT)
        stun_add_fingerprint(request);
    if (ping->spoil == BAD_FINGERPRINT)
        request->data[request->size - 1] ^= 1;
}

// Returns the size of the first datagram from there that answers the request, 0: none.
static size_t exchange(const struct ping *ping, int fd, const struct stun_builder *request, uint8_t *data, size_t room)
{
    for (unsigned i = 0; i < ping->tries; i++) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (sendto(fd, request->data, request->size, 0, &ping->to.any, ping->to.size) < 0)
            return 0;
        while (poll(&ready, 1, (int)ping->timeout_ms) > 0) {
            struct socket_address from = {.size = sizeof(from.v6)};
            ssize_t size = recvfrom(fd, data, room, 0, &from.any, &from.size);
            if (size >= 20 && socket_address_equal(&from, &ping->to) && !memcmp(data + 8, request->data + 8, 12))
                return (size_t)size;
        }
    }
    return 0;
}

static const char *class_of(uint16_t type)
{
    return type == STUN_BINDING_SUCCESS ? "success" : type == STUN_BINDING_ERROR ? "error" : "other";
}

static json_t *describe(const struct ping *ping, const uint8_t *data, size_t size)
{
    char mapped[SOCKET_TEXT_SIZE];
    struct stun_message message;
    if (!size)
        return json_pack("{ss}", "class", "none");
    if (stun_read(data, size, &message) < 0)
        return json_pack("{sssi}", "class", "malformed", "size", (int)size);
    const char *integrity = !message.integrity_offset                                                ? "absent"
                            : ping->password && stun_integrity_holds(data, &message, ping->password) ? "good"
                                                                                                     : "bad";
    const char *fingerprint = !message.has_fingerprint ? "absent" : message.fingerprint_holds ? "good" : "bad";
    return json_pack("{sssisssssssisi}", "class", class_of(message.type), "error_code", message.error_code, "mapped",
                     socket_address_text(&message.mapped, mapped), "integrity", integrity, "fingerprint", fingerprint,
                     "size", (int)size, "unknown_attribute", message.unknown_attribute);
}

static void print_plain(const json_t *result)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)result, key, value)
    {
        if (json_is_string(value))
            printf("%s=%s ", key, json_string_value(value));
        else
            printf("%s=%lld ", key, (long long)json_integer_value(value));
    }
    putchar('\n');
}

int command_stun_ping(int argc, char **argv)
{
    struct ping ping = {.timeout_ms = 500, .tries = 3};
    struct stun_builder request;
    struct socket_address local;
    uint8_t data[2048];
    int fd, result = read_options(argc, argv, &ping);
    if (result) {
        fputs(help, result == 1 ? stdout : stderr);
        return result != 1;
    }
    if (socket_open(ping.to.any.sa_family, ping.bind, &fd, &local)) {
        fprintf(stderr, "naru-client: no socket can be bound to %s\n", ping.bind ? ping.bind : "any address");
        return 1;
    }
    build(&ping, &request);
    size_t size = exchange(&ping, fd, &request, data, sizeof(data));
    close(fd);
    json_t *report = describe(&ping, data, size);
    if (ping.json)
        json_dumpf(report, stdout, 0);
    else
        print_plain(report);
    if (ping.json)
        putchar('\n');
    json_decref(report);
    return size == 0;
}
