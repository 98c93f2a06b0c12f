// SPDX-License-Identifier: Apache-2.0
// Data channels as a state machine: both ends of a peer connection, with a stand-in for SCTP.
#include "controlplane_suites.h"
#include "data_channel_pair.h"
#include "dcep.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RELIABLE .ordered = true, .max_retransmits = -1, .max_packet_life_time = -1
#define DEFAULT  RELIABLE, .id = -1

static struct pair pair;
static struct pair_end *const a = &pair.ends[0], *const b = &pair.ends[1];

static uint32_t create(struct pair_end *end, struct data_channel_options options)
{
    uint32_t number = 0;
    CU_ASSERT_EQUAL(data_channels_create(end->channels, &options, pair.now, &number), 0);
    return number;
}

static int send_text(struct pair_end *end, uint32_t number, const char *text)
{
    return data_channels_send(end->channels, number, true, text, strlen(text), pair.now);
}

static struct data_channel_view look(const struct pair_end *end, uint32_t number)
{
    struct data_channel_view view = {0};
    CU_ASSERT_EQUAL(data_channels_look(end->channels, number, &view), 0);
    return view;
}

static uint32_t announced(const struct pair_end *end)
{
    const struct data_channel_event *event = pair_last(end, DATA_CHANNEL_ANNOUNCED);
    CU_ASSERT_PTR_NOT_NULL_FATAL(event);
    return event->number;
}

// From a's naru-sctp, as if the peer had sent it.
static void deliver(struct pair_end *end, uint16_t stream, uint32_t ppid, const void *data, size_t size)
{
    const struct link_message piece = {.kind = LINK_DELIVERED,
                                       .flags = LINK_FIRST | LINK_LAST,
                                       .stream = stream,
                                       .ppid = ppid,
                                       .data = data,
                                       .size = size};
    data_channels_input(end->channels, &piece, pair.now);
}

static void a_channel_opens_carries_and_closes(void)
{
    pair_open(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT, .label = "chat", .protocol = "v1"});
    CU_ASSERT_EQUAL(look(a, number).state, DATA_CHANNEL_CONNECTING);
    CU_ASSERT_EQUAL(look(a, number).id, -1);
    pair_start(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_OPENED), 1);
    uint32_t theirs = announced(b);
    CU_ASSERT_STRING_EQUAL(look(b, theirs).label, "chat");
    CU_ASSERT_STRING_EQUAL(look(b, theirs).protocol, "v1");
    CU_ASSERT_EQUAL(look(b, theirs).id, 0); // the DTLS client's are even
    CU_ASSERT_EQUAL(send_text(a, number, "hello"), 0);
    pair_carry(&pair);
    CU_ASSERT(b->last_size == 5 && !memcmp(b->last, "hello", 5));
    CU_ASSERT_EQUAL(send_text(b, theirs, ""), 0);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_MESSAGE), 1);
    CU_ASSERT(a->last_size == 0 && pair_last(a, DATA_CHANNEL_MESSAGE)->is_text);
    CU_ASSERT_EQUAL(data_channels_close(a->channels, number, pair.now), 0);
    pair_carry(&pair);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pair_last(b, DATA_CHANNEL_ENDED));
    CU_ASSERT_PTR_NULL(pair_last(b, DATA_CHANNEL_ENDED)->reason);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_ENDED), 1);
    CU_ASSERT_EQUAL(send_text(a, number, "late"), -ENOENT);
    pair_close(&pair);
}

static void streams_go_by_role_and_are_used_again(void)
{
    pair_open(&pair);
    pair_start(&pair);
    uint32_t first = create(a, (struct data_channel_options){DEFAULT});
    CU_ASSERT_EQUAL(look(a, first).id, 0);
    CU_ASSERT_EQUAL(look(b, create(b, (struct data_channel_options){DEFAULT})).id, 1);
    uint32_t negotiated = create(a, (struct data_channel_options){RELIABLE, .negotiated = true, .id = 2});
    struct data_channel_options same = {RELIABLE, .negotiated = true, .id = 2};
    CU_ASSERT_EQUAL(data_channels_create(a->channels, &same, pair.now, &negotiated), -EEXIST);
    CU_ASSERT_EQUAL(look(a, create(a, (struct data_channel_options){DEFAULT})).id, 4);
    pair_carry(&pair);
    data_channels_close(a->channels, first, pair.now);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(look(a, create(a, (struct data_channel_options){DEFAULT})).id, 0);
    pair_close(&pair);
}

static void a_thousand_channels_fit(void)
{
    uint32_t number = 0;
    const struct data_channel_options options = {DEFAULT, .label = "one of many"};
    pair_open(&pair);
    pair_start(&pair);
    for (unsigned i = 0; i < 512; i++) {
        CU_ASSERT_EQUAL(data_channels_create(a->channels, &options, pair.now, &number), 0);
        CU_ASSERT_EQUAL(data_channels_create(b->channels, &options, pair.now, &number), 0);
    }
    CU_ASSERT_EQUAL(data_channels_create(a->channels, &options, pair.now, &number), -ENOSPC);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_ANNOUNCED), 512);
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_OPENED), 512);
    pair_close(&pair);
}

static void options_arrive_and_govern_what_is_sent(void)
{
    pair_open(&pair);
    pair_start(&pair);
    struct data_channel_options options = {DEFAULT};
    options.ordered = false;
    options.max_retransmits = 3;
    uint32_t number = create(a, options);
    CU_ASSERT_EQUAL(send_text(a, number, "before the answer"), 0);
    CU_ASSERT_EQUAL_FATAL(a->link_count, 2);
    CU_ASSERT_EQUAL(a->link[0].message.ppid, PPID_DCEP);
    CU_ASSERT_EQUAL(a->link[0].message.flags, LINK_FIRST | LINK_LAST);
    CU_ASSERT_EQUAL(a->link[1].message.flags, LINK_FIRST | LINK_LAST | LINK_BY_COUNT); // in order: RFC 8832 6
    CU_ASSERT_EQUAL(a->link[1].message.number, 3);
    pair_carry(&pair);
    CU_ASSERT(!look(b, announced(b)).ordered && look(b, announced(b)).max_retransmits == 3);
    CU_ASSERT_EQUAL(send_text(a, number, "after it"), 0);
    CU_ASSERT_EQUAL(a->link[0].message.flags, LINK_FIRST | LINK_LAST | LINK_BY_COUNT | LINK_UNORDERED);
    options.max_packet_life_time = 5;
    CU_ASSERT_EQUAL(data_channels_create(a->channels, &options, pair.now, &number), -EINVAL);
    pair_close(&pair);
}

static void a_message_of_256_kib_comes_whole(void)
{
    uint8_t *large = malloc(DATA_CHANNEL_MESSAGE_MAX + 1);
    for (size_t i = 0; i <= DATA_CHANNEL_MESSAGE_MAX; i++)
        large[i] = (uint8_t)(i * 31 >> 3);
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    size_t size = DATA_CHANNEL_MESSAGE_MAX;
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, large, size + 1, pair.now), -EMSGSIZE);
    for (unsigned i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, large, size, pair.now), 0);
        pair_carry(&pair);
    }
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_MESSAGE), 5);
    CU_ASSERT(b->last_size == size && !memcmp(b->last, large, size));
    CU_ASSERT(b->credit >= 5 * size); // and all was given back
    data_channels_peer(a->channels, 5000, 1000);
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, large, 1001, pair.now), -EMSGSIZE);
    pair_close(&pair);
    free(large);
}

static void what_waits_is_bounded_and_told_when_it_is_less(void)
{
    static const uint8_t block[65536];
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    pair.is_held = true;
    unsigned taken = 0;
    while (taken < 1000 && !data_channels_send(a->channels, number, false, block, sizeof(block), pair.now))
        taken++;
    // The window of naru-sctp, and what may wait here.
    CU_ASSERT_EQUAL(taken, 2 * DATA_CHANNEL_MESSAGE_MAX / sizeof(block) + DATA_CHANNEL_MESSAGE_MAX / sizeof(block));
    CU_ASSERT_EQUAL(look(a, number).buffered_amount, DATA_CHANNEL_MESSAGE_MAX);
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, block, sizeof(block), pair.now), -EAGAIN);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_LOW), 0);
    pair.is_held = false;
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_LOW), 1);
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_MESSAGE), taken);
    CU_ASSERT_EQUAL(look(a, number).buffered_amount, 0);
    pair_close(&pair);
}

static void who_is_refused_is_told_only_after_something_left(void)
{
    static uint8_t large[200000];
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    a->is_blocked = true;
    unsigned taken = 0;
    while (taken < 5000 && !data_channels_send(a->channels, number, false, "x", 1, pair.now))
        taken++;
    CU_ASSERT_EQUAL(taken, DATA_CHANNEL_QUEUE_MAX);
    CU_ASSERT_FALSE(data_channels_has_room(a->channels));
    data_channels_go_on(a->channels, pair.now);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_LOW), 0);
    pair_close(&pair);
    // Less than half waits, and the next one does not fit all the same.
    pair_open(&pair);
    pair_start(&pair);
    number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    a->is_blocked = true;
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, large, 100000, pair.now), 0);
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, large, 200000, pair.now), -EAGAIN);
    data_channels_go_on(a->channels, pair.now);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_LOW), 0);
    a->is_blocked = false;
    data_channels_go_on(a->channels, pair.now);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_LOW), 1);
    pair_carry(&pair);
    pair_close(&pair);
}

static void who_does_not_consume_gives_no_credit(void)
{
    static const uint8_t block[65536];
    pair_open(&pair);
    pair_start(&pair);
    b->consumes = false;
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    uint64_t before = b->credit;
    for (unsigned i = 0; i < 4; i++)
        data_channels_send(a->channels, number, false, block, sizeof(block), pair.now);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(b->credit, before);
    for (unsigned i = 0; i < 4; i++)
        data_channels_consume(b->channels, sizeof(block));
    pair_carry(&pair);
    CU_ASSERT(b->credit > before + 3 * sizeof(block));
    pair_close(&pair);
}

static void priorities_share_the_link(void)
{
    static const uint8_t block[16384];
    unsigned count[2] = {0};
    pair_open(&pair);
    pair_start(&pair);
    uint32_t numbers[2] = {create(a, (struct data_channel_options){DEFAULT, .priority = 256}),
                           create(a, (struct data_channel_options){DEFAULT, .priority = 1024})};
    pair_carry(&pair);
    pair.is_held = true;
    for (unsigned i = 0; i < 64; i++) // fill the window first, by the first channel alone
        data_channels_send(a->channels, numbers[i >= 32], false, block, i < 32 ? sizeof(block) : 4096, pair.now);
    for (unsigned i = 0; i < 32; i++)
        data_channels_send(a->channels, numbers[0], false, block, 4096, pair.now);
    struct link_message taken = {.kind = LINK_TAKEN, .number = (uint64_t)20 * 4096};
    unsigned from = a->link_count;
    data_channels_input(a->channels, &taken, pair.now);
    for (unsigned i = from; i < a->link_count; i++)
        count[a->link[i].message.stream == look(a, numbers[1]).id]++;
    CU_ASSERT_EQUAL(count[0] + count[1], 20);
    CU_ASSERT(count[1] >= 14 && count[1] < 20); // four to one
    pair.is_held = false;
    pair_carry(&pair);
    pair_close(&pair);
}

static void a_link_that_is_full_loses_nothing(void)
{
    static const uint8_t block[100000];
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    a->is_blocked = true;
    CU_ASSERT_EQUAL(data_channels_send(a->channels, number, false, block, sizeof(block), pair.now), 0);
    data_channels_close(a->channels, number, pair.now);
    CU_ASSERT_EQUAL(a->link_count, 0);
    a->is_blocked = false;
    data_channels_go_on(a->channels, pair.now);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_MESSAGE), 1);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_ENDED), 1);
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_ENDED), 1);
    pair_close(&pair);
}

static void a_link_that_is_full_is_not_asked_for_each_channel(void)
{
    uint32_t numbers[500];
    pair_open(&pair);
    pair_start(&pair);
    for (unsigned i = 0; i < 500; i++)
        numbers[i] = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    a->is_blocked = true;
    for (unsigned i = 0; i < 500; i++)
        data_channels_close(a->channels, numbers[i], pair.now);
    CU_ASSERT(a->refused <= 2 * 500);
    a->is_blocked = false;
    data_channels_go_on(a->channels, pair.now);
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_ENDED), 500);
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_ENDED), 500);
    pair_close(&pair);
}

static void a_new_naru_sctp_brings_channels_back(void)
{
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT, .label = "stays"});
    pair_carry(&pair);
    pair.is_held = true;
    CU_ASSERT_EQUAL(send_text(a, number, "in flight"), 0);
    pair_kill(&pair, 0);
    CU_ASSERT_EQUAL(pair_count(a, DATA_ASSOCIATION_RESTARTS), 1);
    CU_ASSERT_EQUAL_FATAL(pair_count(a, DATA_CHANNEL_MESSAGES_LOST), 1);
    CU_ASSERT_EQUAL(pair_last(a, DATA_CHANNEL_MESSAGES_LOST)->size, 1);
    CU_ASSERT_EQUAL(send_text(a, number, "meanwhile"), 0); // it waits
    pair.is_held = false;
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_ASSOCIATION_UP), 2);
    CU_ASSERT_EQUAL(look(a, number).state, DATA_CHANNEL_OPEN);
    CU_ASSERT(b->last_size == 9 && !memcmp(b->last, "meanwhile", 9));
    CU_ASSERT_EQUAL(pair_count(b, DATA_CHANNEL_ENDED), 0);
    CU_ASSERT_EQUAL(send_text(b, announced(b), "back"), 0);
    pair_carry(&pair);
    CU_ASSERT(a->last_size == 4);
    pair_close(&pair);
}

static void a_lost_association_says_why(void)
{
    pair_open(&pair);
    pair_start(&pair);
    uint32_t number = create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    const char *why = "the peer aborted the association";
    const struct link_message down = {.kind = LINK_DOWN, .data = (const uint8_t *)why, .size = strlen(why)};
    data_channels_input(a->channels, &down, pair.now);
    CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_CHANNEL_ENDED)->reason, why);
    CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_ASSOCIATION_LOST)->reason, why);
    const struct data_channel_options options = {DEFAULT};
    CU_ASSERT_EQUAL(data_channels_create(a->channels, &options, pair.now, &number), -EPIPE);
    pair_close(&pair);
}

static void who_breaks_dcep_loses_that_channel(void)
{
    static const struct {
        uint16_t stream; // 0: a channel of a's is open there
        uint32_t ppid;
        const char *bytes;
        size_t size;
        const char *reason;
    } breaks[] = {
        {1, PPID_DCEP, "\x03\x00", 2, "the peer sent DCEP that is none"},
        {0, PPID_DCEP, "\x05", 1, "the peer sent DCEP that is none"},
        {2, PPID_DCEP, "\x03\0\0\0\0\0\0\0\0\0\0\0", 12, "the peer opened a stream of this side's parity"},
        {0, PPID_DCEP, "\x03\0\0\0\0\0\0\0\0\0\0\0", 12, "the peer opened a stream that is open"},
        {1, PPID_DCEP, "\x03\0\0\0\0\0\0\0\0\1\0\0\xff", 13, "label or protocol are not UTF-8"},
        {0, 99, "?", 1, "the peer sent a payload of an unknown kind"},
        {0, PPID_STRING, "\xff", 1, "the peer sent a string that is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        pair_open(&pair);
        pair_start(&pair);
        create(a, (struct data_channel_options){DEFAULT});
        uint32_t other = create(b, (struct data_channel_options){RELIABLE, .negotiated = true, .id = 9});
        create(a, (struct data_channel_options){RELIABLE, .negotiated = true, .id = 9});
        pair_carry(&pair);
        deliver(a, breaks[i].stream, breaks[i].ppid, breaks[i].bytes, breaks[i].size);
        pair_carry(&pair);
        if (breaks[i].stream == 0) { // the other end knows of it, and answers the reset
            CU_ASSERT_PTR_NOT_NULL_FATAL(pair_last(a, DATA_CHANNEL_ENDED));
            CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_CHANNEL_ENDED)->reason, breaks[i].reason);
        } else {
            const uint8_t stream[2] = {0, (uint8_t)breaks[i].stream};
            const struct link_message reset = {.kind = LINK_RESET, .data = stream, .size = 2};
            data_channels_input(a->channels, &reset, pair.now);
            CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_CHANNEL_ENDED)->reason, breaks[i].reason);
        }
        CU_ASSERT_EQUAL(send_text(b, other, "the others go on"), 0);
        pair_carry(&pair);
        CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_MESSAGE), 1);
        pair_close(&pair);
    }
}

static void who_opens_once_more_after_a_restart_opens_the_same(void)
{
    static const uint8_t same[] = "\x03\0\1\0\0\0\0\0\0\1\0\1cp", label[] = "\x03\0\1\0\0\0\0\0\0\1\0\1dp",
                         protocol[] = "\x03\0\1\0\0\0\0\0\0\1\0\1cq", type[] = "\x03\x80\1\0\0\0\0\0\0\1\0\1cp",
                         parameter[] = "\x03\1\1\0\0\0\0\7\0\1\0\1cp";
    const uint8_t *const repeats[] = {same, label, protocol, type, parameter};
    for (unsigned i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++) {
        pair_open(&pair);
        pair_start(&pair);
        deliver(a, 1, PPID_DCEP, same, sizeof(same) - 1);
        uint32_t number = announced(a);
        pair_kill(&pair, 0);
        const struct link_message up = {.kind = LINK_UP, .number = 1024};
        data_channels_input(a->channels, &up, pair.now);
        deliver(a, 1, PPID_DCEP, repeats[i], sizeof(same) - 1);
        CU_ASSERT_EQUAL(look(a, number).state, i == 0 ? DATA_CHANNEL_OPEN : DATA_CHANNEL_CLOSING);
        if (i > 0)
            CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_CHANNEL_CLOSES)->reason,
                                   "the peer opened its stream anew, as another channel");
        pair_close(&pair);
    }
}

static void a_message_beyond_the_limit_closes_its_channel(void)
{
    static const uint8_t piece[LINK_PIECE_MAX];
    pair_open(&pair);
    pair_start(&pair);
    create(a, (struct data_channel_options){DEFAULT});
    pair_carry(&pair);
    for (unsigned i = 0; i < 18; i++) {
        const struct link_message message = {.kind = LINK_DELIVERED,
                                             .flags = i == 0    ? LINK_FIRST
                                                      : i == 17 ? LINK_LAST
                                                                : 0,
                                             .ppid = PPID_BINARY,
                                             .data = piece,
                                             .size = sizeof(piece)};
        data_channels_input(a->channels, &message, pair.now);
    }
    pair_carry(&pair);
    CU_ASSERT_EQUAL(pair_count(a, DATA_CHANNEL_MESSAGE), 0);
    CU_ASSERT_STRING_EQUAL(pair_last(a, DATA_CHANNEL_ENDED)->reason, "the peer sent a message that is too large");
    pair_close(&pair);
}

static void what_is_too_old_is_not_sent(void)
{
    pair_open(&pair);
    pair_start(&pair);
    struct data_channel_options options = {DEFAULT};
    options.max_packet_life_time = 10;
    uint32_t number = create(a, options);
    pair_carry(&pair);
    a->is_blocked = true;
    send_text(a, number, "old");
    pair.now += 11000000;
    send_text(a, number, "new");
    a->is_blocked = false;
    data_channels_go_on(a->channels, pair.now);
    CU_ASSERT_EQUAL_FATAL(a->link_count, 1);
    CU_ASSERT(a->link[0].message.flags & LINK_BY_TIME && a->link[0].message.number == 10);
    CU_ASSERT_EQUAL(look(a, number).messages_expired, 1);
    pair_carry(&pair);
    pair_close(&pair);
}

void data_channels_suite(void)
{
    CU_pSuite suite = CU_add_suite("data channels", NULL, NULL);
    CU_add_test(suite, "a channel opens, carries and closes", a_channel_opens_carries_and_closes);
    CU_add_test(suite, "streams go by role and are used again", streams_go_by_role_and_are_used_again);
    CU_add_test(suite, "a thousand channels fit", a_thousand_channels_fit);
    CU_add_test(suite, "options arrive and govern what is sent", options_arrive_and_govern_what_is_sent);
    CU_add_test(suite, "a message of 256 KiB comes whole", a_message_of_256_kib_comes_whole);
    CU_add_test(suite, "what waits is bounded, and told when it is less",
                what_waits_is_bounded_and_told_when_it_is_less);
    CU_add_test(suite, "who is refused is told only after something left",
                who_is_refused_is_told_only_after_something_left);
    CU_add_test(suite, "who does not consume gives no credit", who_does_not_consume_gives_no_credit);
    CU_add_test(suite, "priorities share the link", priorities_share_the_link);
    CU_add_test(suite, "a link that is full loses nothing", a_link_that_is_full_loses_nothing);
    CU_add_test(suite, "a link that is full is not asked for each channel",
                a_link_that_is_full_is_not_asked_for_each_channel);
    CU_add_test(suite, "a new naru-sctp brings channels back", a_new_naru_sctp_brings_channels_back);
    CU_add_test(suite, "a lost association says why", a_lost_association_says_why);
    CU_add_test(suite, "who breaks DCEP loses that channel", who_breaks_dcep_loses_that_channel);
    CU_add_test(suite, "who opens once more after a restart opens the same",
                who_opens_once_more_after_a_restart_opens_the_same);
    CU_add_test(suite, "a message beyond the limit closes its channel", a_message_beyond_the_limit_closes_its_channel);
    CU_add_test(suite, "what is too old is not sent", what_is_too_old_is_not_sent);
}
