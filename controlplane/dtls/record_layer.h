// SPDX-License-Identifier: Apache-2.0
// The record layer of an established DTLS 1.2 association (RFC 6347 4.1) without its SSL object: some 200 bytes in
// place of 76 KB, and plain data, so that a successor of this process can go on with it. Bytes in, bytes out.
//
// RFC 5288 3, RFC 7905 2: the nonce is made of epoch and sequence number, so no number may seal two records, not even
// over a crash: numbers are reserved ahead in blocks, and the reservation is stored before the first of a block is
// used.
#pragma once

#include "dtls_record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_LAYER_FINISHED 24   // a Finished message with its header
#define RECORD_LAYER_BLOCK    16   // sequence numbers reserved at a time
#define RECORD_LAYER_PLAIN    1536 // bytes of the largest fragment
#define RECORD_LAYER_OVERHEAD 37   // header, explicit nonce, tag
#define RECORD_LAYER_FLIGHT   (2 * RECORD_LAYER_OVERHEAD + 1 + RECORD_LAYER_FINISHED)

enum record_cipher { RECORD_NONE, RECORD_AES_128_GCM, RECORD_AES_256_GCM, RECORD_CHACHA20_POLY1305, RECORD_CIPHERS };

struct record_layer {
    uint8_t cipher;       // enum record_cipher; RECORD_NONE: there is none
    uint8_t has_finished; // this side spoke last, and says it again when the peer repeats its own last flight
    uint8_t reserved[6];
    uint8_t send_key[32], receive_key[32];
    uint8_t send_iv[12], receive_iv[12]; // fixed part of the nonce: 4 bytes of GCM, 12 of ChaCha20
    uint8_t finished[RECORD_LAYER_FINISHED];
    uint64_t next_sequence, reserved_until; // of this side, of both epochs
    uint64_t receive_next, receive_seen;    // window of 64: bit n for receive_next - 1 - n
};

// After each start of the process: goes on behind everything that its predecessor may have sent.
void record_layer_resume(struct record_layer *layer);
// True when numbers were reserved: the layer must be stored before the records that come next are sent.
bool record_layer_reserve(struct record_layer *layer);

// Seals one record of epoch 1. Returns its size; -ENOBUFS without a reserved number or room, -EIO when OpenSSL refuses.
int record_layer_seal(struct record_layer *layer, enum dtls_content content, const uint8_t *plain, size_t size,
                      uint8_t *ret_record, size_t room);
// ret_plain: RECORD_LAYER_PLAIN bytes. Returns how many there are; -EBADMSG (forged, or not of this epoch), -EALREADY
// or -ESTALE (RFC 6347 4.1.2.6: replayed, or too old to tell).
int record_layer_open(struct record_layer *layer, const struct dtls_record *record, uint8_t *ret_plain);

// close_notify. As record_layer_seal.
int record_layer_close_notify(struct record_layer *layer, uint8_t *ret_record, size_t room);
// RFC 6347 4.2.4: change_cipher_spec and Finished, once more, under new numbers. -ENOENT: the peer spoke last.
int record_layer_last_flight(struct record_layer *layer, uint8_t *ret_flight, size_t room);

// What a datagram brought, bits.
enum record_news {
    RECORD_NEWS_CLOSED = 1,   // close_notify
    RECORD_NEWS_ALERT = 2,    // a fatal alert
    RECORD_NEWS_REPEATED = 4, // the peer's last flight again
    RECORD_NEWS_IGNORED = 8,  // renegotiation, or application data that nobody here wants
    RECORD_NEWS_DROPPED = 16, // plain, forged or replayed
};

// Who wants application data: called for each record of it, before the function below returns.
struct record_sink {
    void (*application)(void *context, const uint8_t *plain, size_t size);
    void *context;
};

// sink: NULL for nobody.
unsigned record_layer_input(struct record_layer *layer, const uint8_t *data, size_t size,
                            const struct record_sink *sink);
