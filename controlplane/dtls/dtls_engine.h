// SPDX-License-Identifier: Apache-2.0
// What makes an association's handshakes: OpenSSL in the product (dtls_openssl), a stand-in in tests/simulation.
// association.c holds what is the same for both: states, time limits, resets, what waits to be sent.
#pragma once

#include "config_types.h"
#include "dtls_identity.h"

struct association;
struct record_layer;
struct transport_keys;

enum engine_verdict {
    ENGINE_WAITS,  // for the next datagram, or for its timer
    ENGINE_DONE,   // the handshake is over, and the peer's certificate one that was signalled
    ENGINE_FAILED, // association->mismatch or ->problem says why
    ENGINE_CLOSED, // by the peer's close_notify, which was answered
    ENGINE_ALERT   // by an alert of the peer
};

// A datagram to read stands in association->inbox, which the engine sets to NULL; it says its own by association_say.
struct dtls_engine {
    // What all associations have in common. The identity outlives it. suites: names as in srtp/suite.h, the preferred
    // first. 0, -EINVAL (no such suite) or -EIO.
    int (*open)(const struct dtls_identity *identity, const struct config_strings *suites, void **ret_context);
    void (*close)(void *context); // NULL: nothing

    // A handshake from its beginning, in association->handshake. 0 or -ENOMEM, and handshake is NULL.
    int (*begin)(struct association *association);
    void (*end)(struct association *association); // handshake is NULL afterwards; it may be before

    enum engine_verdict (*go_on)(struct association *association);                // with the handshake
    enum engine_verdict (*read)(struct association *association);                 // what comes when it is over
    enum engine_verdict (*remind)(struct association *association, uint64_t now); // says a flight again when it is due
    void (*shut_down)(struct association *association);                           // says close_notify

    // When it is over; as in association.h.
    int (*peer_fingerprint)(const struct association *association, char *ret_text, size_t size);
    int (*export_keys)(const struct association *association, struct transport_keys *ret_keys);
    int (*hand_over)(const struct association *association, struct record_layer *ret_layer);
};

extern const struct dtls_engine dtls_openssl;
