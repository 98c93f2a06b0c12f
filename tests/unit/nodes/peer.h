// SPDX-License-Identifier: Apache-2.0
// A peer of one session: what control wrote for it, its ICE agent, its SRTP by libsrtp2.
#pragma once

#include "frames.h"
#include "stun_writer.h"
#include "suite.h"

#include <srtp2/srtp.h>

struct peer {
    unsigned host;
    uint32_t transport, shard, worker;
    struct transport_address address, gateway;
    struct transport_intent intent;
    srtp_t out, in; // NULL before peer_key
};

// A session of its own with transport index `number` on the shard, at host 10 + number. Installed when it returns.
void peer_open(struct peer *peer, unsigned number, uint32_t shard);
// Writes the intent and tells the worker.
void peer_publish(struct peer *peer);
void peer_close(struct peer *peer);

// Sends from its address (or another); the datagram is worked off when it returns. queue: not yet.
void peer_queue(struct peer *peer, const void *data, size_t size);
void peer_send(struct peer *peer, const void *data, size_t size);
void peer_send_from(struct peer *peer, const struct transport_address *from, const void *data, size_t size);

// The next datagram to an address; what goes elsewhere waits for its receiver. False: none.
bool peer_take(struct peer *peer, struct datagram *ret_datagram);
bool take_for(const struct transport_address *to, struct datagram *ret_datagram);
void forget_datagrams(void);

// A Binding request of the peer, sealed with the gateway's password by OpenSSL. 0 for no flag.
enum check_flags {
    CHECK_NOMINATES = 1,
    CHECK_CONTROLLED = 2,
    CHECK_UNKNOWN_ATTRIBUTE = 4,
    CHECK_NO_USERNAME = 8,
    CHECK_UNKNOWN_USER = 16,
    CHECK_BAD_INTEGRITY = 32,
    CHECK_NO_INTEGRITY = 64,
    CHECK_BAD_FINGERPRINT = 128
};
size_t peer_write_check(const struct peer *peer, unsigned flags, uint8_t data[512]);
void peer_check(struct peer *peer, unsigned flags);

// Whether MESSAGE-INTEGRITY is right under the password, by OpenSSL; and FINGERPRINT.
bool stun_is_sealed(const struct datagram *datagram, const char *password, struct stun_message *ret_message);

// HMAC-SHA1 by OpenSSL.
void peer_seal(const char *password, const uint8_t *data, size_t covered, uint8_t tag[20]);

// A success to the gateway's check, sealed with the peer's password. Returns its size.
size_t stun_write_answer(const struct peer *peer, const uint8_t transaction[12], uint8_t data[128]);

// Answers the gateway's check that waits for it. False: there is none.
bool peer_answer_check(struct peer *peer);

// Check with nomination, answers, proof: the path is selected.
void peer_connect(struct peer *peer);

// Both ends get keys, as after DTLS.
void peer_key(struct peer *peer, uint16_t suite);

// The peer and its keys ready for media.
void peer_join(struct peer *peer, unsigned number, uint32_t shard, uint16_t suite);
