// SPDX-License-Identifier: Apache-2.0
#include "oracle.h"
#include "engine.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static srtp_t open_libsrtp(const struct flow *flow, uint8_t *key)
{
    srtp_policy_t policy;
    memset(&policy, 0, sizeof(policy));
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)flow->suite);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)flow->suite);
    policy.ssrc.type = ssrc_specific;
    policy.ssrc.value = flow->ssrc;
    policy.key = key;
    policy.window_size = SRTP_REPLAY_WINDOW;
    srtp_t session;
    CU_ASSERT_EQUAL_FATAL(srtp_create(&session, &policy), srtp_err_status_ok);
    return session;
}

static void open_flow(struct srtp_engine *engine, enum srtp_use use, uint64_t *random, struct flow *flow)
{
    static const uint16_t suites[] = {1, 2, 7, 8};
    uint8_t key[SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX];
    random_fill(random, key, sizeof(key));
    flow->suite = suites[random_below(random, 4)];
    flow->ssrc = (uint32_t)random_next(random);
    flow->index = random_below(random, 0x10000); // also in the upper half, where peers should not start
    flow->sender = open_libsrtp(flow, key);
    flow->receiver = open_libsrtp(flow, key);
    CU_ASSERT_EQUAL_FATAL(
        srtp_keys_init(engine, flow->suite, use, key, key + srtp_suite_find(flow->suite)->key_length, &flow->keys), 0);
}

struct flow *oracle_open(struct srtp_engine *engine, enum srtp_use use, uint64_t *random)
{
    struct flow *flows = aligned_alloc(64, FLOWS * sizeof(*flows));
    if (flows == NULL || srtp_init() != srtp_err_status_ok)
        return NULL;
    memset(flows, 0, FLOWS * sizeof(*flows));
    for (unsigned i = 0; i < FLOWS; i++)
        open_flow(engine, use, random, &flows[i]);
    return flows;
}

void oracle_close(struct flow *flows)
{
    for (unsigned i = 0; i < FLOWS; i++) {
        srtp_dealloc(flows[i].sender);
        srtp_dealloc(flows[i].receiver);
    }
    srtp_shutdown();
    free(flows);
}

unsigned long oracle_packets(void)
{
    const char *wanted = getenv("NARU_SRTP_PACKETS");
    return wanted != NULL ? strtoul(wanted, NULL, 10) : 1000000;
}

static void falsify(uint64_t *random, struct wire_packet *packet)
{
    // Not the first byte, whose fields place the header's end, nor the SSRC, by which both look their keys up; nor the
    // length of an extension.
    uint32_t at = random_below(random, 4) == 0 ? 1 + random_below(random, 7) : packet->header_length;
    if (at == packet->header_length)
        at += random_below(random, packet->length - packet->header_length);
    packet->bytes[at] ^= (uint8_t)(1 << random_below(random, 8));
    packet->intact = false;
}

static void delay(struct channel *channel, const struct wire_packet *packet)
{
    if (channel->delayed < POOL) {
        channel->pool[channel->delayed++] = *packet;
        return;
    }
    struct wire_packet *slot = &channel->pool[random_below(channel->random, POOL)];
    channel->deliver(channel->context, slot);
    *slot = *packet;
}

void channel_send(struct channel *channel, const struct wire_packet *packet)
{
    struct wire_packet copy;
    switch (random_below(channel->random, 50)) {
    case 0: // lost
        return;
    case 1: // late
    case 2:
        delay(channel, packet);
        return;
    case 3: // twice, the second time late
        delay(channel, packet);
        break;
    case 4: // twice in a row: often in one burst
        channel->deliver(channel->context, packet);
        break;
    case 5: // a false one first, which must not spoil the true one
        copy = *packet;
        falsify(channel->random, &copy);
        channel->deliver(channel->context, &copy);
        break;
    default:
        break;
    }
    channel->deliver(channel->context, packet);
}
