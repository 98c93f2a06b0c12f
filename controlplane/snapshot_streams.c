// SPDX-License-Identifier: Apache-2.0
// Streams of a publisher and routes of a viewer, as one looks at them.
#include "snapshot_parts.h"

#include "codec.h"
#include "media_figures.h"
#include "transceivers.h"

#include <stdio.h>

static void view_figures(const struct control *control, struct record_link link, bool is_stream, uint32_t clock_rate,
                         struct gateway_stream_view *view)
{
    struct media_figures figures;
    if (!(is_stream ? media_figures_of_stream : media_figures_of_route)(control, link, clock_rate, &figures))
        return;
    view->packets = figures.packets;
    view->bytes = figures.bytes;
    view->lost = figures.lost;
    view->plis = figures.plis;
    view->nacks = figures.nacks;
    view->kbps = figures.kbps;
    view->jitter_ms = figures.jitter_us / 1000;
    view->rtt_ms = figures.rtt_us / 1000;
    view->fraction_lost_percent = figures.fraction_lost * 100 / 256;
    if (!view->ssrc)
        view->ssrc = figures.ssrc;
}

// Of a peer: what it sends, then what it is sent.
static void view_peer_streams(const struct control *control, const struct journal_peer *peer, bool is_sent,
                              struct gateway_session_view *view)
{
    for (unsigned i = 0; i < peer->transceiver_count && view->stream_count < GATEWAY_VIEW_STREAMS; i++) {
        const struct journal_transceiver *transceiver = &peer->transceivers[i];
        struct record_link link = is_sent ? transceiver->stream : transceiver->route;
        if (!transceiver->serial || !link.generation || (is_sent && !transceivers_receives(transceiver)))
            continue;
        struct gateway_stream_view *stream = &view->streams[view->stream_count++];
        snprintf(stream->mid, sizeof(stream->mid), "%s", transceiver->mid);
        snprintf(stream->kind, sizeof(stream->kind), "%s", transceiver->kind == MEDIA_AUDIO ? "audio" : "video");
        snprintf(stream->codec, sizeof(stream->codec), "%s", sdp_codec_name((enum sdp_codec)transceiver->codec));
        stream->ssrc = is_sent ? transceiver->in_ssrc : transceiver->out_ssrc;
        view_figures(control, link, is_sent, transceiver->clock_rate, stream);
    }
}

void snapshot_view_streams(const struct control *control, const struct session *session,
                           struct gateway_session_view *view)
{
    const struct journal_session *record = &session->record;
    if (session->peer) {
        view_peer_streams(control, &session->peer->record, true, view);
        view_peer_streams(control, &session->peer->record, false, view);
    }
    for (uint32_t i = 0; i < record->section_count && i < GATEWAY_VIEW_STREAMS; i++) {
        const struct journal_section *section = &record->sections[i];
        struct gateway_stream_view *stream = &view->streams[view->stream_count++];
        snprintf(stream->mid, sizeof(stream->mid), "%s", section->mid);
        snprintf(stream->kind, sizeof(stream->kind), "%s", section->kind == MEDIA_AUDIO ? "audio" : "video");
        snprintf(stream->codec, sizeof(stream->codec), "%s", sdp_codec_name((enum sdp_codec)section->codec));
        stream->ssrc = section->ssrc;
        view_figures(control, section->link, record->is_publisher, section->clock_rate, stream);
    }
}
