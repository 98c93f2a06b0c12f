// SPDX-License-Identifier: Apache-2.0
// Which SRTP and SRTCP indexes were seen under which key: a peer's address stands for the key, and (address, SSRC) for
// a stream. Nothing is decrypted: sequence numbers and SRTCP indexes travel in the clear.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_key {
    uint8_t address[16]; // of the peer; IPv4 in the last four
    uint32_t ssrc;
    uint16_t port;
    bool is_rtcp;
};

struct index_stream {
    struct index_key key;
    bool used;
    uint64_t first, highest; // of RTP: as the receiver unwraps it, from 2^32 on
    uint64_t packets, repeated, largest_jump;
    uint64_t last_ns;
    uint64_t *seen; // bits from first - INDEX_LOG_BEFORE
    size_t words;
    uint8_t payload_type;
};

#define INDEX_LOG_BEFORE 4096u // how far behind the first one an index may come

struct index_log {
    struct index_stream *streams; // open addressing
    size_t capacity, count;
    uint64_t too_old; // further back than what is kept: not told apart
};

int index_log_open(struct index_log *log, size_t capacity);
void index_log_close(struct index_log *log);

// A packet with its 16-bit sequence number, or with its whole SRTCP index. -ENOSPC, -ENOMEM: not recorded.
int index_log_rtp(struct index_log *log, const struct index_key *key, uint16_t sequence, uint8_t payload_type,
                  uint64_t now);
int index_log_rtcp(struct index_log *log, const struct index_key *key, uint32_t index, uint64_t now);
