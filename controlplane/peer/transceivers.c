// SPDX-License-Identifier: Apache-2.0
#include "transceivers.h"

#include <string.h>

static uint32_t next_serial(struct journal_peer *peer)
{
    if (++peer->next_serial == 0)
        peer->next_serial = 1;
    return peer->next_serial;
}

static struct journal_transceiver *find_place(struct journal_peer *peer)
{
    struct journal_transceiver *declined = NULL;
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        struct journal_transceiver *transceiver = &peer->transceivers[i];
        if (!transceiver->serial)
            return transceiver;
        if (transceivers_is_left(transceiver))
            declined = transceiver;
    }
    return declined;
}

bool transceivers_is_left(const struct journal_transceiver *transceiver)
{
    return transceiver->is_declined && transceiver->line == JOURNAL_NO_TRANSCEIVER;
}

struct journal_transceiver *transceivers_add(struct journal_peer *peer, enum media_kind kind)
{
    struct journal_transceiver *transceiver = find_place(peer);
    if (!transceiver)
        return NULL;
    *transceiver = (struct journal_transceiver){.serial = next_serial(peer),
                                                .kind = (uint8_t)kind,
                                                .line = JOURNAL_NO_TRANSCEIVER,
                                                .payload_type = 0xff,
                                                .rtx_payload_type = 0xff};
    unsigned index = transceivers_index(peer, transceiver);
    if (peer->transceiver_count <= index)
        peer->transceiver_count = (uint8_t)(index + 1);
    return transceiver;
}

static struct journal_transceiver left_of(struct journal_peer *peer, const struct journal_transceiver *was)
{
    return (struct journal_transceiver){.serial = next_serial(peer),
                                        .kind = was->kind,
                                        .line = JOURNAL_NO_TRANSCEIVER,
                                        .is_stopping = true,
                                        .is_added = true,
                                        .is_declined = true,
                                        .payload_type = 0xff,
                                        .rtx_payload_type = 0xff,
                                        .source = was->source,
                                        .source_codec = was->source_codec,
                                        .source_payload_type = was->source_payload_type};
}

void transceivers_decline(struct journal_peer *peer, struct journal_transceiver *transceiver)
{
    const struct journal_transceiver was = *transceiver;
    transceivers_remove(transceiver);
    if (peer->subscribes && was.source.generation)
        *transceiver = left_of(peer, &was);
}

void transceivers_forgo(struct journal_peer *peer, const struct journal_transceiver *was)
{
    struct journal_transceiver *left =
        peer->subscribes && was->source.generation ? transceivers_add(peer, was->kind) : NULL;
    if (left)
        *left = left_of(peer, was);
}

void transceivers_remove(struct journal_transceiver *transceiver)
{
    memset(transceiver, 0, sizeof(*transceiver));
}

struct journal_transceiver *transceivers_at(struct journal_peer *peer, unsigned index, uint32_t serial)
{
    if (index >= JOURNAL_TRANSCEIVERS || !peer->transceivers[index].serial)
        return NULL;
    return serial && peer->transceivers[index].serial != serial ? NULL : &peer->transceivers[index];
}

unsigned transceivers_index(const struct journal_peer *peer, const struct journal_transceiver *transceiver)
{
    return (unsigned)(transceiver - peer->transceivers);
}

struct journal_transceiver *transceivers_find(struct journal_peer *peer, const char *mid)
{
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++)
        if (peer->transceivers[i].serial && peer->transceivers[i].mid[0] && !strcmp(peer->transceivers[i].mid, mid))
            return &peer->transceivers[i];
    return NULL;
}

struct journal_transceiver *transceivers_of_line(struct journal_peer *peer, unsigned line)
{
    return line < peer->line_count ? transceivers_at(peer, peer->lines[line].transceiver, 0) : NULL;
}

unsigned transceivers_wish(const struct journal_transceiver *transceiver)
{
    bool sends = transceiver->source.generation && !transceiver->is_withheld;
    return (sends ? WAY_SEND : 0) | (transceiver->receives ? WAY_RECEIVE : 0);
}

bool transceivers_receives(const struct journal_transceiver *transceiver)
{
    return transceiver->stream.generation && transceiver->ways & WAY_RECEIVE;
}

bool transceivers_need_negotiation(const struct journal_peer *peer)
{
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++) {
        const struct journal_transceiver *transceiver = &peer->transceivers[i];
        if (!transceiver->serial)
            continue;
        bool is_negotiated = transceiver->line != JOURNAL_NO_TRANSCEIVER;
        if (is_negotiated == (bool)transceiver->is_stopping)
            return true;
        if (is_negotiated && (transceivers_wish(transceiver) & transceiver->allowed) != transceiver->settled)
            return true;
    }
    return peer->data == JOURNAL_DATA_WANTED;
}

unsigned ways_of(enum sdp_direction direction)
{
    _Static_assert((int)SDP_SENDONLY == (int)WAY_SEND && (int)SDP_RECVONLY == (int)WAY_RECEIVE, "bits as they are");
    return direction == SDP_INACTIVE ? 0 : (unsigned)direction;
}

enum sdp_direction direction_of(unsigned ways)
{
    return ways ? (enum sdp_direction)ways : SDP_INACTIVE;
}

unsigned ways_reversed(unsigned ways)
{
    return (ways & WAY_SEND ? WAY_RECEIVE : 0) | (ways & WAY_RECEIVE ? WAY_SEND : 0);
}
