// SPDX-License-Identifier: Apache-2.0
// What the tables say of a peer's streams, as a class that its reader is told of when it changes.
#include "peer_parts.h"

#include "media_figures.h"
#include "quality.h"

#include <stdio.h>

static void at_least(uint32_t value, uint32_t *most)
{
    if (value > *most)
        *most = value;
}

static void look_at(const struct control *control, const struct journal_transceiver *transceiver,
                    struct quality_figures *worst, uint64_t *packets, uint64_t *lost)
{
    struct media_figures figures;
    if (transceivers_receives(transceiver) &&
        media_figures_of_stream(control, transceiver->stream, transceiver->clock_rate, &figures)) {
        *packets += figures.packets;
        *lost += figures.lost;
        at_least(figures.jitter_us, &worst->jitter_us);
    }
    if (transceiver->route.generation &&
        media_figures_of_route(control, transceiver->route, transceiver->clock_rate, &figures)) {
        at_least(figures.fraction_lost * 1000 / 256, &worst->loss);
        at_least(figures.rtt_us, &worst->rtt_us);
        at_least(figures.jitter_us, &worst->jitter_us);
    }
}

static struct quality_figures look(const struct control *control, struct peer_connection *peer)
{
    struct quality_figures worst = {0};
    uint64_t packets = 0, lost = 0;
    for (unsigned i = 0; i < peer->record.transceiver_count; i++)
        if (peer->record.transceivers[i].serial)
            look_at(control, &peer->record.transceivers[i], &worst, &packets, &lost);
    // Sums shrink where a stream has ended; what was repaired is lost no more.
    uint64_t came = packets > peer->quality.packets ? packets - peer->quality.packets : 0;
    uint64_t missed = lost > peer->quality.lost ? lost - peer->quality.lost : 0;
    if (came)
        at_least((uint32_t)(missed * 1000 / (came + missed)), &worst.loss);
    peer->quality.packets = packets;
    peer->quality.lost = lost;
    return worst;
}

void peer_watch_quality(struct control *control, struct session *session, uint64_t now)
{
    struct quality *quality = &session->peer->quality;
    if (session->state != SESSION_CONNECTED || now < quality->next_at)
        return;
    bool is_first = !quality->next_at;
    quality->next_at = now + CONTROL_SECOND - CONTROL_SECOND / 10;
    const struct quality_figures figures = look(control, session->peer);
    if (is_first || !quality_look(quality, quality_of(&figures))) // nothing to compare with, or nothing new
        return;
    struct gateway_event event = {
        .kind = PEER_QUALITY, .loss = figures.loss, .rtt_us = figures.rtt_us, .jitter_us = figures.jitter_us};
    snprintf(event.state, sizeof(event.state), "%s", quality_names[quality->told]);
    peer_emit(control, session, &event);
}
