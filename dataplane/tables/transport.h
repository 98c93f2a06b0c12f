// SPDX-License-Identifier: Apache-2.0
// A transport: one ICE and DTLS-SRTP association with one peer.
#pragma once

#include "address.h"
#include "layout.h"
#include "record.h"

#define TRANSPORT_KEY_SLOTS 2
#define ICE_UFRAG_SIZE      257 // RFC 8839 5.4: 4 to 256 ice-chars
#define ICE_PWD_SIZE        257 // 22 to 256
#define LOCAL_UFRAG_SIZE    16
#define LOCAL_PWD_SIZE      32

enum transport_mode { TRANSPORT_ICE_LITE = 1, TRANSPORT_ICE_FULL, TRANSPORT_RTP_LATCHING, TRANSPORT_RTP_FIXED };

enum transport_feedback { FEEDBACK_NONE, FEEDBACK_TRANSPORT_CC, FEEDBACK_REMB };

// SRTP master keys of one DTLS handshake (RFC 5764 4.2), from this gateway's point of view.
struct transport_keys {
    uint32_t epoch; // rises with each handshake; 0: empty slot
    uint16_t suite; // IANA DTLS-SRTP protection profile
    uint16_t reserved;
    uint8_t send_key[32], send_salt[16];
    uint8_t receive_key[32], receive_salt[16];
};

struct transport_intent {
    uint32_t generation; // 0: free
    uint32_t room;
    uint32_t shard;
    uint8_t mode;         // enum transport_mode
    uint8_t feedback;     // enum transport_feedback: what the peer, as a sender, understands
    uint8_t reduced_rtcp; // RFC 5506 negotiated
    uint8_t reserved;
    uint32_t max_kbps; // toward this gateway, told by REMB or kept by transport-wide feedback; 0: no limit
    uint32_t consent_seconds;
    struct record_link first_stream, first_route; // heads of the lists that belong to this transport
    char local_ufrag[LOCAL_UFRAG_SIZE], local_pwd[LOCAL_PWD_SIZE];
    char remote_ufrag[ICE_UFRAG_SIZE], remote_pwd[ICE_PWD_SIZE];
    char cname[18];
    uint32_t rtcp_ssrc; // sender of feedback when no route sends
    uint32_t reserved2[2];
    struct transport_keys keys[TRANSPORT_KEY_SLOTS];
    uint32_t dtls_packets;   // a second that it may send once it has keys: data channels; 0: few
    uint32_t is_controlling; // of a full agent (RFC 8445 6.1.1)
    uint64_t tie_breaker;    // of a full agent
    TABLES_SPARE(72);
};
_Static_assert(sizeof(struct transport_intent) % 8 == 0, "published word by word");
_Static_assert(sizeof(struct transport_intent) <= RECORD_MAX, "a record slot");

// Writer: naru-control.
struct transport_intent_record {
    struct record_head head;
    _Alignas(TABLES_CACHE_LINE) struct transport_intent slots[2];
};
