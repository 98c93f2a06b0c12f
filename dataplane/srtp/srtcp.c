// SPDX-License-Identifier: Apache-2.0
#include "srtcp.h"
#include "cipher.h"
#include "iv.h"
#include <errno.h>

#define ENCRYPTED UINT32_C(0x80000000) // the E flag before the index

static uint32_t read32(const uint8_t *data)
{
    uint32_t word;
    memcpy(&word, data, sizeof(word));
    return be32toh(word);
}

static void write32(uint8_t *data, uint32_t value)
{
    uint32_t word = htobe32(value);
    memcpy(data, &word, sizeof(word));
}

static uint32_t sender(const struct srtcp_packet *packet)
{
    return read32(packet->data + 4);
}

// RFC 3711 3.4: index, then tag; RFC 7714 9.2: tag, then index. `length` is that of the plain packet.
static uint32_t index_offset(const struct srtp_suite *suite, uint32_t length)
{
    return suite->aead ? length + suite->rtcp_tag_length : length;
}

static uint32_t tag_offset(const struct srtp_suite *suite, uint32_t length)
{
    return suite->aead ? length : length + SRTCP_INDEX_LENGTH;
}

static uint32_t trailer_length(const struct srtp_suite *suite)
{
    return SRTCP_INDEX_LENGTH + (uint32_t)suite->rtcp_tag_length;
}

static void counter_job(const struct srtcp_packet *packet, uint32_t length, struct cipher_job *job)
{
    job->keys = packet->keys;
    job->src = job->dst = packet->data + SRTCP_HEADER_LENGTH;
    job->length = length - SRTCP_HEADER_LENGTH;
    iv_cm(packet->keys, sender(packet), packet->index, job->iv);
}

static void hash_job(const struct srtcp_packet *packet, uint32_t length, uint8_t *ret_tag, struct hmac_sha1_job *job)
{
    job->key = &packet->keys->cm.auth;
    job->message = packet->data;
    job->length = length + SRTCP_INDEX_LENGTH;
    job->ret_tag = ret_tag;
}

// RFC 7714 9.2: header and index word are the associated data; they do not stand side by side in the packet.
static void aead_job(const struct srtcp_packet *packet, uint32_t length, uint8_t aad[16], struct cipher_job *job)
{
    memcpy(aad, packet->data, SRTCP_HEADER_LENGTH);
    write32(aad + SRTCP_HEADER_LENGTH, ENCRYPTED | packet->index);
    job->keys = packet->keys;
    job->src = job->dst = packet->data + SRTCP_HEADER_LENGTH;
    job->length = length - SRTCP_HEADER_LENGTH;
    job->aad = aad;
    job->aad_length = SRTCP_HEADER_LENGTH + SRTCP_INDEX_LENGTH;
    job->tag = packet->data + length;
    iv_gcm(packet->keys, sender(packet), packet->index, job->iv);
}

static int check_protect(const struct srtp_engine *engine, struct srtcp_packet *packet)
{
    if (!keys_fit(engine, packet->keys, SRTP_USE_RTCP))
        return -ENOKEY;
    if (packet->length < SRTCP_HEADER_LENGTH || packet->length > SRTCP_PACKET_LENGTH_MAX ||
        packet->index > SRTCP_INDEX_MAX)
        return -EINVAL;
    uint32_t trailer = trailer_length(&srtp_suites[packet->keys->suite]);
    if (packet->capacity < packet->length + trailer)
        return -ENOBUFS;
    packet->ret_length = packet->length + trailer;
    return 0;
}

static void copy_tags(struct srtp_engine *engine, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct srtcp_packet *packet = engine->hash_packets[i];
        const struct srtp_suite *suite = &srtp_suites[packet->keys->suite];
        memcpy(packet->data + tag_offset(suite, packet->length), engine->tags[i], suite->rtcp_tag_length);
    }
}

static unsigned protect(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count)
{
    unsigned counters = 0, hashes = 0, aeads = 0;
    for (struct srtcp_packet *packet = packets; packet < packets + count; packet++) {
        packet->result = check_protect(engine, packet);
        if (packet->result != 0)
            continue;
        const struct srtp_suite *suite = &srtp_suites[packet->keys->suite];
        write32(packet->data + index_offset(suite, packet->length), ENCRYPTED | packet->index);
        if (suite->aead) {
            aead_job(packet, packet->length, engine->aad[aeads], &engine->aeads[aeads]);
            aeads++;
            continue;
        }
        if (packet->length > SRTCP_HEADER_LENGTH)
            counter_job(packet, packet->length, &engine->counters[counters++]);
        hash_job(packet, packet->length, engine->tags[hashes], &engine->hashes[hashes]);
        engine->hash_packets[hashes++] = packet;
    }
    if (counters > 0)
        engine->cipher->counter(engine, engine->counters, counters);
    if (hashes > 0)
        engine->cipher->hmac(engine, engine->hashes, hashes);
    copy_tags(engine, hashes);
    if (aeads > 0)
        engine->cipher->seal(engine, engine->aeads, aeads);
    return hashes + aeads;
}

int srtcp_read_index(uint16_t id, const uint8_t *data, uint32_t length, uint32_t *ret_index)
{
    const struct srtp_suite *suite = srtp_suite_find(id);
    if (suite == NULL)
        return -ENOKEY;
    if (length > SRTCP_PACKET_LENGTH_MAX)
        return -EINVAL;
    if (length < SRTCP_HEADER_LENGTH + trailer_length(suite))
        return -EBADMSG;
    uint32_t word = read32(data + index_offset(suite, length - trailer_length(suite)));
    if (!(word & ENCRYPTED))
        return -EPROTO;
    *ret_index = word & ~ENCRYPTED;
    return 0;
}

static int check_unprotect(const struct srtp_engine *engine, struct srtcp_packet *packet)
{
    if (!keys_fit(engine, packet->keys, SRTP_USE_RTCP))
        return -ENOKEY;
    int error = srtcp_read_index(packet->keys->suite, packet->data, packet->length, &packet->index);
    if (error == 0)
        packet->ret_length = packet->length - trailer_length(&srtp_suites[packet->keys->suite]);
    return error;
}

// As in unprotect.c: authentic CM packets become cipher jobs.
static unsigned judge_tags(struct srtp_engine *engine, unsigned count, unsigned *ret_counters)
{
    unsigned authentic = 0, counters = 0;
    for (unsigned i = 0; i < count; i++) {
        struct srtcp_packet *packet = engine->hash_packets[i];
        const struct srtp_suite *suite = &srtp_suites[packet->keys->suite];
        const uint8_t *received = packet->data + tag_offset(suite, packet->ret_length);
        if (!hmac_sha1_equal(engine->tags[i], received, suite->rtcp_tag_length)) {
            packet->result = -EBADMSG;
            continue;
        }
        authentic++;
        if (packet->ret_length > SRTCP_HEADER_LENGTH)
            counter_job(packet, packet->ret_length, &engine->counters[counters++]);
    }
    *ret_counters = counters;
    return authentic;
}

static unsigned judge_aeads(struct srtp_engine *engine, unsigned count)
{
    unsigned authentic = 0;
    for (unsigned i = 0; i < count; i++) {
        struct srtcp_packet *packet = engine->aead_packets[i];
        struct cipher_job *job = &engine->aeads[i];
        if (job->authentic) {
            authentic++;
            continue;
        }
        packet->result = -EBADMSG;
        job->tag = engine->tags[i];
        engine->cipher->seal(engine, job, 1); // gives back what came
    }
    return authentic;
}

static unsigned unprotect(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count)
{
    unsigned hashes = 0, aeads = 0, counters = 0, authentic = 0;
    for (struct srtcp_packet *packet = packets; packet < packets + count; packet++) {
        packet->result = check_unprotect(engine, packet);
        if (packet->result != 0)
            continue;
        if (srtp_suites[packet->keys->suite].aead) {
            aead_job(packet, packet->ret_length, engine->aad[aeads], &engine->aeads[aeads]);
            engine->aead_packets[aeads++] = packet;
        } else {
            hash_job(packet, packet->ret_length, engine->tags[hashes], &engine->hashes[hashes]);
            engine->hash_packets[hashes++] = packet;
        }
    }
    if (hashes > 0) {
        engine->cipher->hmac(engine, engine->hashes, hashes);
        authentic += judge_tags(engine, hashes, &counters);
    }
    if (counters > 0)
        engine->cipher->counter(engine, engine->counters, counters);
    if (aeads > 0) {
        (void)engine->cipher->open(engine, engine->aeads, aeads);
        authentic += judge_aeads(engine, aeads);
    }
    return authentic;
}

static unsigned piece(unsigned left)
{
    return left < SRTP_BURST_MAX ? left : SRTP_BURST_MAX;
}

unsigned srtcp_protect_burst(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count)
{
    unsigned protected = 0;
    for (unsigned done = 0; done < count; done += SRTP_BURST_MAX)
    protected += protect(engine, packets + done, piece(count - done));
    return protected;
}

unsigned srtcp_unprotect_burst(struct srtp_engine *engine, struct srtcp_packet *packets, unsigned count)
{
    unsigned authentic = 0;
    for (unsigned done = 0; done < count; done += SRTP_BURST_MAX)
        authentic += unprotect(engine, packets + done, piece(count - done));
    return authentic;
}
