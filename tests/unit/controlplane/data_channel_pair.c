// SPDX-License-Identifier: Apache-2.0
#include "data_channel_pair.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int say(void *context, const struct link_message *message)
{
    struct pair_end *end = context;
    if (end->is_blocked || end->link_count == PAIR_LINK) {
        end->refused++;
        return -EAGAIN;
    }
    struct pair_message *kept = &end->link[end->link_count++];
    kept->message = *message;
    kept->data = malloc(message->size + 1);
    if (message->size)
        memcpy(kept->data, message->data, message->size);
    kept->message.data = kept->data;
    return 0;
}

static void tell(void *context, const struct data_channel_event *event)
{
    struct pair_end *end = context;
    CU_ASSERT_FATAL(end->event_count < PAIR_EVENTS);
    struct data_channel_event *kept = &end->events[end->event_count];
    *kept = *event;
    if (event->reason) {
        snprintf(end->reasons[end->event_count], sizeof(end->reasons[0]), "%s", event->reason);
        kept->reason = end->reasons[end->event_count];
    }
    end->event_count++;
    if (event->kind != DATA_CHANNEL_MESSAGE)
        return;
    free(end->last);
    end->last = malloc(event->size + 1);
    end->last_size = event->size;
    if (event->size)
        memcpy(end->last, event->data, event->size);
    if (end->consumes)
        data_channels_consume(end->channels, event->size);
}

void pair_open(struct pair *pair)
{
    memset(pair, 0, sizeof(*pair));
    pair->now = 1;
    for (unsigned i = 0; i < 2; i++) {
        const struct data_channels_setup setup = {.transport = i,
                                                  .generation = 7,
                                                  .packet_max = 1163,
                                                  .say = say,
                                                  .tell = tell,
                                                  .say_context = &pair->ends[i],
                                                  .context = &pair->ends[i]};
        pair->ends[i].pair = pair;
        pair->ends[i].consumes = true;
        pair->ends[i].channels = data_channels_new(&setup);
    }
}

static void drop_link(struct pair_end *end)
{
    for (unsigned i = 0; i < end->link_count; i++)
        free(end->link[i].data);
    end->link_count = 0;
}

void pair_close(struct pair *pair)
{
    for (unsigned i = 0; i < 2; i++) {
        data_channels_free(pair->ends[i].channels);
        drop_link(&pair->ends[i]);
        free(pair->ends[i].last);
    }
}

static void input(struct pair_end *end, struct link_message message)
{
    data_channels_input(end->channels, &message, end->pair->now);
}

static void reset(struct pair_end *end, struct pair_end *peer, struct link_message message)
{
    input(peer, message);
    message.flags = LINK_OUTGOING;
    input(end, message);
}

static void carry_one(struct pair_end *end, struct pair_end *peer, struct link_message message)
{
    switch (message.kind) {
    case LINK_OPEN:
        end->opened++;
        if (peer->opened) {
            const struct link_message up = {.kind = LINK_UP, .number = 1024};
            input(end, up);
            if (!data_channels_is_up(peer->channels))
                input(peer, up);
        }
        break;
    case LINK_CLOSE:
        end->closed++;
        break;
    case LINK_CREDIT:
        end->credit += message.number;
        break;
    case LINK_RESET:
        reset(end, peer, message);
        break;
    case LINK_SEND:
        input(end, (struct link_message){.kind = LINK_TAKEN, .number = message.size});
        message.kind = LINK_DELIVERED;
        input(peer, message);
        break;
    default:
        CU_FAIL("said what is not for naru-sctp");
    }
}

void pair_carry(struct pair *pair)
{
    while (!pair->is_held && pair->ends[0].link_count + pair->ends[1].link_count)
        for (unsigned i = 0; i < 2; i++) {
            struct pair_end *end = &pair->ends[i];
            unsigned count = end->link_count;
            struct pair_message *taken = malloc(sizeof(*taken) * (count + 1));
            memcpy(taken, end->link, sizeof(*taken) * count);
            end->link_count = 0;
            for (unsigned n = 0; n < count; n++) {
                carry_one(end, &pair->ends[1 - i], taken[n].message);
                free(taken[n].data);
            }
            free(taken);
        }
}

void pair_start(struct pair *pair)
{
    data_channels_start(pair->ends[0].channels, true, pair->now);
    data_channels_start(pair->ends[1].channels, false, pair->now);
    pair_carry(pair);
}

void pair_kill(struct pair *pair, unsigned end)
{
    drop_link(&pair->ends[end]);
    pair->ends[end].credit = 0;
    data_channels_restart(pair->ends[end].channels, pair->now);
}

unsigned pair_count(const struct pair_end *end, enum data_channel_event_kind kind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < end->event_count; i++)
        count += end->events[i].kind == kind;
    return count;
}

const struct data_channel_event *pair_last(const struct pair_end *end, enum data_channel_event_kind kind)
{
    for (unsigned i = end->event_count; i > 0; i--)
        if (end->events[i - 1].kind == kind)
            return &end->events[i - 1];
    return NULL;
}
