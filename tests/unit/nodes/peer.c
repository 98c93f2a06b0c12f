// SPDX-License-Identifier: Apache-2.0
#include "peer.h"
#include "srtp_session.h"

#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#define INBOX 600

static struct datagram inbox[INBOX];
static unsigned inbox_count;

void peer_publish(struct peer *peer)
{
    record_publish(&tables_transport(&gateway.control, peer->transport)->head, &peer->intent, sizeof(peer->intent));
    dirty_set(tables_dirty(&gateway.control, peer->worker), peer->transport);
    gateway_walk();
}

void peer_open(struct peer *peer, unsigned number, uint32_t shard)
{
    static uint32_t generation;
    uint16_t ice_port = shard_ice_port(&gateway.control.limits, shard);
    *peer = (struct peer){.host = 10 + number,
                          .transport = number,
                          .shard = shard,
                          .worker = shard % gateway.worker_count,
                          .address = host4(10 + number, (uint16_t)(5000 + number)),
                          .gateway = our4(ice_port)};
    struct transport_intent *intent = &peer->intent;
    intent->generation = ++generation;
    intent->shard = shard;
    intent->mode = TRANSPORT_ICE_LITE;
    intent->consent_seconds = 30;
    intent->rtcp_ssrc = 0xabc00000 + number;
    snprintf(intent->local_ufrag, sizeof(intent->local_ufrag), "ours%u", number);
    snprintf(intent->local_pwd, sizeof(intent->local_pwd), "our-password-number-%04u", number);
    snprintf(intent->remote_ufrag, sizeof(intent->remote_ufrag), "theirs%u", number);
    snprintf(intent->remote_pwd, sizeof(intent->remote_pwd), "their-password-number-%04u", number);
    snprintf(intent->cname, sizeof(intent->cname), "cname-%u", number);
    frames_introduce(peer->host);
    peer_publish(peer);
}

void peer_close(struct peer *peer)
{
    if (peer->out)
        srtp_dealloc(peer->out);
    if (peer->in)
        srtp_dealloc(peer->in);
    peer->out = peer->in = NULL;
}

static void queue(struct peer *peer, const struct transport_address *from, const void *data, size_t size)
{
    static struct frame frame;
    frame_udp(&frame, peer->host, from, &peer->gateway, data, size);
    gateway_receive(PORT_PLAIN, peer->worker, &frame);
}

void peer_queue(struct peer *peer, const void *data, size_t size)
{
    queue(peer, &peer->address, data, size);
}

void peer_send_from(struct peer *peer, const struct transport_address *from, const void *data, size_t size)
{
    queue(peer, from, data, size);
    gateway_walk();
}

void peer_send(struct peer *peer, const void *data, size_t size)
{
    peer_send_from(peer, &peer->address, data, size);
}

static void collect(void)
{
    static struct frame frame;
    while (inbox_count < INBOX && gateway_take(PORT_PLAIN, &frame))
        if (frame_read_udp(&frame, &inbox[inbox_count]))
            inbox_count++;
}

bool take_for(const struct transport_address *to, struct datagram *ret_datagram)
{
    collect();
    for (unsigned i = 0; i < inbox_count; i++) {
        if (!transport_address_equal(&inbox[i].to, to))
            continue;
        *ret_datagram = inbox[i];
        memmove(&inbox[i], &inbox[i + 1], (--inbox_count - i) * sizeof(inbox[0]));
        return true;
    }
    return false;
}

void forget_datagrams(void)
{
    collect();
    inbox_count = 0;
}

bool peer_take(struct peer *peer, struct datagram *ret_datagram)
{
    return take_for(&peer->address, ret_datagram);
}

static void write_username(struct stun_writer *writer, const struct peer *peer, unsigned flags)
{
    char name[300];
    snprintf(name, sizeof(name), "%s:%s", flags & CHECK_UNKNOWN_USER ? "nobody" : peer->intent.local_ufrag,
             peer->intent.remote_ufrag);
    if (!(flags & CHECK_NO_USERNAME))
        stun_write_bytes(writer, STUN_USERNAME, name, strlen(name));
}

static void write_unknown_attribute(struct stun_writer *writer)
{
    // SOFTWARE, whose type becomes one that must be understood and is not.
    size_t at = writer->size;
    stun_write_bytes(writer, STUN_SOFTWARE, "what", 4);
    bytes_put16(writer->data + at, 0x7ffe);
}

size_t peer_write_check(const struct peer *peer, unsigned flags, uint8_t data[512])
{
    static uint8_t transaction[12];
    struct stun_writer writer;
    size_t covered;
    transaction[0]++;
    stun_writer_begin(&writer, data, 512, STUN_BINDING, STUN_REQUEST, transaction);
    write_username(&writer, peer, flags);
    stun_write32(&writer, STUN_PRIORITY, 1);
    stun_write64(&writer, flags & CHECK_CONTROLLED ? STUN_ICE_CONTROLLED : STUN_ICE_CONTROLLING, 7);
    if (flags & CHECK_NOMINATES)
        stun_write_flag(&writer, STUN_USE_CANDIDATE);
    if (flags & CHECK_UNKNOWN_ATTRIBUTE)
        write_unknown_attribute(&writer);
    const char *password = flags & CHECK_BAD_INTEGRITY ? "wrong" : peer->intent.local_pwd;
    uint8_t *tag = flags & CHECK_NO_INTEGRITY ? NULL : stun_write_integrity(&writer, &covered);
    if (tag)
        HMAC(EVP_sha1(), password, (int)strlen(password), data, covered, tag, NULL);
    stun_write_fingerprint(&writer);
    if (flags & CHECK_BAD_FINGERPRINT)
        data[writer.size - 1] ^= 1;
    return (size_t)stun_writer_finish(&writer);
}

void peer_check(struct peer *peer, unsigned flags)
{
    uint8_t data[512];
    peer_send(peer, data, peer_write_check(peer, flags, data));
}

bool stun_is_sealed(const struct datagram *datagram, const char *password, struct stun_message *ret_message)
{
    uint8_t data[FRAME_MAX], tag[20];
    memcpy(data, datagram->bytes, datagram->size);
    if (stun_parse(data, datagram->size, ret_message) < 0 || !stun_has(ret_message, STUN_MESSAGE_INTEGRITY) ||
        !stun_check_fingerprint(data, ret_message))
        return false;
    stun_set_length(data, ret_message->integrity_length);
    HMAC(EVP_sha1(), password, (int)strlen(password), data, ret_message->integrity_size, tag, NULL);
    return memcmp(tag, data + ret_message->attributes[STUN_MESSAGE_INTEGRITY].offset, sizeof(tag)) == 0;
}

void peer_seal(const char *password, const uint8_t *data, size_t covered, uint8_t tag[20])
{
    HMAC(EVP_sha1(), password, (int)strlen(password), data, covered, tag, NULL);
}

size_t stun_write_answer(const struct peer *peer, const uint8_t transaction[12], uint8_t data[128])
{
    struct stun_writer writer;
    size_t covered;
    stun_write_binding_success(&writer, data, 128, transaction, &peer->gateway);
    uint8_t *tag = stun_write_integrity(&writer, &covered);
    HMAC(EVP_sha1(), peer->intent.remote_pwd, (int)strlen(peer->intent.remote_pwd), data, covered, tag, NULL);
    stun_write_fingerprint(&writer);
    return (size_t)stun_writer_finish(&writer);
}

bool peer_answer_check(struct peer *peer)
{
    struct datagram datagram;
    struct stun_message message;
    uint8_t data[128];
    do
        if (!peer_take(peer, &datagram))
            return false;
    while (stun_parse(datagram.bytes, datagram.size, &message) < 0 || message.class != STUN_REQUEST);
    CU_ASSERT(stun_is_sealed(&datagram, peer->intent.remote_pwd, &message));
    peer_send(peer, data, stun_write_answer(peer, message.transaction_id, data));
    return true;
}

void peer_connect(struct peer *peer)
{
    peer_check(peer, CHECK_NOMINATES);
    gateway_fire(peer->transport);
    gateway_walk();
    CU_ASSERT(peer_answer_check(peer));
    CU_ASSERT_NOT_EQUAL(gateway.entries.transports[peer->transport].selected, ENTRY_NO_PATH);
    forget_datagrams();
}

// The tests send replays.
static srtp_t open_libsrtp(uint16_t suite, const uint8_t *key, const uint8_t *salt, srtp_ssrc_type_t direction)
{
    const struct srtp_session_master master = {suite, key, salt};
    srtp_t session = NULL;
    CU_ASSERT_EQUAL_FATAL(srtp_session_open(&master, direction, true, &session), 0);
    return session;
}

void peer_key(struct peer *peer, uint16_t suite)
{
    unsigned slot = peer->intent.keys[0].epoch > peer->intent.keys[1].epoch ? 1 : 0;
    struct transport_keys *keys = &peer->intent.keys[slot];
    keys->epoch = peer->intent.keys[!slot].epoch + 1;
    keys->suite = suite;
    for (unsigned i = 0; i < 32; i++) {
        keys->send_key[i] = (uint8_t)(peer->transport * 7 + i + keys->epoch);
        keys->receive_key[i] = (uint8_t)(peer->transport * 11 + 3 * i + keys->epoch);
        keys->send_salt[i % 16] = (uint8_t)(peer->transport + i);
        keys->receive_salt[i % 16] = (uint8_t)(peer->transport + 5 * i);
    }
    peer_close(peer);
    peer->out = open_libsrtp(suite, keys->receive_key, keys->receive_salt, ssrc_any_outbound);
    peer->in = open_libsrtp(suite, keys->send_key, keys->send_salt, ssrc_any_inbound);
    peer_publish(peer);
}

void peer_join(struct peer *peer, unsigned number, uint32_t shard, uint16_t suite)
{
    peer_open(peer, number, shard);
    peer_connect(peer);
    peer_key(peer, suite);
}
