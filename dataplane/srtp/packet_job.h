// SPDX-License-Identifier: Apache-2.0
// From a packet to the backend's jobs, the same both ways; private to this folder.
#pragma once
#include "cipher.h"
#include "iv.h"
#include "packet_index.h"
#include "protect.h"
#include <errno.h>

static inline int packet_check(const struct srtp_engine *engine, const struct srtp_packet *packet)
{
    if (!keys_fit(engine, packet->keys, SRTP_USE_RTP))
        return -ENOKEY;
    if (packet->header_length < SRTP_HEADER_LENGTH_MIN || packet->length < packet->header_length ||
        packet->length > SRTP_PACKET_LENGTH_MAX || packet->index > SRTP_INDEX_MAX)
        return -EINVAL;
    return 0;
}

static inline void counter_job(const struct srtp_packet *packet, const uint8_t *src, uint32_t length,
                               struct cipher_job *job)
{
    job->keys = packet->keys;
    job->src = src;
    job->dst = packet->dst + packet->header_length;
    job->length = length;
    iv_cm(packet->keys, packet->ssrc, packet->index, job->iv);
}

// RFC 7714 8.2: the header is the associated data, the tag follows the ciphertext.
static inline void aead_job(const struct srtp_packet *packet, const uint8_t *src, uint32_t length,
                            struct cipher_job *job)
{
    job->keys = packet->keys;
    job->src = src;
    job->dst = packet->dst + packet->header_length;
    job->length = length;
    job->aad = packet->dst;
    job->aad_length = (uint16_t)packet->header_length;
    job->tag = packet->dst + packet->header_length + length;
    iv_gcm(packet->keys, packet->ssrc, packet->index, job->iv);
}

// RFC 3711 4.2: the tag covers header, ciphertext and ROC. The ROC stands where the tag will be, or was, meanwhile:
// no tag is shorter.
static inline void hash_job(const struct srtp_packet *packet, uint32_t length, uint8_t *ret_tag,
                            struct hmac_sha1_job *job)
{
    uint32_t roc = htobe32(srtp_index_roc(packet->index));
    memcpy(packet->dst + length, &roc, sizeof(roc));
    job->key = &packet->keys->cm.auth;
    job->message = packet->dst;
    job->length = length + (uint32_t)sizeof(roc);
    job->ret_tag = ret_tag;
}
