// SPDX-License-Identifier: Apache-2.0
// ICE of a peer that has one address: checks with nomination, and answers to the gateway's own.
#include "peers.h"

#include "chance.h"
#include "simulation.h"
#include "stun_writer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

static void seal(struct stun_writer *writer, const char *password)
{
    size_t covered;
    uint8_t *tag = stun_write_integrity(writer, &covered);
    if (tag)
        HMAC(EVP_sha1(), password, (int)strlen(password), writer->data, covered, tag, NULL);
    stun_write_fingerprint(writer);
}

void peer_check(struct peer *peer, bool nominates)
{
    uint8_t data[512], transaction[12];
    char username[2 * PEER_TEXT + 2];
    struct stun_writer writer;
    chance_fill(CHANCE_PEERS, transaction, sizeof(transaction));
    snprintf(username, sizeof(username), "%s:%s", peer->gateway_ufrag, peer->ufrag);
    const struct stun_binding_request request = {.username = username,
                                                 .username_size = strlen(username),
                                                 .priority = 1,
                                                 .tie_breaker = peer->number,
                                                 .controlling = true,
                                                 .use_candidate = nominates};
    stun_write_binding_request(&writer, data, sizeof(data), transaction, &request);
    seal(&writer, peer->gateway_pwd);
    int size = stun_writer_finish(&writer);
    if (size > 0)
        peer_send(peer, data, (size_t)size);
}

static void answer(struct peer *peer, const struct stun_message *message, const struct transport_address *from)
{
    uint8_t data[128];
    struct stun_writer writer;
    stun_write_binding_success(&writer, data, sizeof(data), message->transaction_id, from);
    seal(&writer, peer->pwd);
    int size = stun_writer_finish(&writer);
    if (size > 0)
        peer_send(peer, data, (size_t)size);
}

void peer_stun(struct peer *peer, const struct datagram *datagram)
{
    struct stun_message message;
    if (stun_parse(datagram->data, datagram->size, &message) < 0)
        return;
    if (message.class == STUN_REQUEST)
        answer(peer, &message, &datagram->from);
    else if (message.class == STUN_SUCCESS) {
        peer->was_answered = true;
        peer->heard_at = simulation.now;
    }
}
