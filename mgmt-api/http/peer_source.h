// SPDX-License-Identifier: Apache-2.0
// Who is behind a TCP connection, as far as limits go: an IPv4 address, or the /64 of an IPv6 one.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PEER_SOURCE_SIZE 16

struct peer_source {
    uint8_t prefix[PEER_SOURCE_SIZE]; // IPv4 as ::ffff:a.b.c.d; all zero: unknown
};

void peer_source_of(int socket, struct peer_source *ret_source);
bool peer_source_equal(const struct peer_source *a, const struct peer_source *b);
