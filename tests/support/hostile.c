// SPDX-License-Identifier: Apache-2.0
#include "hostile.h"

#include "byte_order.h"
#include "peer_session.h"
#include <string.h>

#define BURST_MAX    64 // packets a tick
#define BEGIN_NS     NS_PER_S
#define SSRCS        300 // of a flood; libsrtp looks them up one by one
#define JUNK_MAX     1000
#define EVERY_NUMBER 250 // entries of one NACK: 17 numbers each

static uint32_t random_of(struct hostile *hostile)
{
    hostile->random = hostile->random * 1664525 + 1013904223;
    return hostile->random >> 8;
}

static uint32_t watched_ssrc(const struct session *session)
{
    for (unsigned i = 0; i < session->sink_count; i++)
        if (session->sinks[i].kind == MEDIA_VIDEO)
            return session->sinks[i].ssrc;
    return 0;
}

static size_t put_head(uint8_t *packet, unsigned count, unsigned type, size_t size)
{
    packet[0] = (uint8_t)(0x80 | count);
    packet[1] = (uint8_t)type;
    write16(packet + 2, (uint16_t)(size / 4 - 1));
    return size;
}

static size_t write_pli(struct session *session, uint8_t *packet)
{
    return rtcp_write_pli(session->own_ssrc, watched_ssrc(session), packet);
}

// RFC 5104 4.3.1: as many entries as fit, each for the same stream.
static size_t write_fir(struct session *session, uint8_t *packet)
{
    size_t size = 12;
    write32(packet + 4, session->own_ssrc);
    write32(packet + 8, 0);
    for (unsigned i = 0; i < 100; i++, size += 8) {
        write32(packet + size, watched_ssrc(session));
        write32(packet + size + 4, random_of(&session->hostile) << 24);
    }
    return put_head(packet, 4, 206, size);
}

// All numbers from somewhere on.
static size_t write_nack(struct session *session, uint8_t *packet)
{
    size_t size = 12;
    uint16_t first = (uint16_t)random_of(&session->hostile);
    if (session->repair && random_of(&session->hostile) % 2) // those that may still be there
        first = (uint16_t)(session->repair->highest - EVERY_NUMBER * 17);
    write32(packet + 4, session->own_ssrc);
    write32(packet + 8, watched_ssrc(session));
    for (unsigned i = 0; i < EVERY_NUMBER; i++, size += 4) {
        write16(packet + size, (uint16_t)(first + 17 * i));
        write16(packet + size + 2, 0xffff);
    }
    return put_head(packet, 1, 205, size);
}

// Transport-wide feedback (205/15), REMB and their kin with counts and lengths that lie, of any size.
static size_t write_feedback(struct session *session, uint8_t *packet)
{
    struct hostile *hostile = &session->hostile;
    size_t size = 12 + 4 * (random_of(hostile) % 60);
    for (size_t i = 4; i < size; i++)
        packet[i] = (uint8_t)random_of(hostile);
    write32(packet + 4, session->own_ssrc);
    write32(packet + 8, watched_ssrc(session));
    if (size >= 20)
        write16(packet + 14, random_of(hostile) % 2 ? 0xffff : 0); // the number of packets that it tells of
    if (random_of(hostile) % 2)
        return put_head(packet, random_of(hostile) % 32, 205, size);
    memcpy(packet + 12, "REMB", 4);
    return put_head(packet, 15, 206, size);
}

// A compound whose parts lie about their lengths and counts.
static size_t write_compound(struct session *session, uint8_t *packet)
{
    struct hostile *hostile = &session->hostile;
    size_t size = 8 + random_of(hostile) % JUNK_MAX;
    for (size_t i = 0; i < size; i++)
        packet[i] = (uint8_t)random_of(hostile);
    for (size_t at = 0; at + 8 <= size;) {
        size_t part = 4 * (2 + random_of(hostile) % 20);
        put_head(packet + at, random_of(hostile) % 32, 200 + random_of(hostile) % 8, part);
        write32(packet + at + 4, session->own_ssrc);
        if (random_of(hostile) % 4 == 0)
            write16(packet + at + 2, (uint16_t)random_of(hostile));
        if (random_of(hostile) % 4 == 0)
            packet[at] |= 0x20; // padding, by whatever the last byte says
        at += part;
    }
    return size;
}

static const struct media_source *source_of(const struct session *session)
{
    return session->source_count ? &session->sources[session->source_count - 1] : NULL;
}

static size_t begin_rtp(struct session *session, const struct media_source *source, uint32_t ssrc, uint8_t *packet)
{
    struct rtp_packet header = {.payload_type = source->payload_type,
                                .sequence = session->hostile.sequence++,
                                .timestamp = media_source_timestamp(source),
                                .ssrc = ssrc};
    struct rtp_packet_extensions extensions = {source->mid_extension, source->twcc_extension, source->mid,
                                               session->hostile.sequence};
    size_t size = rtp_packet_begin(packet, &header, &extensions);
    memset(packet + size, 7, 40);
    return size + 40;
}

static size_t write_ssrcs(struct session *session, uint8_t *packet)
{
    const struct media_source *source = source_of(session);
    return source ? begin_rtp(session, source, source->ssrc + 0x10000 + random_of(&session->hostile) % SSRCS, packet)
                  : 0;
}

static size_t write_padding(struct session *session, uint8_t *packet)
{
    static const uint8_t counts[] = {0, 41, 200, 255};
    const struct media_source *source = source_of(session);
    if (!source)
        return 0;
    size_t size = begin_rtp(session, source, source->ssrc + 0x20000, packet);
    packet[0] |= 0x20;
    packet[size - 1] = counts[random_of(&session->hostile) % sizeof(counts)];
    return size;
}

// Elements that end behind their block, of either form, with ids that mean something.
static size_t write_extensions(struct session *session, uint8_t *packet)
{
    static const uint16_t profiles[] = {0xbede, 0x1000, 0x1007, 0x1234};
    struct hostile *hostile = &session->hostile;
    const struct media_source *source = source_of(session);
    if (!source)
        return 0;
    size_t words = random_of(hostile) % 40, size = 16 + 4 * words;
    begin_rtp(session, source, source->ssrc + 0x30000, packet);
    packet[0] |= 0x10;
    write16(packet + 12, profiles[random_of(hostile) % 4]);
    write16(packet + 14, (uint16_t)words);
    for (size_t i = 16; i < size; i++)
        packet[i] = (uint8_t)(random_of(hostile) % 3 ? random_of(hostile) : (source->mid_extension << 4 | 15u));
    memset(packet + size, 7, 40);
    return size + 40;
}

// NULL for what is sent as it was made once: it is damaged or repeated.
static const struct {
    const char *name;
    size_t (*write)(struct session *session, uint8_t *packet);
    bool is_rtp;
} kinds[HOSTILE_KINDS_MAX] = {
    {"pli", write_pli, false},
    {"fir", write_fir, false},
    {"nack", write_nack, false},
    {"feedback", write_feedback, false},
    {"compound", write_compound, false},
    {"ssrcs", write_ssrcs, true},
    {"padding", write_padding, true},
    {"extensions", write_extensions, true},
    {"srtcp", NULL, false},
};

unsigned hostile_kind(const char *name)
{
    for (unsigned i = 0; i < HOSTILE_KINDS_MAX; i++)
        if (!strcmp(kinds[i].name, name))
            return 1u << i;
    return 0;
}

// SRTCP as it was before, or with a wrong tag over a later index.
static void send_srtcp(struct session *session)
{
    struct hostile *hostile = &session->hostile;
    struct hostile_packet *kept = &hostile->kept, bad;
    if (!kept->size) {
        int sealed = srtp_pair_seal_rtcp(&session->srtp, kept->data, write_pli(session, kept->data));
        kept->size = sealed > 0 ? (size_t)sealed : 0;
    }
    bad = *kept;
    if (random_of(hostile) % 2)
        for (size_t i = bad.size - 20; i < bad.size; i++)
            bad.data[i] =
                (uint8_t)(random_of(hostile) | (i == bad.size - 4 || i == bad.size - 14 ? 0x80 : 0)); // E, by suite
    session_send(session, &session->ice.selected, bad.data, bad.size);
}

static void send_kind(struct session *session, unsigned kind)
{
    uint8_t packet[RTP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    if (!kinds[kind].write) {
        send_srtcp(session);
        return;
    }
    size_t size = kinds[kind].write(session, packet);
    if (!size)
        return;
    int sealed = kinds[kind].is_rtp ? srtp_pair_seal_rtp(&session->srtp, packet, size)
                                    : srtp_pair_seal_rtcp(&session->srtp, packet, size);
    if (sealed > 0)
        session_send(session, &session->ice.selected, packet, (size_t)sealed);
}

void hostile_tick(struct session *session, uint64_t now)
{
    struct hostile *hostile = &session->hostile;
    const struct client_options *options = session->options;
    if (!options->hostile_kinds)
        return;
    if (!hostile->due_ns)
        hostile->due_ns = now + BEGIN_NS;
    for (unsigned i = 0; i < BURST_MAX && hostile->due_ns <= now; i++) {
        do
            hostile->turn = (hostile->turn + 1) % HOSTILE_KINDS_MAX;
        while (!(options->hostile_kinds >> hostile->turn & 1));
        send_kind(session, hostile->turn);
        hostile->sent++;
        hostile->due_ns += NS_PER_S / options->hostile_rate;
    }
    if (now > hostile->due_ns + NS_PER_S) // the machine is too busy: no burst to catch up
        hostile->due_ns = now;
}
