// SPDX-License-Identifier: Apache-2.0
// The SRTP protection profiles that naru speaks; ids are IANA's DTLS-SRTP profile ids (RFC 5764 4.1.2, RFC 7714 14.2).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum srtp_suite_id {
    SRTP_SUITE_NONE = 0,
    SRTP_SUITE_AES_CM_128_HMAC_SHA1_80 = 0x0001,
    SRTP_SUITE_AES_CM_128_HMAC_SHA1_32 = 0x0002, // SDES legs only
    SRTP_SUITE_AEAD_AES_128_GCM = 0x0007,
    SRTP_SUITE_AEAD_AES_256_GCM = 0x0008,
};

#define SRTP_KEY_LENGTH_MAX      32
#define SRTP_SALT_LENGTH_MAX     14
#define SRTP_AUTH_KEY_LENGTH     20
#define SRTP_TAG_LENGTH_MAX      16
#define SRTCP_INDEX_LENGTH       4
#define SRTP_TRAILER_LENGTH_MAX  16 // what protection adds to an RTP packet, at most
#define SRTCP_TRAILER_LENGTH_MAX 20 // and to an RTCP packet

struct srtp_suite {
    const char *name; // as in SDP's a=crypto and in OpenSSL's and IANA's registries
    uint16_t id;
    uint8_t key_length;
    uint8_t salt_length;
    uint8_t rtp_tag_length;
    uint8_t rtcp_tag_length; // RFC 3711 5.2: 80 bits also where the RTP tag is short
    bool aead;
};

// By id; entries without a name are not spoken. For the packet path, whose keys hold ids that were checked.
#define SRTP_SUITE_TABLE_LENGTH (SRTP_SUITE_AEAD_AES_256_GCM + 1)
extern const struct srtp_suite srtp_suites[SRTP_SUITE_TABLE_LENGTH];

// NULL for an id that is not spoken.
const struct srtp_suite *srtp_suite_find(uint16_t id);

// `name` as in a=crypto ("AES_CM_128_HMAC_SHA1_80"); NULL when it is not spoken.
const struct srtp_suite *srtp_suite_find_name(const char *name, size_t length);
