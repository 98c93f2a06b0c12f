// SPDX-License-Identifier: Apache-2.0
// STUN messages (RFC 8489) with the attributes of ICE (RFC 8445) and TURN (RFC 8656): bytes <-> struct.
// Nothing is allocated: spans name byte ranges of the datagram. Keyed hashes are the caller's. Writers: stun_writer.h.
#pragma once

#include "address.h"
#include "bytes.h"
#include "limits.h"
#include "stun_attribute.h"

struct stun_span {
    uint16_t offset; // of the value, from the first byte of the message; 0: the attribute is absent
    uint16_t size;   // of the value, without padding
};

struct stun_message {
    uint16_t method;
    uint8_t class;             // enum stun_class
    uint8_t unknown_count;     // comprehension-required attributes that are not known, at most the array's size
    uint16_t size;             // of the whole message; equal to the datagram's
    uint16_t integrity_size;   // the HMAC of MESSAGE-INTEGRITY covers this many bytes from the first, 0: none ...
    uint16_t integrity_length; // ... with this value in the header's length field (RFC 8489 14.5)
    uint8_t transaction_id[12];
    uint16_t unknown[STUN_UNKNOWN_ATTRIBUTES_MAX]; // attribute types, for a 420
    struct stun_span attributes[STUN_ATTRIBUTES];
};

// A datagram that is one whole STUN message. Attributes after MESSAGE-INTEGRITY count only if they are
// MESSAGE-INTEGRITY-SHA256 or FINGERPRINT. Returns the size, or -EBADMSG.
int stun_parse(const uint8_t *data, size_t size, struct stun_message *ret_message);

static inline bool stun_has(const struct stun_message *message, enum stun_attribute attribute)
{
    return message->attributes[attribute].offset != 0;
}

// Values of fixed size: 0, -ENOENT if absent, -EBADMSG if the size is wrong.
int stun_get32(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
               uint32_t *ret_value);
int stun_get64(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
               uint64_t *ret_value);
int stun_get_error(const uint8_t *data, const struct stun_message *message, int *ret_code);
// Undoes the XOR for the XOR-... attributes.
int stun_get_address(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
                     struct transport_address *ret_address);

// What FINGERPRINT says about the size bytes before it.
uint32_t stun_fingerprint(const uint8_t *data, size_t size);

// Whether FINGERPRINT is there, is last, and is right.
bool stun_check_fingerprint(const uint8_t *data, const struct stun_message *message);

// For the HMAC: the header's length field, which the caller sets to integrity_length and back to size - 20.
static inline void stun_set_length(uint8_t *data, uint16_t length)
{
    bytes_put16(data + 2, length);
}
