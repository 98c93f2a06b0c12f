// SPDX-License-Identifier: Apache-2.0
// SRTCP (RFC 3711 3.4, RFC 7714 9) in bursts, in place. Always encrypted: E = 0 is refused.
#pragma once
#include "keys.h"
#include <stdint.h>

struct srtp_engine;

#define SRTCP_INDEX_MAX         UINT32_C(0x7fffffff)
#define SRTCP_HEADER_LENGTH     8 // first header and its SSRC stay in the clear
#define SRTCP_PACKET_LENGTH_MAX 65535

struct srtcp_packet {
    const struct srtp_keys *keys; // made for SRTP_USE_RTCP
    uint8_t *data;
    uint32_t length;     // compound packet (unprotect: with index and tag)
    uint32_t capacity;   // protect: writable bytes at data, at least length + index + tag
    uint32_t index;      // protect: given by the caller, never twice; unprotect: set from the packet
    int result;          // as in protect.h; -EPROTO: the packet says E = 0
    uint32_t ret_length; // set when result is 0
};

unsigned srtcp_protect_burst(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count);

// Unless result is 0 the packet's bytes are as they came.
unsigned srtcp_unprotect_burst(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count);

// The index that an incoming packet claims, for srtp_replay_check before any key work. 0, -EBADMSG too short, -EPROTO E
// = 0.
int srtcp_read_index(uint16_t suite, const uint8_t *data, uint32_t length, uint32_t *ret_index);
