// SPDX-License-Identifier: Apache-2.0
#include "peer_session.h"

#include "byte_order.h"
#include "tcp_link.h"
#include <string.h>

#define REPORT_INTERVAL NS_PER_S
#define TWCC_INTERVAL   (50 * NS_PER_MS)
#define BURST_MAX       16 // packets that one stream may send in one tick

void session_send(struct session *session, const struct socket_address *to, const uint8_t *data, size_t size)
{
    bool sent = session->tcp ? tcp_link_send(session->tcp, data, size)
                             : sendto(session->fd, data, size, 0, &to->any, to->size) == (ssize_t)size;
    session->counters.datagrams_out++;
    session->counters.send_errors += !sent;
}

void session_media_start(struct session *session, uint64_t now)
{
    session->sending = session->direction & SESSION_SENDS;
    session->next_rtcp_ns = now + 200 * NS_PER_MS;
    session->next_pli_ns = now + (uint64_t)(session->options->pli_interval_s * (double)NS_PER_S);
    for (unsigned i = 0; i < session->source_count; i++)
        media_source_start(&session->sources[i], now);
}

static void send_sealed_rtcp(struct session *session, uint8_t *packet, size_t size)
{
    int sealed = srtp_pair_seal_rtcp(&session->srtp, packet, size);
    if (sealed < 0)
        return;
    session->rtcp_sent++;
    session_send(session, &session->ice.selected, packet, (size_t)sealed);
}

static void send_report(struct session *session, uint64_t now)
{
    uint8_t packet[RTCP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    struct rtcp_writer writer = {session->sources,    session->source_count, session->sinks,
                                 session->sink_count, session->own_ssrc,     session->cname};
    send_sealed_rtcp(session, packet, rtcp_write_report(&writer, now, packet));
}

static void send_plis(struct session *session)
{
    uint8_t packet[RTCP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    for (unsigned i = 0; i < session->sink_count; i++) {
        const struct media_sink *sink = &session->sinks[i];
        if (sink->kind != MEDIA_VIDEO || !sink->received)
            continue;
        send_sealed_rtcp(session, packet, rtcp_write_pli(session->own_ssrc, sink->ssrc, packet));
        session->counters.plis_sent++;
    }
}

static void send_twcc(struct session *session)
{
    uint8_t packet[TWCC_FEEDBACK_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    size_t size = twcc_write(&session->twcc, session->own_ssrc, session->sinks[0].ssrc, packet);
    if (!size)
        return;
    session->twcc_sent++;
    send_sealed_rtcp(session, packet, size);
}

// Kept for a repair, and now and then not sent at all.
static bool withhold(struct session *session, const struct media_source *source, const uint8_t *packet, size_t size)
{
    struct repair *repair = session->repair;
    if (!repair || source->kind != MEDIA_VIDEO)
        return false;
    repair_keep(repair, packet, size);
    bool lost = repair_loses(repair);
    repair->withheld += lost;
    return lost;
}

static void resend(struct session *session, const struct rtcp_requests *requests)
{
    uint8_t packet[RTP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    for (unsigned i = 0; session->repair && i < requests->nacked_count; i++)
        for (unsigned j = 0; j < session->source_count; j++) {
            const struct media_source *source = &session->sources[j];
            if (source->kind != MEDIA_VIDEO)
                continue;
            size_t size = repair_write_rtx(session->repair, requests->nacked[i],
                                           (uint8_t)(source->payload_type + RTX_ABOVE), packet);
            int sealed = size ? srtp_pair_seal_rtp(&session->srtp, packet, size) : -1;
            if (sealed > 0)
                session_send(session, &session->ice.selected, packet, (size_t)sealed);
        }
}

static void send_nacks(struct session *session, uint64_t now)
{
    uint8_t packet[RTCP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    for (unsigned i = 0; session->repair && i < session->sink_count; i++) {
        if (session->sinks[i].kind != MEDIA_VIDEO)
            continue;
        size_t size =
            repair_write_nack(session->repair, session->own_ssrc, session->sinks[i].ssrc, now, packet, RTCP_PACKET_MAX);
        if (size)
            send_sealed_rtcp(session, packet, size);
    }
}

static void send_due(struct session *session, struct media_source *source, uint64_t now)
{
    uint8_t packet[RTP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
    for (int i = 0; i < BURST_MAX && source->due_ns <= now; i++) {
        size_t size = media_source_next(source, now, session->twcc_sequence++, packet);
        if (withhold(session, source, packet, size))
            continue;
        int sealed = srtp_pair_seal_rtp(&session->srtp, packet, size);
        if (sealed < 0)
            return;
        tamper_keep(&session->tamper, packet, (size_t)sealed);
        if (session->timeline)
            timeline_add(session->timeline, session->timeline->sent, now);
        session_send(session, &session->ice.selected, packet, (size_t)sealed);
    }
}

void session_media_tick(struct session *session, uint64_t now)
{
    for (unsigned i = 0; session->sending && i < session->source_count; i++)
        send_due(session, &session->sources[i], now);
    if (now >= session->next_rtcp_ns) {
        session->next_rtcp_ns += REPORT_INTERVAL;
        send_report(session, now);
    }
    send_nacks(session, now);
    if (now >= session->next_twcc_ns && session->sink_count) {
        session->next_twcc_ns = now + TWCC_INTERVAL;
        send_twcc(session);
    }
    if (session->options->pli_interval_s > 0 && now >= session->next_pli_ns) {
        session->next_pli_ns += (uint64_t)(session->options->pli_interval_s * (double)NS_PER_S);
        send_plis(session);
    }
    hostile_tick(session, now);
    struct tamper_packet scratch;
    const struct tamper_packet *bad =
        session->sending ? tamper_next(&session->tamper, session->options->tamper, now, &scratch) : NULL;
    if (bad)
        session_send(session, &session->ice.selected, bad->data, bad->size);
}

static struct media_sink *sink_for(struct session *session, enum media_kind kind)
{
    for (unsigned i = 0; i < session->sink_count; i++)
        if (session->sinks[i].kind == kind)
            return &session->sinks[i];
    return NULL;
}

static struct media_sink *sink_by_payload_type(struct session *session, int payload_type)
{
    for (unsigned i = 0; i < session->sink_count; i++)
        if (session->sinks[i].payload_type == payload_type)
            return &session->sinks[i];
    return NULL;
}

static void note_twcc(struct session *session, const struct media_sink *sink, const struct rtp_packet *packet,
                      uint64_t now)
{
    size_t size;
    unsigned id = sink && sink->section ? sink->section->twcc_extension : 0;
    const uint8_t *value = id ? rtp_packet_extension(packet, id, &size) : NULL;
    if (value && size == 2)
        twcc_record(&session->twcc, read16(value), now);
}

// False: the packet is lost. A repair becomes what it repairs.
static bool lose_or_repair(struct session *session, struct rtp_packet *packet, uint64_t now)
{
    struct media_sink *sink = session->repair ? sink_for(session, MEDIA_VIDEO) : NULL;
    bool again = sink && packet->payload_type == sink->payload_type + RTX_ABOVE;
    if (!sink || (!again && packet->payload_type != sink->payload_type))
        return true;
    if (repair_loses(session->repair)) {
        session->repair->lost++;
        return false;
    }
    if (again && packet->payload_size < REPAIR_OSN)
        return true;
    if (again) {
        session->repair->wrong_ssrc += !sink_declares(sink, packet->ssrc) || packet->ssrc == sink->ssrc;
        packet->sequence = read16(packet->payload);
        packet->payload += REPAIR_OSN;
        packet->payload_size -= REPAIR_OSN;
        packet->payload_type = (uint8_t)sink->payload_type;
        packet->ssrc = sink->ssrc;
    }
    return repair_received(session->repair, packet->sequence, again, now);
}

static void take_probe(struct session *session, struct media_sink *sink, const struct rtp_packet *packet,
                       const struct probe *probe, uint64_t now)
{
    uint64_t unique = sink->unique;
    media_sink_take(sink, packet, probe, now);
    if (session->timeline && sink->unique > unique)
        timeline_add(session->timeline, session->timeline->received, probe->sent_ns);
}

static void take_rtp(struct session *session, uint8_t *data, size_t size, uint64_t now)
{
    struct rtp_packet packet;
    struct probe probe;
    size_t offset;
    int plain = srtp_pair_unseal_rtp(&session->srtp, data, size);
    if (plain < 0)
        return;
    if (rtp_packet_read(data, (size_t)plain, &packet) < 0) {
        session->counters.malformed_rtp++;
        return;
    }
    session->exchanged_media = true;
    if (!lose_or_repair(session, &packet, now))
        return;
    struct media_sink *sink = sink_by_payload_type(session, packet.payload_type);
    note_twcc(session, sink, &packet, now);
    if (!packet.payload_size) {
        if (sink)
            sink->padding_only++;
        return;
    }
    if (probe_read(packet.payload, packet.payload_size, &probe, &offset)) {
        if (sink)
            media_sink_corrupted(sink, now);
        else
            session->counters.malformed_rtp++;
        return;
    }
    struct media_sink *meant = sink_for(session, (enum media_kind)probe.stream);
    if (!sink && !meant)
        session->counters.malformed_rtp++;
    else
        take_probe(session, sink ? sink : meant, &packet, &probe, now);
}

static void answer_keyframes(struct session *session, const struct rtcp_requests *requests, uint64_t now)
{
    for (unsigned i = 0; i < requests->keyframe_count; i++) {
        if (session->keyframe_request_count < SESSION_KEYFRAME_REQUESTS)
            session->keyframe_requests_ns[session->keyframe_request_count++] = now;
        for (unsigned j = 0; j < session->source_count; j++)
            if (session->sources[j].ssrc == requests->keyframes[i])
                session->sources[j].keyframe_wanted = true;
    }
}

static void note_senders(struct session *session, const struct rtcp_requests *requests, uint64_t now)
{
    for (unsigned i = 0; i < requests->sender_count; i++)
        for (unsigned j = 0; j < session->sink_count; j++) {
            struct media_sink *sink = &session->sinks[j];
            if (!sink->rtp_received || sink->ssrc != requests->senders[i].ssrc)
                continue;
            sink->last_sr = requests->senders[i].middle_ntp;
            sink->last_sr_ns = now;
        }
}

static void take_rtcp(struct session *session, uint8_t *data, size_t size, uint64_t now)
{
    struct rtcp_requests requests;
    int plain = srtp_pair_unseal_rtcp(&session->srtp, data, size);
    if (plain < 0)
        return;
    session->exchanged_media = true;
    if (rtcp_read(data, (size_t)plain, &session->rtcp, &requests) < 0)
        session->rtcp.malformed++;
    answer_keyframes(session, &requests, now);
    resend(session, &requests);
    note_senders(session, &requests, now);
}

void session_take_media(struct session *session, uint8_t *data, size_t size, uint64_t now)
{
    if (!session->srtp.in) {
        session->counters.early_media++;
        return;
    }
    if (size < 12) {
        session->counters.malformed_rtp++;
        return;
    }
    if (data[1] >= 192 && data[1] <= 223) // RFC 5761 4
        take_rtcp(session, data, size, now);
    else
        take_rtp(session, data, size, now);
}
