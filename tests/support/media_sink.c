// SPDX-License-Identifier: Apache-2.0
#include "media_sink.h"

#include "byte_order.h"
#include <string.h>

bool sink_declares(const struct media_sink *sink, uint32_t ssrc)
{
    if (!sink->section || !sink->section->ssrc_count)
        return true;
    for (unsigned i = 0; i < sink->section->ssrc_count; i++)
        if (sink->section->ssrcs[i] == ssrc)
            return true;
    return false;
}

static void check_header(struct media_sink *sink, const struct rtp_packet *packet)
{
    if (sink->received && packet->ssrc != sink->ssrc)
        sink->ssrc_changes++;
    sink->ssrc = packet->ssrc;
    sink->undeclared_ssrc += !sink_declares(sink, packet->ssrc);
    sink->wrong_payload_type += packet->payload_type != sink->payload_type;
    size_t size;
    const uint8_t *mid = sink->mid_extension ? rtp_packet_extension(packet, sink->mid_extension, &size) : NULL;
    if (mid && (size != strlen(sink->mid) || memcmp(mid, sink->mid, size)))
        sink->wrong_mid++;
}

static void note_arrival(struct media_sink *sink, uint64_t now)
{
    if (!sink->first_ns)
        sink->first_ns = now;
    if (sink->last_ns && now - sink->last_ns > sink->gap_ns) {
        sink->gap_ns = now - sink->last_ns;
        sink->gap_end_ns = now;
    }
    sink->last_ns = now;
}

static void begin_sender(struct media_sink *sink, const struct rtp_packet *packet, const struct probe *probe)
{
    if (sink->unique) {
        sink->expected_before = media_sink_expected(sink);
        sink->source_changes++;
    }
    sink->sender = probe->sender;
    sink->first_sequence = sink->highest_sequence = probe->sequence;
    sink->sequence_offset = (uint16_t)(packet->sequence - probe->sequence);
    sink->timestamp_offset = packet->timestamp - probe->timestamp;
    memset(sink->seen, 0, sizeof(sink->seen));
}

// The gateway may renumber, but the distance between two packets must stay what the sender made it.
static void check_numbering(struct media_sink *sink, const struct rtp_packet *packet, const struct probe *probe)
{
    uint16_t sequence_offset = (uint16_t)(packet->sequence - probe->sequence);
    uint32_t timestamp_offset = packet->timestamp - probe->timestamp;
    sink->sequence_breaks += sequence_offset != sink->sequence_offset;
    sink->timestamp_breaks += timestamp_offset != sink->timestamp_offset;
    sink->sequence_offset = sequence_offset;
    sink->timestamp_offset = timestamp_offset;
}

static void advance_to(struct media_sink *sink, uint32_t sequence)
{
    uint32_t step = sequence - sink->highest_sequence;
    for (uint32_t i = 1; i <= step && i <= SINK_WINDOW; i++)
        sink->seen[(sink->highest_sequence + i) % SINK_WINDOW] = false;
    sink->highest_sequence = sequence;
}

// False: a duplicate, or too old to tell.
static bool place(struct media_sink *sink, uint32_t sequence)
{
    int32_t ahead = (int32_t)(sequence - sink->highest_sequence);
    if (ahead > 0) {
        advance_to(sink, sequence);
    } else if (ahead <= -(int32_t)SINK_WINDOW || sink->seen[sequence % SINK_WINDOW]) {
        sink->duplicated++;
        return false;
    } else if (ahead < 0) {
        sink->reordered++;
        if ((int32_t)(sequence - sink->first_sequence) < 0)
            sink->first_sequence = sequence;
    }
    sink->seen[sequence % SINK_WINDOW] = true;
    sink->unique++;
    return true;
}

static void note_keyframe(struct media_sink *sink, const struct probe *probe, uint64_t now)
{
    if (!probe->keyframe || !probe->frame_start)
        return;
    sink->keyframes++;
    if (!sink->first_keyframe_ns)
        sink->first_keyframe_ns = now;
}

static void update_statistics(struct media_sink *sink, const struct rtp_packet *packet, uint64_t now)
{
    if (!sink->rtp_received)
        sink->rtp_base = sink->rtp_highest = packet->sequence;
    int16_t ahead = (int16_t)(packet->sequence - (uint16_t)sink->rtp_highest);
    if (ahead > 0)
        sink->rtp_highest += (uint32_t)ahead;
    double rate = sink->kind == MEDIA_AUDIO ? 48000 : 90000;
    double transit = (double)now * rate / 1e9 - packet->timestamp;
    if (sink->rtp_received) {
        double change = transit - sink->last_transit;
        if (change < 0)
            change = -change;
        if (change < rate * 10) // not over a wrap of the timestamp
            sink->jitter += (change - sink->jitter) / 16;
    }
    sink->last_transit = transit;
    sink->rtp_received++;
}

void media_sink_take(struct media_sink *sink, const struct rtp_packet *packet, const struct probe *probe, uint64_t now)
{
    check_header(sink, packet);
    sink->received++;
    sink->bytes += packet->payload_size;
    note_arrival(sink, now);
    update_statistics(sink, packet, now);
    if (probe->room != sink->room || probe->stream != sink->kind) {
        sink->foreign++;
        return;
    }
    if (!sink->unique || probe->sender != sink->sender)
        begin_sender(sink, packet, probe);
    check_numbering(sink, packet, probe);
    if (!place(sink, probe->sequence))
        return;
    note_keyframe(sink, probe, now);
    latency_add(&sink->latency, now > probe->sent_ns ? now - probe->sent_ns : 0);
}

void media_sink_corrupted(struct media_sink *sink, uint64_t now)
{
    note_arrival(sink, now);
    sink->received++;
    sink->corrupted++;
}

void media_sink_finish(struct media_sink *sink, uint64_t stopped_ns)
{
    if (sink->last_ns && stopped_ns > sink->last_ns && stopped_ns - sink->last_ns > sink->gap_ns) {
        sink->gap_ns = stopped_ns - sink->last_ns;
        sink->gap_end_ns = stopped_ns;
    }
}

uint64_t media_sink_expected(const struct media_sink *sink)
{
    if (!sink->unique)
        return sink->expected_before;
    return sink->expected_before + sink->highest_sequence - sink->first_sequence + 1;
}
