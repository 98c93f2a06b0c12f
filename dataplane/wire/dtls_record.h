// SPDX-License-Identifier: Apache-2.0
// DTLS records: RFC 6347 4.1, and the unified header of RFC 9147 4.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"

enum dtls_content {
    DTLS_CHANGE_CIPHER_SPEC = 20,
    DTLS_ALERT = 21,
    DTLS_HANDSHAKE = 22,
    DTLS_APPLICATION_DATA = 23,
    DTLS_HEARTBEAT = 24,
    DTLS_CONNECTION_ID = 25,
    DTLS_ACK = 26,
    DTLS_UNIFIED = 32, // DTLS 1.3 ciphertext: the true content type is encrypted
};

enum dtls_handshake_type { DTLS_CLIENT_HELLO = 1, DTLS_SERVER_HELLO = 2, DTLS_HELLO_VERIFY_REQUEST = 3 };

struct dtls_record {
    const uint8_t *fragment;
    uint64_t sequence; // 48 bits; of a unified header the 8 or 16 bits that it carries, encrypted
    uint16_t epoch;    // of a unified header its low two bits
    uint16_t version;  // 0xfeff 1.0, 0xfefd 1.2; 0 for a unified header
    uint16_t fragment_size;
    uint8_t content; // enum dtls_content
};

struct dtls_record_iterator {
    const uint8_t *next;
    const uint8_t *end;
    unsigned records;
    bool bad; // stopped at a record that does not fit, or at one too many
};

struct dtls_record_iterator dtls_record_begin(const uint8_t *data, size_t size);
bool dtls_record_next(struct dtls_record_iterator *iterator, struct dtls_record *ret_record);

struct dtls_handshake {
    const uint8_t *fragment;
    uint32_t size; // of the whole message
    uint32_t fragment_offset;
    uint32_t fragment_size;
    uint16_t message_sequence;
    uint8_t type;
};

// The first message of a plain (epoch 0) handshake record. Returns header and fragment bytes, or -EBADMSG.
int dtls_handshake_parse(const uint8_t *data, size_t size, struct dtls_handshake *ret_handshake);

// What a datagram begins with.
enum dtls_kind {
    DTLS_KIND_BAD,
    DTLS_KIND_CLIENT_HELLO, // any fragment of one
    DTLS_KIND_HANDSHAKE,    // any other, also encrypted, and change cipher spec
    DTLS_KIND_ALERT,
    DTLS_KIND_APPLICATION_DATA,
    DTLS_KIND_OTHER, // 1.3 ciphertext, ack, heartbeat
};
enum dtls_kind dtls_classify(const uint8_t *data, size_t size);
