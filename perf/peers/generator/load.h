// SPDX-License-Identifier: Apache-2.0
// Flows into a server and what must come out of it: each packet of a flow reaches `copies` receivers.
#pragma once

#include "leg.h"

#include <netinet/in.h>
#include <stddef.h>

#define LOAD_RTP_HEADER  12
#define LOAD_PAYLOAD_MIN 64
#define LOAD_PAYLOAD_MAX 1200
// Both ends of the veth pair have these, whoever listens behind: frames need no neighbour entries.
#define LOAD_MAC_GENERATOR                                                                                             \
    {                                                                                                                  \
        2, 0, 0, 0, 7, 1                                                                                               \
    }
#define LOAD_MAC_SERVER                                                                                                \
    {                                                                                                                  \
        2, 0, 0, 0, 7, 2                                                                                               \
    }

struct flow {
    struct sockaddr_in from, to;
    uint32_t ssrc;
    uint16_t first_sequence;
    uint8_t payload_type;
    uint64_t number; // packets built so far
    srtp_t seal;
};

struct receiver {
    int fd;        // bound, does not block
    unsigned flow; // whose packets come here
    srtp_t open;
    bool wants_sample; // in this window
};

struct load {
    struct flow *flows;
    struct receiver *receivers;
    unsigned flow_count, receiver_count, copies, payload;
    int raw;         // frames leave here
    uint8_t *frames; // built before a window
    uint16_t *sizes;
    size_t stride, capacity;
    void (*between)(struct load *load, void *server); // windows: what keeps the sessions alive; NULL: nothing does
    void *server;
};

// Room for the flows and receivers, and for `capacity` frames of this payload. 0, else -errno after a line on stderr.
int load_open(struct load *load, unsigned flows, unsigned copies, unsigned payload, size_t capacity,
              const char *interface);
void load_close(struct load *load);

// A bound socket that does not block and has room for what a busy server sends. address: host order; port 0: any.
int load_socket(uint32_t address, uint16_t port, int *ret_fd);
int load_grow_socket(int fd);

// The next `count` frames, sealed, of all flows in turn. -EBADMSG: libsrtp refused.
int load_build(struct load *load, size_t count);

// What came back on a receiver, in place: NULL, or what is wrong with it.
const char *load_check(const struct load *load, const struct receiver *receiver, uint8_t *packet, size_t size);
