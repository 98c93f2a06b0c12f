// SPDX-License-Identifier: Apache-2.0
#include "crypto.h"

#include "derive_keys.h"
#include "engine.h"
#include "iv.h"
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct srtp_engine *engine;
static uint64_t state = 0x9e3779b97f4a7c15ULL;

// xorshift64*: keys of a benchmark protect nothing.
static void fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        data[i] = (uint8_t)((state * 0x2545f4914f6cdd1dULL) >> 56);
    }
}

int crypto_start(void)
{
    return engine ? 0 : srtp_engine_create(SRTP_BACKEND_IPSEC_MB, &engine);
}

struct srtp_engine *crypto_srtp_engine(void)
{
    return engine;
}

const char *crypto_describe(void)
{
    return srtp_engine_describe(engine);
}

static int make_keys(struct crypto_load *load, const struct srtp_suite *suite)
{
    for (unsigned i = 0; i < load->burst; i++) {
        struct srtp_session_keys session;
        uint8_t *master = load->master[i];
        fill(master, sizeof(load->master[i]));
        int error = srtp_derive_keys(engine, load->suite, SRTP_USE_RTP, master, master + suite->key_length, &session);
        if (!error)
            error = srtp_keys_expand(engine, load->suite, SRTP_USE_RTP, &session, &load->keys[i]);
        if (error)
            return error;
        memcpy(load->session_key[i], session.key, sizeof(session.key));
        memcpy(load->session_auth[i], session.auth_key, sizeof(session.auth_key));
    }
    return 0;
}

int crypto_load_open(uint16_t id, unsigned header, unsigned payload, unsigned burst, struct crypto_load *ret_load)
{
    const struct srtp_suite *suite = srtp_suite_find(id);
    *ret_load = (struct crypto_load){
        .suite = id, .header = header, .payload = payload, .burst = burst, .tag = suite->rtp_tag_length};
    ret_load->keys = aligned_alloc(64, CRYPTO_PACKETS * sizeof(struct srtp_keys));
    ret_load->plain = aligned_alloc(64, sizeof(*ret_load->plain) * CRYPTO_PACKETS);
    ret_load->wire = aligned_alloc(64, sizeof(*ret_load->wire) * CRYPTO_PACKETS);
    ret_load->work = aligned_alloc(64, sizeof(*ret_load->work) * CRYPTO_PACKETS);
    if (!ret_load->keys || !ret_load->plain || !ret_load->wire || !ret_load->work)
        return -ENOMEM;
    fill(*ret_load->plain, sizeof(*ret_load->plain) * CRYPTO_PACKETS);
    return make_keys(ret_load, suite);
}

void crypto_load_close(struct crypto_load *load)
{
    free(load->keys);
    free(load->plain);
    free(load->wire);
    free(load->work);
}

static void write_header(uint8_t *data, uint16_t sequence, uint32_t ssrc)
{
    uint8_t header[CRYPTO_HEADER] = {0x80, 96, (uint8_t)(sequence >> 8), (uint8_t)sequence};
    uint32_t word = htobe32(ssrc);
    memcpy(header + 8, &word, sizeof(word));
    memcpy(data, header, sizeof(header));
}

// RFC 3711 4.2: the ROC stands behind the packet while it is hashed. naru and libsrtp put it there themselves.
static void put_roc(struct crypto_load *load, unsigned i)
{
    uint32_t roc = htobe32((uint32_t)((load->index + i / load->burst) >> 16));
    memcpy(load->work[i] + load->header + load->payload, &roc, sizeof(roc));
}

static void set(struct crypto_load *load, const struct crypto_engine *with, bool protect)
{
    for (unsigned i = 0; i < CRYPTO_PACKETS; i++) {
        if (!protect)
            memcpy(load->work[i], load->wire[i], load->header + load->payload + load->tag);
        else
            memcpy(load->work[i], load->plain[i], load->header + (with->in_place ? load->payload : 0));
        if (with->bare && !crypto_is_aead(load))
            put_roc(load, i);
    }
    memset(load->tags, 0, sizeof(load->tags));
}

static void protect_wire(struct crypto_load *load)
{
    const struct crypto_engine *bare = crypto_is_aead(load) ? &crypto_ipsec_mb_direct : &crypto_ipsec_mb_split;
    uint8_t(*work)[CRYPTO_ROOM] = load->work;
    load->work = load->wire;
    set(load, bare, true);
    for (unsigned i = 0; i < CRYPTO_PACKETS; i += load->burst)
        bare->protect(load, i);
    load->work = work;
    for (unsigned i = 0; i < CRYPTO_PACKETS; i++)
        memcpy(load->wire[i] + load->header + load->payload, load->tags[i], load->tag);
}

void crypto_load_next(struct crypto_load *load)
{
    load->index += CRYPTO_PACKETS / load->burst;
    for (unsigned i = 0; i < CRYPTO_PACKETS; i++) {
        uint64_t index = load->index + i / load->burst;
        uint32_t ssrc = crypto_ssrc(i, load->burst);
        const struct srtp_keys *keys = &load->keys[i % load->burst];
        write_header(load->plain[i], (uint16_t)index, ssrc);
        if (crypto_is_aead(load))
            iv_gcm(keys, ssrc, index, load->ivs[i]);
        else
            iv_cm(keys, ssrc, index, load->ivs[i]);
    }
    protect_wire(load);
}

static bool is_right(const struct crypto_load *load, bool protect)
{
    for (unsigned i = 0; i < CRYPTO_PACKETS; i++) {
        const uint8_t *wanted = protect ? load->wire[i] : load->plain[i];
        if (memcmp(load->work[i], wanted, load->header + load->payload) != 0)
            return false;
        // Bare modes and EVP leave the tag aside, both ways; the others have compared or appended it.
        const uint8_t *tag = load->wire[i] + load->header + load->payload;
        static const uint8_t none[CRYPTO_TAG_ROOM];
        if (memcmp(load->tags[i], none, load->tag) != 0) {
            if (memcmp(load->tags[i], tag, load->tag) != 0)
                return false;
        } else if (protect && memcmp(load->work[i] + load->header + load->payload, tag, load->tag) != 0) {
            return false;
        }
    }
    return true;
}

double crypto_section(struct crypto_load *load, const struct crypto_engine *with, bool protect)
{
    void (*run)(struct crypto_load *, unsigned) = protect ? with->protect : with->unprotect;
    set(load, with, protect);
    uint64_t began = measure_cycles();
    for (unsigned i = 0; i < CRYPTO_PACKETS; i += load->burst)
        run(load, i);
    uint64_t ended = measure_cycles();
    if (!is_right(load, protect)) {
        fprintf(stderr, "naru-perf: %s: wrong bytes (%s, suite %u, payload %u)\n", with->name,
                protect ? "protect" : "unprotect", load->suite, load->payload);
        exit(1);
    }
    return (double)(ended - began) / CRYPTO_PACKETS;
}
