// SPDX-License-Identifier: Apache-2.0
// Keeps the last protected packets of a session and sends them again, as they were or damaged.
#pragma once
#include "client_options.h"
#include <stddef.h>

#define TAMPER_KEPT 32

struct tamper_packet {
    uint16_t size;
    uint8_t data[RTP_PACKET_MAX];
};

struct tamper_state {
    struct tamper_packet *kept; // a ring of TAMPER_KEPT, NULL: nothing is to be tampered with
    unsigned stored, left;
    uint64_t sent, due_ns;
};

int tamper_init(struct tamper_state *state, const struct client_options *options);
void tamper_free(struct tamper_state *state);
void tamper_keep(struct tamper_state *state, const uint8_t *packet, size_t size);
// The next packet to send now, or NULL. The first one comes a second after the first call.
const struct tamper_packet *tamper_next(struct tamper_state *state, enum client_tamper kind, uint64_t now,
                                        struct tamper_packet *scratch);
