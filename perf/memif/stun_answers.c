// SPDX-License-Identifier: Apache-2.0
#include "stun_answers.h"

#include "crypto.h"
#include "hmac_sha1.h"
#include "stun_writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PRIORITY_HOST ((126u << 24) | (65535u << 8) | 255u)

static struct hmac_sha1_key gateways, peers;

void stun_answers_open(const struct rooms *rooms)
{
    (void)rooms;
    hmac_sha1_key_init(crypto_srtp_engine(), (const uint8_t *)ROOMS_LOCAL_PWD, strlen(ROOMS_LOCAL_PWD), &gateways);
    hmac_sha1_key_init(crypto_srtp_engine(), (const uint8_t *)ROOMS_REMOTE_PWD, strlen(ROOMS_REMOTE_PWD), &peers);
}

static int finish(struct stun_writer *writer, const struct hmac_sha1_key *key)
{
    size_t covered;
    uint8_t *integrity = stun_write_integrity(writer, &covered);
    if (integrity)
        hmac_sha1(crypto_srtp_engine(), key, writer->data, (uint32_t)covered, integrity);
    stun_write_fingerprint(writer);
    return stun_writer_finish(writer);
}

int stun_answers_ask(uint32_t transport, uint64_t random, uint8_t ret_request[STUN_ANSWER_MAX])
{
    uint8_t transaction[12] = {0};
    char username[48];
    struct stun_writer writer;
    memcpy(transaction, &random, sizeof(random));
    int size = snprintf(username, sizeof(username), ROOMS_LOCAL_UFRAG ":" ROOMS_REMOTE_UFRAG, transport);
    const struct stun_binding_request request = {.username = username,
                                                 .username_size = (size_t)size,
                                                 .priority = PRIORITY_HOST,
                                                 .tie_breaker = random,
                                                 .controlling = true,
                                                 .use_candidate = true};
    stun_write_binding_request(&writer, ret_request, STUN_ANSWER_MAX, transaction, &request);
    return finish(&writer, &gateways);
}

int stun_answers_take(const uint8_t *data, size_t size, uint8_t ret_answer[STUN_ANSWER_MAX])
{
    static const uint8_t gateway[] = TESTBED_IP;
    struct stun_message message;
    struct stun_writer writer;
    if (stun_parse(data, size, &message) < 0)
        return -EBADMSG;
    if (message.class != STUN_REQUEST)
        return message.class == STUN_SUCCESS ? 0 : -EBADMSG;
    const struct transport_address mapped = transport_address_ipv4(gateway, TESTBED_PORT);
    stun_write_binding_success(&writer, ret_answer, STUN_ANSWER_MAX, message.transaction_id, &mapped);
    return finish(&writer, &peers);
}
