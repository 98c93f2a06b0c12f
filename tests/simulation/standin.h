// SPDX-License-Identifier: Apache-2.0
// A stand-in for DTLS 1.2: its flights, its loss, its retransmissions and the real record layer, but no cryptography
// and no randomness in the handshake. Both the gateway's engine and the peers are made of it.
//
//   client -> server  HELLO: random
//   server -> client  HELLO: random, suite, certificate
//   client -> server  KEYS: certificate | change_cipher_spec | Finished, sealed
//   server -> client  change_cipher_spec | Finished, sealed
#pragma once

#include "dtls_engine.h"
#include "fingerprint.h"
#include "record_layer.h"
#include "transport.h"

#define STANDIN_RANDOM      16
#define STANDIN_CERTIFICATE 32
#define STANDIN_FLIGHT_MAX  256

enum standin_state { STANDIN_START, STANDIN_HELLO, STANDIN_KEYS, STANDIN_DONE, STANDIN_FAILED };

struct standin {
    enum standin_state state;
    bool is_client;
    uint16_t suite;                     // the server's choice
    uint8_t randoms[2][STANDIN_RANDOM]; // of client and server
    uint8_t certificate[STANDIN_CERTIFICATE], peer_certificate[STANDIN_CERTIFICATE];
    struct record_layer layer;
    uint8_t flight[STANDIN_FLIGHT_MAX]; // to send; taken by the caller
    unsigned flight_size;
    uint64_t due, timeout; // of a client: when it says its flight again
};

// random, suite: of this side.
void standin_begin(struct standin *standin, bool is_client, const uint8_t random[STANDIN_RANDOM], uint16_t suite,
                   const uint8_t certificate[STANDIN_CERTIFICATE]);
// The client's first flight.
void standin_start(struct standin *standin);
// One datagram; afterwards flight_size says whether there is something to send. Records of an association that is over
// the handshake are the caller's, but for the peer's repeated last flight.
void standin_input(struct standin *standin, const uint8_t *data, size_t size);
// The same flight again, when it is due.
void standin_tick(struct standin *standin, uint64_t now);

// As association_export_keys, and "AA:BB:..." of a certificate.
void standin_keys(const struct standin *standin, struct transport_keys *ret_keys);
void standin_fingerprint(const uint8_t certificate[STANDIN_CERTIFICATE], char *ret_text, size_t size);

// The gateway's side of it.
extern const struct dtls_engine standin_engine;
