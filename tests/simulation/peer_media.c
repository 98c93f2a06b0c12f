// SPDX-License-Identifier: Apache-2.0
// SRTP of peers, by libsrtp2. A packet's payload says who sent it: it may come out in that room, and nowhere else.
#include "peers.h"

#include "bytes.h"
#include "rtp_parse.h"
#include "simulation.h"
#include "srtp_session.h"

#include <stdlib.h>

#define PAYLOAD  40
#define RTP_SIZE 12

static srtp_t open_one(uint16_t id, const uint8_t *key, const uint8_t *salt, bool is_outbound)
{
    const struct srtp_session_master master = {id, key, salt};
    srtp_t session = NULL;
    if (srtp_session_open(&master, is_outbound ? ssrc_any_outbound : ssrc_any_inbound, false, &session))
        abort();
    return session;
}

void peer_open_media(struct peer *peer)
{
    struct transport_keys keys;
    peer_dtls_keys(peer, &keys);
    peer->out = open_one(keys.suite, keys.send_key, keys.send_salt, true);
    peer->in = open_one(keys.suite, keys.receive_key, keys.receive_salt, false);
    peer->media_at = simulation.now;
}

void peer_close_media(struct peer *peer)
{
    if (peer->out)
        srtp_dealloc(peer->out);
    if (peer->in)
        srtp_dealloc(peer->in);
    peer->out = peer->in = NULL;
}

static void send_one(struct peer *peer, bool is_video)
{
    uint8_t data[RTP_SIZE + PAYLOAD + 64] = {0x80, is_video ? 96 : 111};
    int size = RTP_SIZE + PAYLOAD;
    bytes_put16(data + 2, peer->sequences[is_video]++);
    bytes_put32(data + 4, (uint32_t)(simulation.now / MILLISECOND * (is_video ? 90 : 48)));
    bytes_put32(data + 8, is_video ? 2222 : 1111);
    data[RTP_SIZE] = 0x10; // VP8: the start of a partition, and a key frame's first byte
    bytes_put32(data + RTP_SIZE + 8, peer->number);
    if (srtp_protect(peer->out, data, &size) != srtp_err_status_ok)
        abort();
    peer_send(peer, data, (size_t)size);
    peer->media_sent++;
}

void peer_send_media(struct peer *peer)
{
    send_one(peer, false);
    send_one(peer, true);
}

static bool is_rtcp(const uint8_t *data)
{
    return data[1] >= 192 && data[1] <= 223;
}

void peer_take_media(struct peer *peer, const struct datagram *datagram)
{
    uint8_t data[DATAGRAM_MAX];
    int size = (int)datagram->size;
    if (!peer->in || size < RTP_SIZE)
        return;
    memcpy(data, datagram->data, datagram->size);
    if (is_rtcp(data)) {
        (void)srtp_unprotect_rtcp(peer->in, data, &size);
        return;
    }
    srtp_err_status_t status = srtp_unprotect(peer->in, data, &size);
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        return; // the network's
    struct rtp_header header;
    if (status != srtp_err_status_ok) {
        broken("peer %u cannot read a packet: libsrtp's %d", peer->number, status);
        return;
    }
    if (rtp_parse(data, (size_t)size, &header) < 0 || (size_t)size < header.payload_offset + 12U)
        return; // padding alone
    unsigned sender = bytes_get32(data + header.payload_offset + 8);
    if (sender >= peers.count || strcmp(peers.list[sender].room, peer->room) || !peers.list[sender].is_publisher)
        broken("peer %u in room %s gets media of peer %u", peer->number, peer->room, sender);
    peer->media_received++;
}
