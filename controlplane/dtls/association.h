// SPDX-License-Identifier: Apache-2.0
// One DTLS 1.2 association with SRTP keys (RFC 5764): datagrams in, datagrams out. No socket, no timer of its own;
// time is monotonic nanoseconds (OpenSSL itself looks at the wall clock for retransmissions).
#pragma once

#include "dtls_engine.h"
#include "fingerprint.h"
#include "record_layer.h"
#include "transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSOCIATION_RESETS_MAX    3     // F01: a failed handshake starts again that often
#define ASSOCIATION_HANDSHAKE_MAX 65536 // F09: bytes that one handshake may receive
#define ASSOCIATION_OUTPUT_MAX    32    // datagrams that wait to be sent
#define ASSOCIATION_DATAGRAM_MAX  1500

enum association_state {
    ASSOCIATION_NEW,
    ASSOCIATION_HANDSHAKING,
    ASSOCIATION_ESTABLISHED,
    ASSOCIATION_CLOSED, // by an alert of either side
    ASSOCIATION_FAILED, // `reason` says why
    ASSOCIATION_STATES
};
extern const struct state_table association_moves;

struct association_datagram {
    uint16_t size;
    uint8_t data[ASSOCIATION_DATAGRAM_MAX];
};

struct association_setup {
    const struct dtls_engine *engine;
    void *context;  // that the engine opened
    bool is_client; // sends the ClientHello
    unsigned mtu;   // bytes of UDP payload
    uint64_t handshake_ns;
    const struct fingerprint *fingerprints; // copied
    unsigned fingerprint_count;
};

struct association {
    const struct dtls_engine *engine;
    void *context, *handshake; // the engine's; handshake: NULL once the records were handed over
    unsigned state;            // enum association_state
    bool is_client, mismatch;  // mismatch: the certificate was not one of the fingerprints
    const char *problem;       // what else ended a handshake
    unsigned mtu, resets;
    uint64_t handshake_ns, deadline;
    size_t received;        // bytes of this handshake
    uint64_t ignored;       // application data: no data channels yet
    uint64_t next_sequence; // above all that were sent, of either epoch
    uint8_t finished[RECORD_LAYER_FINISHED];
    unsigned fingerprint_count;
    struct fingerprint fingerprints[FINGERPRINTS_MAX];
    const uint8_t *inbox; // the datagram that is being read; borrowed
    size_t inbox_size;
    struct association_datagram *output[ASSOCIATION_OUTPUT_MAX];
    unsigned output_first, output_count;
    char reason[96];
};

// 0 or -ENOMEM.
int association_open(const struct association_setup *setup, struct association **ret_association);
void association_close(struct association *association); // frees; sends nothing

// The client's first flight; the server begins with its first datagram.
void association_start(struct association *association, uint64_t now);
void association_input(struct association *association, const uint8_t *data, size_t size, uint64_t now);
// Retransmissions and the time limit: every 20 to 50 ms while handshaking.
void association_tick(struct association *association, uint64_t now);
// Puts a close_notify into the output of an established one.
void association_shut_down(struct association *association);

// Established: its records go on in a layer of 200 bytes, and the engine's part is freed; afterwards the association
// only keeps what it had to say. 0, or -ENOTSUP (not DTLS 1.2) or -EIO, and it goes on as before.
int association_hand_over(struct association *association, struct record_layer *ret_layer);

// The next datagram to send, or NULL. The caller frees it.
struct association_datagram *association_next_output(struct association *association);
// The engine's: one more. It is lost, as on any wire, when there is no room; the retransmission repairs it.
void association_say(struct association *association, const void *data, size_t size);

// Established: the keys of RFC 5764 4.2, from this side's point of view, with epoch 0. Wipe them after use.
// 0, or -ENOTSUP when no SRTP suite was agreed on.
int association_export_keys(const struct association *association, struct transport_keys *ret_keys);

// Established: of the peer's certificate, SHA-256. 0, -ENOENT or -ENOSPC.
int association_peer_fingerprint(const struct association *association, char *ret_text, size_t size);
