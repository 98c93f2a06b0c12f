// SPDX-License-Identifier: Apache-2.0
#include "packet_job.h"
#include "protect.h"
#include "tag.h"

static int check(const struct srtp_engine *engine, struct srtp_packet *packet)
{
    int error = packet_check(engine, packet);
    if (error != 0)
        return error;
    uint32_t tag_length = srtp_suites[packet->keys->suite].rtp_tag_length;
    if (packet->length - packet->header_length < tag_length)
        return -EBADMSG;
    packet->ret_length = packet->length - tag_length;
    return 0;
}

// Compares the computed tags; the payloads of authentic packets become cipher jobs. Returns how many were authentic.
static unsigned judge_tags(struct srtp_engine *engine, unsigned count, unsigned *ret_counters)
{
    unsigned authentic = 0, counters = 0;
    for (unsigned i = 0; i < count; i++) {
        struct srtp_packet *packet = engine->hash_packets[i];
        uint32_t tag_length = packet->length - packet->ret_length;
        if (!tag_equal(engine->tags[i], engine->received[i], tag_length)) {
            packet->result = -EBADMSG;
            tag_copy(packet->dst + packet->ret_length, engine->received[i], tag_length);
            continue;
        }
        authentic++;
        uint32_t payload_length = packet->ret_length - packet->header_length;
        if (payload_length > 0)
            counter_job(packet, packet->dst + packet->header_length, payload_length, &engine->counters[counters++]);
    }
    *ret_counters = counters;
    return authentic;
}

// A forged packet was decrypted in place to nonsense; encrypting that again gives back what came.
static void restore_forged(struct srtp_engine *engine, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct srtp_packet *packet = engine->aead_packets[i];
        struct cipher_job *job = &engine->aeads[i];
        if (job->authentic)
            continue;
        packet->result = -EBADMSG;
        job->tag = engine->tags[i];
        engine->cipher->seal(engine, job, 1);
    }
}

static unsigned unprotect(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count)
{
    unsigned hashes = 0, aeads = 0, counters = 0, authentic = 0;
    for (struct srtp_packet *packet = packets; packet < packets + count; packet++) {
        packet->result = check(engine, packet);
        if (packet->result != 0)
            continue;
        if (srtp_suites[packet->keys->suite].aead) {
            aead_job(packet, packet->dst + packet->header_length, packet->ret_length - packet->header_length,
                     &engine->aeads[aeads]);
            engine->aead_packets[aeads++] = packet;
        } else {
            // Kept aside while the ROC stands in its place.
            tag_copy(engine->received[hashes], packet->dst + packet->ret_length, packet->length - packet->ret_length);
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
        unsigned opened = engine->cipher->open(engine, engine->aeads, aeads);
        if (opened < aeads)
            restore_forged(engine, aeads);
        authentic += opened;
    }
    return authentic;
}

unsigned srtp_unprotect_burst(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count)
{
    unsigned authentic = 0;
    for (unsigned done = 0; done < count; done += SRTP_BURST_MAX)
        authentic += unprotect(engine, packets + done, count - done < SRTP_BURST_MAX ? count - done : SRTP_BURST_MAX);
    return authentic;
}

int srtp_unprotect_candidates(struct srtp_engine *engine, struct srtp_packet *packet, uint64_t highest)
{
    uint64_t candidates[SRTP_INDEX_CANDIDATES];
    uint64_t given = packet->index;
    unsigned count = srtp_packet_index_candidates(highest, srtp_index_sequence(given), candidates);
    for (unsigned i = 0; i < count; i++) {
        packet->index = candidates[i];
        unprotect(engine, packet, 1);
        if (packet->result != -EBADMSG)
            return packet->result;
    }
    packet->index = given;
    return packet->result;
}
