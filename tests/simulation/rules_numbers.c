// SPDX-License-Identifier: Apache-2.0
// RFC 3711 9.1, RFC 5288 3: no key sees the same number twice, whoever was killed in between.
#include "rules.h"

#include "bytes.h"
#include "dtls_record.h"
#include "peers.h"
#include "simulation.h"
#include "suite.h"

#include <stdlib.h>

enum { KIND_RTP = 1, KIND_RTCP, KIND_DTLS };

static struct {
    uint64_t *slots; // 0: empty
    size_t room, count;
} seen;

static uint64_t hash(const char *id, unsigned kind, uint32_t ssrc, uint64_t number)
{
    uint64_t mixed = 0xcbf29ce484222325ULL ^ kind;
    for (; *id; id++)
        mixed = (mixed ^ (uint8_t)*id) * 0x100000001b3ULL;
    mixed = (mixed ^ ssrc) * 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ mixed >> 29 ^ number) * 0xbf58476d1ce4e5b9ULL;
    mixed ^= mixed >> 32;
    return mixed ? mixed : 1;
}

static bool put(uint64_t key)
{
    size_t at = key % seen.room;
    for (; seen.slots[at]; at = (at + 1) % seen.room)
        if (seen.slots[at] == key)
            return false;
    seen.slots[at] = key;
    seen.count++;
    return true;
}

static void grow(void)
{
    uint64_t *old = seen.slots;
    size_t room = seen.room;
    seen.room = room ? 2 * room : 65536;
    seen.count = 0;
    seen.slots = calloc(seen.room, sizeof(*seen.slots));
    if (!seen.slots)
        abort();
    for (size_t i = 0; i < room; i++)
        if (old[i])
            put(old[i]);
    free(old);
}

static void note(const struct peer *peer, unsigned kind, uint32_t ssrc, uint64_t number)
{
    static const char *const names[] = {[KIND_RTP] = "RTP", [KIND_RTCP] = "RTCP", [KIND_DTLS] = "DTLS"};
    if (2 * (seen.count + 1) > seen.room)
        grow();
    if (!put(hash(peer->id, kind, ssrc, number)))
        broken("%s to peer %u: SSRC %08x has number %lu twice", names[kind], peer->number, ssrc, (unsigned long)number);
}

static void see_rtcp(const struct peer *peer, const struct datagram *datagram)
{
    struct transport_keys keys;
    peer_dtls_keys(peer, &keys);
    const struct srtp_suite *suite = srtp_suite_find(keys.suite);
    unsigned behind = SRTCP_INDEX_LENGTH + (suite->aead ? 0u : suite->rtcp_tag_length);
    if (datagram->size > behind + 8)
        note(peer, KIND_RTCP, bytes_get32(datagram->data + 4),
             bytes_get32(datagram->data + datagram->size - behind) & 0x7fffffff);
}

static void see_dtls(const struct peer *peer, const struct datagram *datagram)
{
    struct dtls_record record;
    struct dtls_record_iterator records = dtls_record_begin(datagram->data, datagram->size);
    while (dtls_record_next(&records, &record))
        if (record.epoch)
            note(peer, KIND_DTLS, record.epoch, record.sequence);
}

void rules_see_sent(const struct datagram *datagram)
{
    const struct peer *peer = peers_find_address(&datagram->to);
    if (!peer || !peer->id[0] || datagram->size < 12)
        return;
    uint8_t first = datagram->data[0], second = datagram->data[1];
    if (first >= 20 && first < 64)
        see_dtls(peer, datagram);
    else if (first >= 128 && first < 192 && second >= 192 && second <= 223 && peer->state == PEER_IS_UP)
        see_rtcp(peer, datagram);
    else if (first >= 128 && first < 192)
        note(peer, KIND_RTP, bytes_get32(datagram->data + 8), bytes_get16(datagram->data + 2));
}

void rules_close(void)
{
    free(seen.slots);
}
