// SPDX-License-Identifier: Apache-2.0
#include "standin.h"

#include "bytes.h"
#include "simulation.h"
#include "suite.h"

#include <stdio.h>

enum { MESSAGE_CLIENT_HELLO = 1, MESSAGE_SERVER_HELLO = 2, MESSAGE_KEYS = 16, MESSAGE_FINISHED = 20 };

#define MESSAGE_HEADER 12
#define VERSION        0xfefd
#define FIRST_TIMEOUT  (400 * MILLISECOND)
#define LAST_TIMEOUT   (4 * SECOND)

void standin_begin(struct standin *standin, bool is_client, const uint8_t random[STANDIN_RANDOM], uint16_t suite,
                   const uint8_t certificate[STANDIN_CERTIFICATE])
{
    *standin = (struct standin){.is_client = is_client, .suite = suite, .timeout = FIRST_TIMEOUT};
    memcpy(standin->randoms[!is_client], random, STANDIN_RANDOM);
    memcpy(standin->certificate, certificate, STANDIN_CERTIFICATE);
}

static void add_record(struct standin *standin, uint8_t content, const void *data, size_t size)
{
    uint8_t *record = standin->flight + standin->flight_size;
    record[0] = content;
    bytes_put16(record + 1, VERSION);
    bytes_put64(record + 3, standin->layer.next_sequence++); // epoch 0
    bytes_put16(record + 11, (uint16_t)size);
    memcpy(record + DTLS_RECORD_HEADER_SIZE, data, size);
    standin->flight_size += DTLS_RECORD_HEADER_SIZE + (unsigned)size;
}

static void add_message(struct standin *standin, uint8_t type, const void *body, size_t size)
{
    uint8_t message[MESSAGE_HEADER + 128] = {type};
    bytes_put16(message + 2, (uint16_t)size);
    bytes_put16(message + 10, (uint16_t)size); // one fragment
    memcpy(message + MESSAGE_HEADER, body, size);
    add_record(standin, DTLS_HANDSHAKE, message, MESSAGE_HEADER + size);
}

static void add_finished(struct standin *standin)
{
    const uint8_t one = 1;
    uint8_t finished[RECORD_LAYER_FINISHED] = {MESSAGE_FINISHED, [3] = 12, [11] = 12};
    add_record(standin, DTLS_CHANGE_CIPHER_SPEC, &one, 1);
    record_layer_reserve(&standin->layer);
    int size =
        record_layer_seal(&standin->layer, DTLS_HANDSHAKE, finished, sizeof(finished),
                          standin->flight + standin->flight_size, sizeof(standin->flight) - standin->flight_size);
    standin->flight_size += size > 0 ? (unsigned)size : 0;
    memcpy(standin->layer.finished, finished, sizeof(finished));
}

static uint64_t mix(const struct standin *standin, unsigned purpose)
{
    uint64_t hash = 0xcbf29ce484222325ULL ^ purpose;
    for (unsigned i = 0; i < sizeof(standin->randoms); i++)
        hash = (hash ^ standin->randoms[i / STANDIN_RANDOM][i % STANDIN_RANDOM]) * 0x100000001b3ULL;
    return hash;
}

static void derive(const struct standin *standin, unsigned purpose, uint8_t *to, size_t size)
{
    uint64_t state = mix(standin, purpose);
    for (size_t i = 0; i < size; i++) {
        state = (state ^ i) * 0x9e3779b97f4a7c15ULL;
        to[i] = (uint8_t)(state >> 56);
    }
}

enum { FOR_CLIENT_KEY, FOR_SERVER_KEY, FOR_CLIENT_IV, FOR_SERVER_IV, FOR_SRTP };

static void make_layer(struct standin *standin)
{
    struct record_layer *layer = &standin->layer;
    uint64_t next = layer->next_sequence;
    *layer = (struct record_layer){.cipher = RECORD_AES_128_GCM, .has_finished = !standin->is_client};
    layer->next_sequence = layer->reserved_until = next;
    derive(standin, standin->is_client ? FOR_CLIENT_KEY : FOR_SERVER_KEY, layer->send_key, 16);
    derive(standin, standin->is_client ? FOR_SERVER_KEY : FOR_CLIENT_KEY, layer->receive_key, 16);
    derive(standin, standin->is_client ? FOR_CLIENT_IV : FOR_SERVER_IV, layer->send_iv, 4);
    derive(standin, standin->is_client ? FOR_SERVER_IV : FOR_CLIENT_IV, layer->receive_iv, 4);
}

static void say_hello(struct standin *standin)
{
    uint8_t body[STANDIN_RANDOM + 2 + STANDIN_CERTIFICATE];
    memcpy(body, standin->randoms[!standin->is_client], STANDIN_RANDOM);
    bytes_put16(body + STANDIN_RANDOM, standin->suite);
    memcpy(body + STANDIN_RANDOM + 2, standin->certificate, STANDIN_CERTIFICATE);
    add_message(standin, standin->is_client ? MESSAGE_CLIENT_HELLO : MESSAGE_SERVER_HELLO, body,
                standin->is_client ? STANDIN_RANDOM : sizeof(body));
}

static void say_keys(struct standin *standin)
{
    add_message(standin, MESSAGE_KEYS, standin->certificate, STANDIN_CERTIFICATE);
    add_finished(standin);
}

void standin_start(struct standin *standin)
{
    standin->state = STANDIN_HELLO;
    say_hello(standin);
}

// The client's HELLO: also a repeated one, while the handshake goes on.
static void server_hello(struct standin *standin, const uint8_t *body)
{
    if (standin->state != STANDIN_START && standin->state != STANDIN_HELLO)
        return;
    memcpy(standin->randoms[0], body, STANDIN_RANDOM);
    make_layer(standin);
    standin->state = STANDIN_HELLO;
    say_hello(standin);
}

static void client_keys(struct standin *standin, const uint8_t *body)
{
    if (standin->state != STANDIN_HELLO)
        return;
    memcpy(standin->randoms[1], body, STANDIN_RANDOM);
    standin->suite = bytes_get16(body + STANDIN_RANDOM);
    memcpy(standin->peer_certificate, body + STANDIN_RANDOM + 2, STANDIN_CERTIFICATE);
    make_layer(standin);
    standin->state = STANDIN_KEYS;
    standin->due = 0;
    standin->timeout = FIRST_TIMEOUT;
    say_keys(standin);
}

static void plain(struct standin *standin, const struct dtls_record *record)
{
    struct dtls_handshake message;
    if (record->content != DTLS_HANDSHAKE ||
        dtls_handshake_parse(record->fragment, record->fragment_size, &message) <= 0)
        return;
    if (message.type == MESSAGE_CLIENT_HELLO && !standin->is_client && message.fragment_size == STANDIN_RANDOM)
        server_hello(standin, message.fragment);
    else if (message.type == MESSAGE_SERVER_HELLO && standin->is_client &&
             message.fragment_size == STANDIN_RANDOM + 2 + STANDIN_CERTIFICATE)
        client_keys(standin, message.fragment);
    else if (message.type == MESSAGE_KEYS && !standin->is_client && standin->state == STANDIN_HELLO &&
             message.fragment_size == STANDIN_CERTIFICATE) {
        memcpy(standin->peer_certificate, message.fragment, STANDIN_CERTIFICATE);
        standin->state = STANDIN_KEYS;
    }
}

static void sealed(struct standin *standin, const struct dtls_record *record)
{
    uint8_t text[RECORD_LAYER_PLAIN];
    int size = record_layer_open(&standin->layer, record, text);
    if (size < 1 || record->content != DTLS_HANDSHAKE || text[0] != MESSAGE_FINISHED)
        return;
    standin->state = STANDIN_DONE;
    if (!standin->is_client)
        add_finished(standin); // the first time, and when the peer did not get it
}

void standin_input(struct standin *standin, const uint8_t *data, size_t size)
{
    struct dtls_record record;
    struct dtls_record_iterator records = dtls_record_begin(data, size);
    standin->flight_size = 0;
    while (dtls_record_next(&records, &record))
        if (record.epoch == 0)
            plain(standin, &record);
        else if (standin->state == STANDIN_KEYS || standin->state == STANDIN_DONE)
            sealed(standin, &record);
}

void standin_tick(struct standin *standin, uint64_t now)
{
    standin->flight_size = 0;
    if (!standin->is_client || (standin->state != STANDIN_HELLO && standin->state != STANDIN_KEYS))
        return;
    if (!standin->due)
        standin->due = now + standin->timeout;
    if (now < standin->due)
        return;
    standin->timeout = 2 * standin->timeout < LAST_TIMEOUT ? 2 * standin->timeout : LAST_TIMEOUT;
    standin->due = now + standin->timeout;
    (standin->state == STANDIN_HELLO ? say_hello : say_keys)(standin);
}

void standin_keys(const struct standin *standin, struct transport_keys *ret_keys)
{
    const struct srtp_suite *suite = srtp_suite_find(standin->suite);
    uint8_t material[2 * (SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX)];
    derive(standin, FOR_SRTP, material, sizeof(material));
    const uint8_t *keys[2] = {material, material + SRTP_KEY_LENGTH_MAX};
    const uint8_t *salts[2] = {material + 2 * SRTP_KEY_LENGTH_MAX,
                               material + 2 * SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX};
    memset(ret_keys, 0, sizeof(*ret_keys));
    ret_keys->suite = suite->id;
    unsigned own = standin->is_client ? 0 : 1;
    memcpy(ret_keys->send_key, keys[own], suite->key_length);
    memcpy(ret_keys->send_salt, salts[own], suite->salt_length);
    memcpy(ret_keys->receive_key, keys[!own], suite->key_length);
    memcpy(ret_keys->receive_salt, salts[!own], suite->salt_length);
}

void standin_fingerprint(const uint8_t certificate[STANDIN_CERTIFICATE], char *ret_text, size_t size)
{
    for (unsigned i = 0; i < STANDIN_CERTIFICATE; i++)
        snprintf(ret_text + 3 * (size_t)i, size - 3 * (size_t)i,
                 i + 1 == STANDIN_CERTIFICATE ? "%02X" : "%02X:", certificate[i]);
}
