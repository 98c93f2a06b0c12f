// SPDX-License-Identifier: Apache-2.0
// Data channels over real SCTP.
#include "exchange.h"
#include "link_socket.h"
#include "sctp_suites.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RELIABLE .ordered = true, .id = -1, .max_retransmits = -1, .max_packet_life_time = -1

static struct exchange exchange;
static struct exchange_end *const a = &exchange.ends[0], *const b = &exchange.ends[1];
static uint8_t large[DATA_CHANNEL_MESSAGE_MAX];
static const struct data_channel_options reliable = {RELIABLE, .label = "test"};

static uint32_t create(struct exchange_end *end, const struct data_channel_options *options)
{
    uint32_t number = 0;
    CU_ASSERT_EQUAL(data_channels_create(end->channels, options, 0, &number), 0);
    return number;
}

static void send_when_there_is_room(struct exchange_end *end, uint32_t number, size_t size)
{
    int error;
    exchange_fill(large, size);
    while ((error = data_channels_send(end->channels, number, false, large, size, 0)) == -EAGAIN)
        exchange_turn(&exchange);
    CU_ASSERT_EQUAL(error, 0);
}

static void channels_open_echo_and_close(void)
{
    exchange_open(&exchange);
    b->echoes = true;
    uint32_t number = create(a, &reliable);
    exchange_start(&exchange);
    CU_ASSERT(exchange_until(&exchange, &b->announced, 1));
    static const size_t sizes[] = {0, 1, 1000, 1200, 16384, 16385, 65536, DATA_CHANNEL_MESSAGE_MAX};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        send_when_there_is_room(a, number, sizes[i]);
    CU_ASSERT(exchange_until(&exchange, &a->messages, sizeof(sizes) / sizeof(sizes[0])));
    CU_ASSERT_EQUAL(a->faults + b->faults, 0);
    data_channels_close(a->channels, number, 0);
    CU_ASSERT(exchange_until(&exchange, &b->ended, 1));
    CU_ASSERT(exchange_until(&exchange, &a->ended, 1));
    CU_ASSERT_STRING_EQUAL(a->reason, "");
    exchange_close(&exchange);
}

static void ten_thousand_messages_of_all_sizes(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t there = create(a, &reliable), back = create(b, &reliable);
    uint32_t size = 1;
    for (unsigned i = 0; i < 10000; i++) {
        size = size * 1103515245u + 12345u; // mostly small, to the largest
        size_t length = i % 500 == 0 ? DATA_CHANNEL_MESSAGE_MAX : 1 + (size >> 8) % (i % 10 ? 300 : 5000);
        send_when_there_is_room(a, there, length);
        send_when_there_is_room(b, back, length);
    }
    CU_ASSERT(exchange_until(&exchange, &a->messages, 10000));
    CU_ASSERT(exchange_until(&exchange, &b->messages, 10000));
    CU_ASSERT_EQUAL(a->faults + b->faults, 0);
    exchange_close(&exchange);
}

static void loss_loses_nothing_that_is_reliable(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t number = create(a, &reliable);
    exchange.lose_every = 29;
    for (unsigned i = 0; i < 300; i++)
        send_when_there_is_room(a, number, 1 + i * 7);
    CU_ASSERT(exchange_until(&exchange, &b->messages, 300));
    CU_ASSERT_EQUAL(b->faults, 0);
    exchange_close(&exchange);
}

static void what_is_partially_reliable_may_be_lost(void)
{
    struct data_channel_options options = reliable;
    options.ordered = false;
    options.max_retransmits = 0;
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t number = create(a, &options), last = create(a, &reliable);
    CU_ASSERT(exchange_until(&exchange, &b->announced, 2));
    exchange.lose_every = 5;
    for (unsigned i = 0; i < 200; i++) {
        send_when_there_is_room(a, number, 900);
        exchange_turn(&exchange);
    }
    exchange.lose_every = 0;
    send_when_there_is_room(a, last, 1);
    uint64_t before = b->bytes;
    while (b->bytes % 900 == 0 && exchange_until(&exchange, &b->bytes, before + 1))
        before = b->bytes;
    CU_ASSERT(b->messages > 1 && b->messages < 201);
    CU_ASSERT_EQUAL(b->faults, 0);
    exchange_close(&exchange);
}

static void a_thousand_channels_on_one_association(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t numbers[500];
    for (unsigned i = 0; i < 500; i++) {
        numbers[i] = create(a, &reliable);
        create(b, &reliable);
    }
    CU_ASSERT(exchange_until(&exchange, &a->announced, 500));
    CU_ASSERT(exchange_until(&exchange, &b->announced, 500));
    for (unsigned i = 0; i < 500; i++)
        send_when_there_is_room(a, numbers[i], 100);
    CU_ASSERT(exchange_until(&exchange, &b->messages, 500));
    for (unsigned i = 0; i < 500; i++)
        data_channels_close(a->channels, numbers[i], 0);
    CU_ASSERT(exchange_until(&exchange, &a->ended, 500));
    CU_ASSERT(exchange_until(&exchange, &b->ended, 500));
    exchange_close(&exchange);
}

static void who_does_not_read_makes_the_peer_wait(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    b->stalls = true;
    uint32_t number = create(a, &reliable);
    unsigned sent = 0;
    exchange_fill(large, 50000);
    for (unsigned turns = 0; turns < 2000; turns++) {
        while (!data_channels_send(a->channels, number, false, large, 50000, 0))
            sent++;
        exchange_turn(&exchange);
    }
    // Its window, the buffers of SCTP on both sides, naru-sctp's window, what may wait here.
    CU_ASSERT(sent > 10 && (size_t)sent * 50000 < 3000000);
    CU_ASSERT(b->bytes <= 2 * DATA_CHANNEL_MESSAGE_MAX + LINK_PIECE_MAX);
    b->stalls = false;
    for (uint64_t left = b->messages; left; left--)
        data_channels_consume(b->channels, 50000);
    CU_ASSERT(exchange_until(&exchange, &b->messages, sent));
    CU_ASSERT_EQUAL(b->faults, 0);
    exchange_close(&exchange);
}

static void channels_come_back_with_a_new_service(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t number = create(a, &reliable);
    send_when_there_is_room(a, number, 10);
    CU_ASSERT(exchange_until(&exchange, &b->messages, 1));
    exchange_restart(&exchange);
    data_channels_restart(a->channels, 0);
    data_channels_restart(b->channels, 0);
    send_when_there_is_room(a, number, 20); // waits for the association
    CU_ASSERT(exchange_until(&exchange, &b->messages, 2));
    CU_ASSERT_EQUAL(data_channels_send(b->channels, b->last_announced, false, NULL, 0, 0), 0);
    CU_ASSERT(exchange_until(&exchange, &a->messages, 1));
    CU_ASSERT(a->restarts == 1 && a->ups == 2 && a->downs == 0 && a->ended + b->ended == 0);
    exchange_close(&exchange);
}

// As a browser sees it when this side's naru-sctp has died: its own association was never told.
static void a_peer_keeps_its_channels_when_this_side_begins_anew(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    uint32_t number = create(a, &reliable);
    send_when_there_is_room(a, number, 10);
    CU_ASSERT(exchange_until(&exchange, &b->messages, 1));
    // The open of the same transport again replaces its endpoint, without a word to the peer.
    data_channels_restart(a->channels, 0);
    send_when_there_is_room(b, b->last_announced, 30); // into the void, or after the restart
    CU_ASSERT(exchange_until(&exchange, &a->ups, 2));
    send_when_there_is_room(a, number, 20);
    CU_ASSERT(exchange_until(&exchange, &b->messages, 2));
    send_when_there_is_room(b, b->last_announced, 40);
    CU_ASSERT(exchange_until(&exchange, &a->bytes, 40));
    CU_ASSERT(a->ended + b->ended == 0 && b->downs == 0);
    exchange_close(&exchange);
}

static void an_abort_says_why(void)
{
    exchange_open(&exchange);
    exchange_start(&exchange);
    create(a, &reliable);
    CU_ASSERT(exchange_until(&exchange, &b->announced, 1));
    data_channels_free(a->channels);
    a->channels = data_channels_new(&(struct data_channels_setup){.say = NULL});
    CU_ASSERT(exchange_until(&exchange, &b->downs, 1));
    CU_ASSERT_EQUAL(b->ended, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(b->reason, "abort"));
    exchange_close(&exchange);
}

// Nobody reads the link until it takes no more; then one association too many is wanted.
static void a_refusal_waits_for_room_on_the_link(void)
{
    static const uint8_t filler[LINK_PIECE_MAX];
    uint8_t buffer[LINK_MESSAGE_MAX], setup[LINK_SETUP_SIZE];
    struct link_message message, open = {.kind = LINK_OPEN, .data = setup, .size = sizeof(setup)};
    unsigned refused = 0;
    if (getenv("NARU_SCTP"))
        return; // its link cannot be filled from here
    exchange_open(&exchange);
    exchange_start(&exchange);
    const struct link_message piece = {.kind = LINK_DELIVERED, .data = filler, .size = sizeof(filler)};
    while (!link_socket_send(exchange.fds[1], &piece))
        ;
    link_setup_write(&(struct link_setup){5000, 5000, 1163, 1024, 65536}, setup);
    for (open.transport = 100; open.transport < 110; open.transport++)
        CU_ASSERT_EQUAL(link_socket_send(exchange.fds[0], &open), 0);
    for (unsigned turns = 0; turns < 50; turns++)
        CU_ASSERT_EQUAL(service_turn(exchange.service, 1), 0);
    for (unsigned turns = 0; turns < 500; turns++) {
        CU_ASSERT_EQUAL(service_turn(exchange.service, 0), 0);
        while (link_socket_receive(exchange.fds[0], buffer, &message) == 1)
            refused += message.kind == LINK_DOWN && message.transport >= 100;
    }
    CU_ASSERT_EQUAL(refused, 4); // of 8 places 2 were taken
    exchange_close(&exchange);
}

void service_suite(void)
{
    CU_pSuite suite = CU_add_suite("service", NULL, NULL);
    CU_add_test(suite, "channels open, echo and close", channels_open_echo_and_close);
    CU_add_test(suite, "ten thousand messages of all sizes", ten_thousand_messages_of_all_sizes);
    CU_add_test(suite, "loss loses nothing that is reliable", loss_loses_nothing_that_is_reliable);
    CU_add_test(suite, "what is partially reliable may be lost", what_is_partially_reliable_may_be_lost);
    CU_add_test(suite, "a thousand channels on one association", a_thousand_channels_on_one_association);
    CU_add_test(suite, "who does not read makes the peer wait", who_does_not_read_makes_the_peer_wait);
    CU_add_test(suite, "channels come back with a new service", channels_come_back_with_a_new_service);
    CU_add_test(suite, "a peer keeps its channels when this side begins anew",
                a_peer_keeps_its_channels_when_this_side_begins_anew);
    CU_add_test(suite, "an abort says why", an_abort_says_why);
    CU_add_test(suite, "a refusal waits for room on the link", a_refusal_waits_for_room_on_the_link);
}
