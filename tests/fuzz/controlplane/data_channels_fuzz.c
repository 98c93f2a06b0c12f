// SPDX-License-Identifier: Apache-2.0
// A peer, a naru-sctp and a user that do anything, in any order: what is told and kept stays within its bounds.
// Input: a byte of what is done, a byte of how, two of a length, then that many bytes.
#include "data_channels.h"

#include "expect.h"

#include <string.h>

#define BUFFER_MAX  ((size_t)1 << 20)
#define INBOUND_MAX ((size_t)1 << 20)

static struct data_channels *channels;
static bool is_full;
static size_t told, credit;
static uint32_t last_number;

static int say(void *context, const struct link_message *message)
{
    uint8_t bytes[LINK_MESSAGE_MAX];
    EXPECT(link_message_write(message, bytes, sizeof(bytes)) > 0);
    credit += message->kind == LINK_CREDIT ? message->number : 0;
    return is_full ? -11 : 0;
}

static void tell(void *context, const struct data_channel_event *event)
{
    struct data_channel_view view;
    if (event->number > last_number)
        last_number = event->number;
    if (event->kind == DATA_CHANNEL_ENDED) // it may be looked at for the last time
        EXPECT(!data_channels_look(channels, event->number, &view) && view.state == DATA_CHANNEL_CLOSED);
    if (event->kind != DATA_CHANNEL_MESSAGE)
        return;
    EXPECT(event->size <= DATA_CHANNEL_MESSAGE_MAX && !data_channels_look(channels, event->number, &view));
    expect_readable(event->data, event->size);
    told += event->size;
}

static void hear(const uint8_t *data, size_t size)
{
    struct link_message message;
    if (!link_message_parse(data, size, &message))
        data_channels_input(channels, &message, 0);
}

static void create(uint8_t how)
{
    const struct data_channel_options options = {.label = "label",
                                                 .ordered = how & 1,
                                                 .negotiated = how & 2,
                                                 .id = how >> 2,
                                                 .max_retransmits = how & 4 ? how : -1,
                                                 .max_packet_life_time = how & 8 ? how : -1,
                                                 .priority = (uint16_t)(how * 4)};
    uint32_t number;
    if (!data_channels_create(channels, &options, 0, &number))
        last_number = number;
}

static void act(uint8_t what, uint8_t how, const uint8_t *data, size_t size)
{
    struct data_channel_view view;
    switch (what % 14) {
    case 0:
        data_channels_start(channels, how & 1, 0);
        break;
    case 1:
        create(how);
        break;
    case 2:
        (void)data_channels_send(channels, how, how & 1, data, size, how);
        break;
    case 3:
        (void)data_channels_close(channels, how, 0);
        break;
    case 4:
        is_full = how & 1;
        data_channels_go_on(channels, how);
        break;
    case 5:
        data_channels_restart(channels, 0);
        break;
    case 6:
        data_channels_consume(channels, told);
        told = 0;
        break;
    case 10:
        (void)data_channels_end(channels, how, "why", 0);
        break;
    case 11:
        (void)data_channels_set_low(channels, how, size);
        break;
    case 12:
        data_channels_lose(channels, "why", 0);
        break;
    case 13:
        EXPECT(data_channels_find(channels, how & 1 ? "label" : "other", &view) || view.state == DATA_CHANNEL_OPEN);
        (void)data_channels_has_room(channels);
        break;
    default:
        hear(data, size);
    }
}

static void look_at_all(void)
{
    struct data_channel_view view;
    unsigned count = 0;
    size_t buffered = 0;
    for (uint32_t at = 0; !data_channels_next(channels, at, &view); at = view.number, count++) {
        EXPECT(view.number > at && view.number <= last_number + DATA_CHANNELS_MAX && view.id < DATA_CHANNELS_MAX);
        buffered += view.buffered_amount;
        (void)strlen(view.label);
    }
    EXPECT(count <= DATA_CHANNELS_MAX && buffered <= BUFFER_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct data_channels_setup setup = {.transport = 1,
                                              .generation = 1,
                                              .packet_max = 1163,
                                              .buffer_max = BUFFER_MAX,
                                              .inbound_max = INBOUND_MAX,
                                              .say = say,
                                              .tell = tell};
    channels = data_channels_new(&setup);
    is_full = false;
    told = credit = 0;
    last_number = 0;
    for (size_t at = 0; size - at >= 4;) {
        size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
        length = length < size - at - 4 ? length : size - at - 4;
        act(data[at], data[at + 1], data + at + 4, length);
        at += 4 + length;
    }
    look_at_all();
    data_channels_free(channels);
    return 0;
}
