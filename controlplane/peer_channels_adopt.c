// SPDX-License-Identifier: Apache-2.0
// Data channels over the death of naru-control: the journal has those that are open, and a successor begins a new
// association below them, which is a restart to the peer (RFC 4960 5.2.2).
#include "peer_channel_parts.h"

#include "log.h"

#include <string.h>

static bool fits(const struct data_channel_view *view)
{
    return strlen(view->label) < JOURNAL_CHANNEL_LABEL && strlen(view->protocol) < JOURNAL_CHANNEL_PROTOCOL;
}

static uint8_t flags_of(const struct data_channel_view *view)
{
    return (uint8_t)((view->ordered ? JOURNAL_ORDERED : 0) | (view->negotiated ? JOURNAL_NEGOTIATED : 0) |
                     (view->by_peer ? JOURNAL_BY_PEER : 0) | (view->is_for_room ? JOURNAL_FOR_ROOM : 0) |
                     (view->is_acknowledged ? JOURNAL_ANSWERED : 0));
}

static void note(void *context, const struct data_channel_view *view)
{
    struct journal_channels *journal = context;
    if (view->id < 0 || view->state == DATA_CHANNEL_CONNECTING || view->state == DATA_CHANNEL_CLOSED)
        return;
    if (journal->count == JOURNAL_CHANNELS || view->state != DATA_CHANNEL_OPEN || !fits(view)) {
        journal->others[view->id / 64] |= 1ULL << view->id % 64;
        return;
    }
    struct journal_channel *channel = &journal->list[journal->count++];
    *channel = (struct journal_channel){.number = view->number,
                                        .stream = (uint16_t)view->id,
                                        .priority = view->priority,
                                        .max_retransmits = view->max_retransmits,
                                        .max_packet_life_time = view->max_packet_life_time,
                                        .low_threshold = view->low_threshold,
                                        .flags = flags_of(view)};
    strcpy(channel->label, view->label);
    strcpy(channel->protocol, view->protocol);
}

void peer_channels_save(struct control *control, const struct session *session)
{
    struct journal_channels journal = {.generation = session->record.transport.generation};
    if (!session->record.has_keys || !session->channels)
        return;
    data_channels_visit(session->channels->channels, note, &journal);
    journal_write_channels(&control->journal, session->record.transport.index, &journal);
}

static struct data_channel_view view_of(const struct journal_channel *channel)
{
    return (struct data_channel_view){.number = channel->number,
                                      .id = channel->stream,
                                      .label = channel->label,
                                      .protocol = channel->protocol,
                                      .ordered = channel->flags & JOURNAL_ORDERED,
                                      .negotiated = channel->flags & JOURNAL_NEGOTIATED,
                                      .by_peer = channel->flags & JOURNAL_BY_PEER,
                                      .is_for_room = channel->flags & JOURNAL_FOR_ROOM,
                                      .is_acknowledged = channel->flags & JOURNAL_ANSWERED,
                                      .priority = channel->priority,
                                      .max_retransmits = channel->max_retransmits,
                                      .max_packet_life_time = channel->max_packet_life_time,
                                      .low_threshold = channel->low_threshold};
}

static unsigned restore(struct data_channels *channels, const struct journal_channels *journal)
{
    unsigned count = 0;
    for (unsigned i = 0; i < journal->count; i++) {
        const struct data_channel_view view = view_of(&journal->list[i]);
        count += !data_channels_adopt(channels, &view, NULL);
    }
    // Behind the others, so that their numbers rise.
    for (unsigned id = 0; id < JOURNAL_STREAMS; id++) {
        const struct data_channel_view unknown = {
            .id = (int)id, .max_retransmits = -1, .max_packet_life_time = -1, .is_acknowledged = true};
        if (journal->others[id / 64] >> id % 64 & 1)
            (void)data_channels_adopt(channels, &unknown, "naru-control was started anew and does not know it");
    }
    return count;
}

void peer_channels_adopt(struct control *control, struct session *session, uint64_t now)
{
    struct journal_channels journal;
    struct journal_peer *record = &session->peer->record;
    if (record->data != JOURNAL_DATA_AGREED || peer_channels_open(control, session))
        return;
    if (journal_read_channels(&control->journal, session->record.transport, &journal)) {
        unsigned count = restore(session->channels->channels, &journal);
        log_info("session %s: %u data channels go on", session->record.id, count);
    }
    session->peer->bridge.settles_at = now; // it has what there was
    session->peer->bridge.is_settled = true;
    session_channels_agree(control, session, record->sctp_port, record->max_message, now);
}
