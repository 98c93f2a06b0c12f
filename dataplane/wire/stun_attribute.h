// SPDX-License-Identifier: Apache-2.0
// The names of STUN: classes, methods and attributes (RFC 8489 18, RFC 8445 16, RFC 8656 18).
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };

enum stun_method {
    STUN_BINDING = 0x001,
    STUN_ALLOCATE = 0x003,
    STUN_REFRESH = 0x004,
    STUN_SEND = 0x006,
    STUN_DATA = 0x007,
    STUN_CREATE_PERMISSION = 0x008,
    STUN_CHANNEL_BIND = 0x009,
};

// The attributes that the parser knows: where stun_message keeps the first of each.
enum stun_attribute {
    STUN_ATTRIBUTE_UNKNOWN,
    STUN_MAPPED_ADDRESS,
    STUN_USERNAME,
    STUN_MESSAGE_INTEGRITY,
    STUN_ERROR_CODE,
    STUN_UNKNOWN_ATTRIBUTES,
    STUN_CHANNEL_NUMBER,
    STUN_LIFETIME,
    STUN_XOR_PEER_ADDRESS,
    STUN_DATA_VALUE,
    STUN_REALM,
    STUN_NONCE,
    STUN_XOR_RELAYED_ADDRESS,
    STUN_REQUESTED_ADDRESS_FAMILY,
    STUN_EVEN_PORT,
    STUN_REQUESTED_TRANSPORT,
    STUN_DONT_FRAGMENT,
    STUN_MESSAGE_INTEGRITY_SHA256,
    STUN_XOR_MAPPED_ADDRESS,
    STUN_RESERVATION_TOKEN,
    STUN_PRIORITY,
    STUN_USE_CANDIDATE,
    STUN_SOFTWARE,
    STUN_ALTERNATE_SERVER,
    STUN_FINGERPRINT,
    STUN_ICE_CONTROLLED,
    STUN_ICE_CONTROLLING,
    STUN_ATTRIBUTES
};

// Its type on the wire.
uint16_t stun_attribute_type(enum stun_attribute attribute);

// Whether its address is XORed with the header (RFC 8489 14.2).
bool stun_is_xored(enum stun_attribute attribute);
