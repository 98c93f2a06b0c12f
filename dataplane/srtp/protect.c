// SPDX-License-Identifier: Apache-2.0
#include "protect.h"
#include "packet_job.h"
#include "tag.h"

static int check(const struct srtp_engine *engine, struct srtp_packet *packet)
{
    int error = packet_check(engine, packet);
    if (error != 0)
        return error;
    uint32_t tag_length = srtp_suites[packet->keys->suite].rtp_tag_length;
    if (packet->capacity < packet->length + tag_length)
        return -ENOBUFS;
    packet->ret_length = packet->length + tag_length;
    return 0;
}

static void copy_tags(struct srtp_engine *engine, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct srtp_packet *packet = engine->hash_packets[i];
        tag_copy(packet->dst + packet->length, engine->tags[i], packet->ret_length - packet->length);
    }
}

static unsigned protect(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count)
{
    unsigned counters = 0, hashes = 0, aeads = 0;
    for (struct srtp_packet *packet = packets; packet < packets + count; packet++) {
        packet->result = check(engine, packet);
        if (packet->result != 0)
            continue;
        uint32_t payload_length = packet->length - packet->header_length;
        if (srtp_suites[packet->keys->suite].aead) {
            aead_job(packet, packet->src, payload_length, &engine->aeads[aeads++]);
            continue;
        }
        if (payload_length > 0)
            counter_job(packet, packet->src, payload_length, &engine->counters[counters++]);
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

unsigned srtp_protect_burst(struct srtp_engine *engine, struct srtp_packet *packets, unsigned count)
{
    unsigned protected = 0;
    for (unsigned done = 0; done < count; done += SRTP_BURST_MAX)
    protected += protect(engine, packets + done, count - done < SRTP_BURST_MAX ? count - done : SRTP_BURST_MAX);
    return protected;
}
