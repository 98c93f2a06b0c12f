// SPDX-License-Identifier: Apache-2.0
// STUN messages, RFC 8489, with the ICE attributes of RFC 8445.
#pragma once
#include "socket_address.h"

#define STUN_TRANSACTION_SIZE 12
#define STUN_MESSAGE_MAX      600

enum stun_type {
    STUN_BINDING_REQUEST = 0x0001,
    STUN_BINDING_INDICATION = 0x0011,
    STUN_BINDING_SUCCESS = 0x0101,
    STUN_BINDING_ERROR = 0x0111,
};

enum stun_attribute {
    STUN_USERNAME = 0x0006,
    STUN_MESSAGE_INTEGRITY = 0x0008,
    STUN_ERROR_CODE = 0x0009,
    STUN_UNKNOWN_ATTRIBUTES = 0x000a,
    STUN_XOR_MAPPED_ADDRESS = 0x0020,
    STUN_PRIORITY = 0x0024,
    STUN_USE_CANDIDATE = 0x0025,
    STUN_FINGERPRINT = 0x8028,
    STUN_ICE_CONTROLLED = 0x8029,
    STUN_ICE_CONTROLLING = 0x802a,
};

struct stun_message {
    uint16_t type;
    const uint8_t *transaction; // points into the datagram, as does username
    const uint8_t *username;
    size_t username_size;
    size_t integrity_offset; // of the MESSAGE-INTEGRITY attribute, 0: there is none
    uint16_t error_code;
    uint16_t unknown_attribute; // the first that an error response names
    struct socket_address mapped;
    uint64_t tie_breaker; // with controlling or controlled
    bool has_fingerprint, fingerprint_holds, use_candidate, controlling, controlled;
};

// Returns the bytes consumed (always size) or -EBADMSG.
int stun_read(const uint8_t *data, size_t size, struct stun_message *ret_message);
bool stun_integrity_holds(const uint8_t *data, const struct stun_message *message, const char *password);

struct stun_builder {
    uint8_t data[STUN_MESSAGE_MAX];
    size_t size;
};

void stun_begin(struct stun_builder *builder, uint16_t type, const uint8_t transaction[STUN_TRANSACTION_SIZE]);
void stun_add(struct stun_builder *builder, uint16_t attribute, const void *value, size_t size);
void stun_add32(struct stun_builder *builder, uint16_t attribute, uint32_t value);
void stun_add64(struct stun_builder *builder, uint16_t attribute, uint64_t value);
void stun_add_error(struct stun_builder *builder, unsigned code);
void stun_add_mapped(struct stun_builder *builder, const struct socket_address *address);
void stun_add_integrity(struct stun_builder *builder, const char *password);
void stun_add_fingerprint(struct stun_builder *builder);
