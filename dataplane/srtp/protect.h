// SPDX-License-Identifier: Apache-2.0
// SRTP (RFC 3711 3.3, RFC 7714 8) in bursts of packets with any mixture of keys and suites. Sending indexes are the
// caller's: no index may ever be protected twice with different bytes.
#pragma once
#include "keys.h"
#include <stdint.h>

struct srtp_engine;

#define SRTP_PACKET_LENGTH_MAX 65535
#define SRTP_HEADER_LENGTH_MIN 12

// Nothing beyond dst[capacity - 1] is written, nothing beyond dst[length - 1] and the payload is read: no tail room
// needed.
struct srtp_packet {
    const struct srtp_keys *keys;
    const uint8_t *src;     // protect: the plaintext payload (not the header), anywhere; dst + header_length: in place.
                            // It may overlap the output in no other way. unprotect: not used, always in place
    uint8_t *dst;           // the packet: its RTP header is there already
    uint64_t index;         // ROC || SEQ
    uint32_t length;        // whole packet: header + payload (unprotect: + tag)
    uint32_t header_length; // RTP header with CSRCs and extension: authenticated, not encrypted
    uint32_t capacity;      // protect: writable bytes at dst, at least length + tag
    uint32_t ssrc;          // host order
    int result;             // 0, or why not: see below
    uint32_t ret_length;    // whole packet afterwards; set when result is 0
};

// result: 0; -EINVAL lengths or index out of range; -ENOBUFS dst too small; -ENOKEY no RTP key of this engine's
// backend. All are found before the first byte is written. Returns how many packets were protected.
unsigned srtp_protect_burst(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count);

// result: 0; -EBADMSG wrong tag, or shorter than header + tag; -EINVAL; -ENOKEY. Unless 0, the packet's bytes are as
// they came, so that it can be tried with another index or key. The caller asks srtp_replay_check before and
// srtp_replay_commit after. Returns how many packets were authentic.
unsigned srtp_unprotect_burst(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count);

// One packet whose ROC is uncertain (first of a source, first after a restart): tries the candidates around `highest`
// (packet_index.h) and sets packet->index to the one that verified. Returns packet->result.
int srtp_unprotect_candidates(struct srtp_engine *engine, struct srtp_packet *packet, uint64_t highest);
