// SPDX-License-Identifier: Apache-2.0
#include "record_layer.h"

#include "bytes.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#define VERSION     0xfefd // DTLS 1.2
#define EPOCH       1ULL
#define TAG         16
#define WINDOW      64
#define NUMBERS_MAX (1ULL << 48)
#define FINISHED    20
#define ALERT_FATAL 2

static const struct {
    const EVP_CIPHER *(*get)(void);
    uint8_t explicit_nonce; // bytes of it in each record
} ciphers[RECORD_CIPHERS] = {[RECORD_AES_128_GCM] = {EVP_aes_128_gcm, 8},
                             [RECORD_AES_256_GCM] = {EVP_aes_256_gcm, 8},
                             [RECORD_CHACHA20_POLY1305] = {EVP_chacha20_poly1305, 0}};

// RFC 5288 3: the fixed part, then what stands in the record. RFC 7905 2: the fixed part XOR the number.
static void make_nonce(enum record_cipher cipher, const uint8_t fixed[12], const uint8_t number[8], uint8_t nonce[12])
{
    if (ciphers[cipher].explicit_nonce) {
        memcpy(nonce, fixed, 4);
        memcpy(nonce + 4, number, 8);
        return;
    }
    memcpy(nonce, fixed, 12);
    for (unsigned i = 0; i < 8; i++)
        nonce[4 + i] ^= number[i];
}

// RFC 5246 6.2.3.3: what is authenticated beside the text.
static void make_additional(const uint8_t number[8], uint8_t content, size_t size, uint8_t additional[13])
{
    memcpy(additional, number, 8);
    additional[8] = content;
    bytes_put16(additional + 9, VERSION);
    bytes_put16(additional + 11, (uint16_t)size);
}

static bool seal(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *nonce, const uint8_t additional[13],
                 const uint8_t *plain, size_t size, uint8_t *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done;
    bool ok = context && EVP_EncryptInit_ex(context, cipher, NULL, key, nonce) == 1 &&
              EVP_EncryptUpdate(context, NULL, &done, additional, 13) == 1 &&
              EVP_EncryptUpdate(context, out, &done, plain, (int)size) == 1 &&
              EVP_EncryptFinal_ex(context, out + done, &done) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + size) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

static bool open(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *nonce, const uint8_t additional[13],
                 const uint8_t *sealed, size_t size, uint8_t *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done;
    bool ok = context && EVP_DecryptInit_ex(context, cipher, NULL, key, nonce) == 1 &&
              EVP_DecryptUpdate(context, NULL, &done, additional, 13) == 1 &&
              EVP_DecryptUpdate(context, out, &done, sealed, (int)size) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(sealed + size)) == 1 &&
              EVP_DecryptFinal_ex(context, out + done, &done) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

void record_layer_resume(struct record_layer *layer)
{
    layer->next_sequence = layer->reserved_until;
}

bool record_layer_reserve(struct record_layer *layer)
{
    if (layer->next_sequence + RECORD_LAYER_BLOCK / 2 < layer->reserved_until)
        return false;
    layer->reserved_until = layer->next_sequence + RECORD_LAYER_BLOCK;
    return true;
}

static int take_number(struct record_layer *layer, uint64_t *ret_sequence)
{
    if (layer->next_sequence >= layer->reserved_until || layer->next_sequence >= NUMBERS_MAX)
        return -ENOBUFS;
    *ret_sequence = layer->next_sequence++;
    return 0;
}

static void put_header(uint8_t *record, uint8_t content, uint64_t epoch, uint64_t sequence, size_t length)
{
    record[0] = content;
    bytes_put16(record + 1, VERSION);
    bytes_put64(record + 3, epoch << 48 | sequence);
    bytes_put16(record + 11, (uint16_t)length);
}

int record_layer_seal(struct record_layer *layer, enum dtls_content content, const uint8_t *plain, size_t size,
                      uint8_t *ret_record, size_t room)
{
    uint64_t sequence;
    size_t nonce_size = ciphers[layer->cipher].explicit_nonce, length = nonce_size + size + TAG;
    if (size > RECORD_LAYER_PLAIN || DTLS_RECORD_HEADER_SIZE + length > room || take_number(layer, &sequence))
        return -ENOBUFS;
    put_header(ret_record, (uint8_t)content, EPOCH, sequence, length);
    uint8_t nonce[12], additional[13], *text = ret_record + DTLS_RECORD_HEADER_SIZE + nonce_size;
    const uint8_t *number = ret_record + 3;
    memcpy(ret_record + DTLS_RECORD_HEADER_SIZE, number, nonce_size);
    make_nonce(layer->cipher, layer->send_iv, number, nonce);
    make_additional(number, (uint8_t)content, size, additional);
    if (!seal(ciphers[layer->cipher].get(), layer->send_key, nonce, additional, plain, size, text))
        return -EIO;
    return DTLS_RECORD_HEADER_SIZE + (int)length;
}

static int check_window(const struct record_layer *layer, uint64_t sequence)
{
    if (sequence >= layer->receive_next)
        return 0;
    uint64_t age = layer->receive_next - 1 - sequence;
    if (age >= WINDOW)
        return -ESTALE;
    return layer->receive_seen >> age & 1 ? -EALREADY : 0;
}

static void move_window(struct record_layer *layer, uint64_t sequence)
{
    if (sequence < layer->receive_next) {
        layer->receive_seen |= 1ULL << (layer->receive_next - 1 - sequence);
        return;
    }
    uint64_t by = sequence + 1 - layer->receive_next;
    layer->receive_seen = (by < WINDOW ? layer->receive_seen << by : 0) | 1;
    layer->receive_next = sequence + 1;
}

int record_layer_open(struct record_layer *layer, const struct dtls_record *record, uint8_t *ret_plain)
{
    size_t nonce_size = ciphers[layer->cipher].explicit_nonce;
    if (record->epoch != EPOCH || record->version != VERSION || record->fragment_size < nonce_size + TAG ||
        record->fragment_size - nonce_size - TAG > RECORD_LAYER_PLAIN)
        return -EBADMSG;
    int error = check_window(layer, record->sequence);
    if (error)
        return error;
    uint8_t number[8], nonce[12], additional[13];
    size_t size = record->fragment_size - nonce_size - TAG;
    bytes_put64(number, EPOCH << 48 | record->sequence);
    make_nonce(layer->cipher, layer->receive_iv, nonce_size ? record->fragment : number, nonce);
    make_additional(number, record->content, size, additional);
    if (!open(ciphers[layer->cipher].get(), layer->receive_key, nonce, additional, record->fragment + nonce_size, size,
              ret_plain))
        return -EBADMSG;
    move_window(layer, record->sequence);
    return (int)size;
}

int record_layer_close_notify(struct record_layer *layer, uint8_t *ret_record, size_t room)
{
    static const uint8_t close_notify[2] = {1, 0};
    return record_layer_seal(layer, DTLS_ALERT, close_notify, sizeof(close_notify), ret_record, room);
}

int record_layer_last_flight(struct record_layer *layer, uint8_t *ret_flight, size_t room)
{
    uint64_t sequence;
    const size_t first = DTLS_RECORD_HEADER_SIZE + 1;
    if (!layer->has_finished)
        return -ENOENT;
    if (room < RECORD_LAYER_FLIGHT || take_number(layer, &sequence))
        return -ENOBUFS;
    put_header(ret_flight, DTLS_CHANGE_CIPHER_SPEC, 0, sequence, 1);
    ret_flight[first - 1] = 1;
    int size = record_layer_seal(layer, DTLS_HANDSHAKE, layer->finished, sizeof(layer->finished), ret_flight + first,
                                 room - first);
    return size < 0 ? size : (int)first + size;
}

static unsigned read_alert(const uint8_t *plain, int size)
{
    if (size != 2)
        return RECORD_NEWS_IGNORED;
    if (plain[1] == 0)
        return RECORD_NEWS_CLOSED;
    return plain[0] == ALERT_FATAL ? RECORD_NEWS_ALERT : RECORD_NEWS_IGNORED;
}

unsigned record_layer_input(struct record_layer *layer, const uint8_t *data, size_t size,
                            const struct record_sink *sink)
{
    uint8_t plain[RECORD_LAYER_PLAIN];
    unsigned news = 0;
    struct dtls_record record;
    struct dtls_record_iterator records = dtls_record_begin(data, size);
    while (dtls_record_next(&records, &record)) {
        int got = record_layer_open(layer, &record, plain);
        if (got < 0)
            news |= RECORD_NEWS_DROPPED;
        else if (record.content == DTLS_ALERT)
            news |= read_alert(plain, got);
        else if (record.content == DTLS_HANDSHAKE && got && plain[0] == FINISHED)
            news |= RECORD_NEWS_REPEATED;
        else if (record.content == DTLS_APPLICATION_DATA && sink)
            sink->application(sink->context, plain, (size_t)got);
        else
            news |= RECORD_NEWS_IGNORED;
    }
    OPENSSL_cleanse(plain, sizeof(plain));
    return news | (records.bad ? RECORD_NEWS_DROPPED : 0);
}
