// SPDX-License-Identifier: Apache-2.0
// What a member sends on a data channel goes to the channels of the same label of all other members of its room. A
// member that cannot take a reliable message makes its sender wait, for ten seconds: then its channel is closed, and
// what comes for it is dropped until it takes something. What may be lost by its channel's own rules is dropped at
// once. Messages that wait are kept once, however many wait for them, and count as not consumed: so each sender's
// credit bounds them.
#include "peer_channel_parts.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SETTLING_TIME (300 * 1000000ULL)    // a member opens its own channels first, as a rule
#define STALL_TIME    (10 * CONTROL_SECOND) // without taking anything
#define STALLED       "the member took nothing for 10 seconds"
#define OVERFLOWS     "too many messages of its room waited for the member"

struct message {
    unsigned holders;
    struct record_link sender; // its transport
    struct data_channel_options options;
    bool is_text;
    size_t size;
    const uint8_t *data;
    char more[];
};

struct bridged {
    STAILQ_ENTRY(bridged) next;
    struct message *message;
};

static struct data_channel_options options_of(const struct data_channel_view *view)
{
    return (struct data_channel_options){.label = view->label,
                                         .protocol = view->protocol,
                                         .ordered = view->ordered,
                                         .id = -1,
                                         .max_retransmits = view->max_retransmits,
                                         .max_packet_life_time = view->max_packet_life_time,
                                         .priority = view->priority,
                                         .is_for_room = true};
}

static struct message *copy(const struct session *sender, const struct message *from)
{
    size_t label = strlen(from->options.label) + 1, protocol = strlen(from->options.protocol) + 1;
    struct message *message = malloc(sizeof(*message) + label + protocol + from->size);
    if (!message)
        return NULL;
    *message = *from;
    message->holders = 1; // who copies it
    message->sender = sender->record.transport;
    message->options.label = memcpy(message->more, from->options.label, label);
    message->options.protocol = memcpy(message->more + label, from->options.protocol, protocol);
    message->data = (const uint8_t *)message->more + label + protocol;
    if (from->size)
        memcpy(message->more + label + protocol, from->data, from->size);
    return message;
}

static void let_go(struct control *control, struct message *message)
{
    if (--message->holders)
        return;
    struct session *sender = session_of_transport(control, message->sender.index, message->sender.generation);
    if (sender && sender->channels)
        data_channels_consume(sender->channels->channels, message->size);
    free(message);
}

static void drop_first(struct control *control, struct peer_bridge *bridge)
{
    struct bridged *first = STAILQ_FIRST(&bridge->waiting);
    STAILQ_REMOVE_HEAD(&bridge->waiting, next);
    bridge->count--;
    let_go(control, first->message);
    free(first);
}

bool peer_bridge_takes_part(const struct session *member)
{
    return member->channels && member->channels->is_agreed && data_channels_is_up(member->channels->channels);
}

static bool is_settling(const struct session *member, uint64_t now)
{
    return member->peer->bridge.settles_at && now < member->peer->bridge.settles_at;
}

// A label that is taken for another one is not opened towards that member: no more than that.
static bool has_declined(const struct session *member, const char *label)
{
    uint32_t value = data_channel_hash(label);
    for (unsigned i = 0; i < PEER_DECLINED; i++)
        if (member->peer->bridge.declined[i] == value)
            return true;
    return false;
}

// 0, or -errno as data_channels_send.
static int say(struct session *member, const struct message *message, uint64_t now)
{
    struct data_channels *channels = member->channels->channels;
    struct data_channel_view view;
    int error = data_channels_find(channels, message->options.label, &view);
    if (error && has_declined(member, message->options.label))
        return -ENOENT;
    if (error)
        error = data_channels_create(channels, &message->options, now, &view.number);
    return error ? error
                 : data_channels_send(channels, view.number, message->is_text, message->data, message->size, now);
}

static bool wait(struct peer_bridge *bridge, struct message *message, uint64_t now)
{
    struct bridged *bridged = malloc(sizeof(*bridged));
    if (!bridged)
        return false;
    bridged->message = message;
    message->holders++;
    if (STAILQ_EMPTY(&bridge->waiting))
        bridge->moved_at = now;
    STAILQ_INSERT_TAIL(&bridge->waiting, bridged, next);
    bridge->count++;
    return true;
}

static bool may_be_lost(const struct message *message)
{
    return message->options.max_retransmits >= 0 || message->options.max_packet_life_time >= 0;
}

static void drop_all(struct control *control, struct peer_bridge *bridge)
{
    bridge->dropped += bridge->count;
    while (!STAILQ_EMPTY(&bridge->waiting))
        drop_first(control, bridge);
}

// A reliable channel that loses something is none any more.
static void give_up(struct control *control, struct session *session, const char *reason, uint64_t now)
{
    struct peer_bridge *bridge = &session->peer->bridge;
    struct bridged *bridged;
    struct data_channel_view channel;
    log_warning("session %s: %u messages of its room are dropped: %s", session->record.id, bridge->count, reason);
    bridge->is_stalled = bridge->is_at_work = true; // what ends may make room: no going on in the middle of the walk
    STAILQ_FOREACH(bridged, &bridge->waiting, next)
    if (!data_channels_find(session->channels->channels, bridged->message->options.label, &channel))
        (void)data_channels_end(session->channels->channels, channel.number, reason, now);
    bridge->is_at_work = false;
    drop_all(control, bridge);
}

// *kept: the copy, once one is needed.
static void give(struct control *control, struct session *member, const struct session *sender,
                 const struct message *message, struct message **kept, uint64_t now)
{
    struct peer_bridge *bridge = &member->peer->bridge;
    bool has_to_wait = !STAILQ_EMPTY(&bridge->waiting) || is_settling(member, now);
    int error = bridge->is_stalled ? -EPIPE : has_to_wait ? -EAGAIN : say(member, message, now);
    bool is_kept = false;
    if (error == -EAGAIN && !may_be_lost(message)) {
        if (!*kept)
            *kept = copy(sender, message);
        is_kept = *kept && wait(bridge, *kept, now);
    }
    bridge->passed += !error;
    bridge->dropped += error && error != -ENOENT && !is_kept;
    if (bridge->count > DATA_CHANNEL_QUEUE_MAX)
        give_up(control, member, OVERFLOWS, now);
}

enum bridge_verdict peer_bridge_message(struct control *control, struct session *session,
                                        const struct data_channel_view *channel, const struct data_channel_event *event,
                                        uint64_t now)
{
    const struct message message = {
        .options = options_of(channel), .is_text = event->is_text, .size = event->size, .data = event->data};
    struct message *kept = NULL;
    struct session *member;
    bool is_any = false;
    if (!control->config->rooms.bridge_data_channels || !session->room)
        return BRIDGE_NONE;
    if (peer_is_left_over(session, channel))
        return BRIDGE_PASSED; // to nobody: it would open anew what somebody has closed
    TAILQ_FOREACH(member, &session->room->members, viewers)
    if (member != session && peer_bridge_takes_part(member)) {
        is_any = true;
        give(control, member, session, &message, &kept, now);
    }
    if (kept && !--kept->holders)
        free(kept), kept = NULL;
    return !is_any ? BRIDGE_NONE : kept ? BRIDGE_HOLDS : BRIDGE_PASSED;
}

// A channel towards a member that has none of that label.
static void open_towards(struct session *member, const struct data_channel_view *channel, uint64_t now)
{
    const struct data_channel_options options = options_of(channel);
    struct data_channel_view present;
    uint32_t number;
    if (data_channels_find(member->channels->channels, channel->label, &present) &&
        !has_declined(member, channel->label))
        (void)data_channels_create(member->channels->channels, &options, now, &number); // as far as there are ids
}

void peer_bridge_up(struct session *session, uint64_t now)
{
    struct peer_bridge *bridge = &session->peer->bridge;
    if (!bridge->settles_at)
        bridge->settles_at = now + SETTLING_TIME;
}

void peer_bridge_opened(struct control *control, struct session *session, const struct data_channel_view *channel,
                        uint64_t now)
{
    struct session *member;
    if (!control->config->rooms.bridge_data_channels || !session->room || !channel->by_peer)
        return;
    TAILQ_FOREACH(member, &session->room->members, viewers)
    if (member != session && peer_bridge_takes_part(member) && member->peer->bridge.is_settled)
        open_towards(member, channel, now);
}

// What the others have opened before it came.
static void settle(struct control *control, struct session *session, uint64_t now)
{
    const struct session *member;
    struct data_channel_view channel;
    session->peer->bridge.is_settled = true;
    if (!control->config->rooms.bridge_data_channels || !session->room)
        return;
    TAILQ_FOREACH(member, &session->room->members, viewers)
    if (member != session && peer_bridge_takes_part(member))
        for (uint32_t at = 0; !data_channels_next(member->channels->channels, at, &channel); at = channel.number)
            if (channel.by_peer && channel.state == DATA_CHANNEL_OPEN)
                open_towards(session, &channel, now);
}

void peer_bridge_ended(struct session *session, const struct data_channel_view *channel, const char *reason,
                       uint64_t now)
{
    struct peer_bridge *bridge = &session->peer->bridge;
    if (channel->is_for_room && !reason) {
        bridge->declined[bridge->next_declined++ % PEER_DECLINED] = channel->label_hash;
    } else if (!channel->is_for_room && session->room)
        peer_left_over(session->room, NULL, now);
}

void peer_bridge_go_on(struct control *control, struct session *session, uint64_t now)
{
    struct peer_bridge *bridge = &session->peer->bridge;
    int error = 0;
    if (bridge->is_at_work || !peer_bridge_takes_part(session) || is_settling(session, now))
        return;
    bridge->is_at_work = true;
    while (!STAILQ_EMPTY(&bridge->waiting)) {
        error = say(session, STAILQ_FIRST(&bridge->waiting)->message, now);
        if (error == -EAGAIN)
            break;
        bridge->passed += !error;
        bridge->dropped += error != 0;
        bridge->moved_at = now;
        drop_first(control, bridge);
    }
    bridge->is_at_work = false;
}

void peer_bridge_down(struct control *control, struct session *session)
{
    drop_all(control, &session->peer->bridge);
}

void peer_bridge_watch(struct control *control, struct session *session, uint64_t now)
{
    struct peer_bridge *bridge = &session->peer->bridge;
    if (session->room)
        peer_left_over_watch(session->room, now);
    if (peer_bridge_takes_part(session)) {
        if (!bridge->is_settled && bridge->settles_at && now >= bridge->settles_at)
            settle(control, session, now);
        bridge->is_stalled = bridge->is_stalled && !data_channels_has_room(session->channels->channels);
        peer_bridge_go_on(control, session, now);
    }
    if (!STAILQ_EMPTY(&bridge->waiting) && !is_settling(session, now) && now - bridge->moved_at >= STALL_TIME)
        give_up(control, session, STALLED, now);
}

void peer_bridge_leave(struct control *control, struct session *session, uint64_t now)
{
    drop_all(control, &session->peer->bridge);
    if (session->channels && session->room && !control->is_stopping)
        peer_left_over(session->room, session, now);
}
