// SPDX-License-Identifier: Apache-2.0
// The Data Channel Establishment Protocol (RFC 8832): bytes <-> struct. And the payload protocol identifiers of what
// channels carry (RFC 8831 8).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dcep_ppid {
    PPID_DCEP = 50,
    PPID_STRING = 51,
    PPID_BINARY_PARTIAL = 52, // deprecated: RFC 8831 6.6
    PPID_BINARY = 53,
    PPID_STRING_PARTIAL = 54, // deprecated
    PPID_STRING_EMPTY = 56,   // one byte, which means nothing
    PPID_BINARY_EMPTY = 57
};

enum dcep_kind { DCEP_ACK = 2, DCEP_OPEN = 3 };

// RFC 8832 8.2.1
enum dcep_reliability { DCEP_RELIABLE, DCEP_BY_COUNT, DCEP_BY_TIME };

#define DCEP_OPEN_HEADER 12
#define DCEP_OPEN_MAX    (DCEP_OPEN_HEADER + 2 * 65535)

struct dcep_open {
    bool is_unordered;
    enum dcep_reliability reliability;
    uint32_t parameter; // retransmissions, or ms; 0 when reliable
    uint16_t priority;
    const uint8_t *label, *protocol; // borrowed, not terminated
    uint16_t label_size, protocol_size;
};

struct dcep_message {
    enum dcep_kind kind;
    struct dcep_open open; // with DCEP_OPEN
};

// The bytes consumed, which are all of them, or -EBADMSG: cut short, with bytes too many, or of an unknown kind.
int dcep_parse(const uint8_t *bytes, size_t size, struct dcep_message *ret_message);

// Bytes written, or -EMSGSIZE.
int dcep_write_open(const struct dcep_open *open, uint8_t *ret_bytes, size_t room);
int dcep_write_ack(uint8_t *ret_bytes, size_t room);

// Label and protocol are UTF-8 (RFC 8832 5.1, RFC 3629).
bool dcep_is_utf8(const uint8_t *text, size_t size);
