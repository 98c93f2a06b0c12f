// SPDX-License-Identifier: Apache-2.0
#include "controlplane_suites.h"
#include "event_store.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static struct event_store store;
static struct event_ring ring;
static size_t released;
static uint64_t last;

static void release(void *context, size_t size)
{
    *(size_t *)context += size;
}

static void begin(void)
{
    last = 0;
    released = 0;
    event_store_open(&store, 10000, release, &released);
    CU_ASSERT_EQUAL_FATAL(event_ring_open(&ring, 8), 0);
}

static void end(void)
{
    event_store_close(&store);
    event_ring_close(&ring);
}

static void add(const char *label, const void *data, size_t size, bool is_owed)
{
    const struct gateway_event event = {.epoch = 3,
                                        .number = ++last,
                                        .kind = PEER_CHANNEL_MESSAGE,
                                        .channel = {.number = 1, .label = label, .data = data, .size = size}};
    event_store_add(&store, &event, is_owed);
}

static struct gateway_event *read_behind(uint64_t number, unsigned *ret_count)
{
    return event_store_read(&store, &ring, 3, number, ret_count);
}

static void both_come_in_order(void)
{
    unsigned count;
    begin();
    add("one", "1", 1, false);
    event_ring_add(&ring, &(struct gateway_event){.epoch = 3, .number = ++last, .state = "two"});
    add("three", "333", 3, false);
    struct gateway_event *events = read_behind(0, &count);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT_STRING_EQUAL(events[0].channel.label, "one");
    CU_ASSERT_STRING_EQUAL(events[1].state, "two");
    CU_ASSERT_STRING_EQUAL(events[2].channel.label, "three");
    CU_ASSERT_EQUAL(memcmp(events[2].channel.data, "333", 3), 0);
    CU_ASSERT_STRING_EQUAL(events[2].channel.cause, "");
    free(events);
    events = read_behind(2, &count);
    CU_ASSERT_EQUAL(count, 1);
    free(events);
    CU_ASSERT_PTR_NULL(read_behind(3, &count));
    CU_ASSERT_EQUAL(count, 0);
    events = event_store_read(&store, &ring, 2, 3, &count); // of another life
    CU_ASSERT_EQUAL(count, 3);
    free(events);
    end();
}

static void the_oldest_give_way(void)
{
    static const char data[2000];
    unsigned count;
    begin();
    for (unsigned i = 0; i < 100; i++)
        add("label", data, sizeof(data), false);
    CU_ASSERT(store.bytes <= 10000);
    struct gateway_event *events = read_behind(0, &count);
    CU_ASSERT(count > 1 && count < 6);
    CU_ASSERT_EQUAL(events[count - 1].number, 100);
    free(events);
    CU_ASSERT_EQUAL(released, 0);
    end();
}

static void what_is_owed_stays_until_it_is_taken(void)
{
    static const char data[2000];
    unsigned count;
    begin();
    for (unsigned i = 0; i < 20; i++)
        add("label", data, sizeof(data), true);
    CU_ASSERT_EQUAL(released, 0);
    struct gateway_event *events = read_behind(0, &count);
    CU_ASSERT_EQUAL(count, 20);
    free(events);
    event_store_release(&store, 15);
    CU_ASSERT_EQUAL(released, 15 * sizeof(data));
    event_store_release(&store, UINT64_MAX);
    CU_ASSERT_EQUAL(released, 20 * sizeof(data));
    CU_ASSERT(store.bytes <= 10000);
    end();
}

static void one_read_is_bounded(void)
{
    static char data[200000];
    unsigned count;
    uint64_t at = 0, seen = 0;
    begin();
    for (unsigned i = 0; i < 20; i++) {
        add("label", data, sizeof(data), true);
        event_ring_add(&ring, &(struct gateway_event){.epoch = 3, .number = ++last});
    }
    for (struct gateway_event *events; (events = read_behind(at, &count)); free(events)) {
        CU_ASSERT(count <= 20);
        for (unsigned i = 0; i < count; i++) {
            CU_ASSERT(events[i].number > at);
            at = events[i].number;
            seen += events[i].kind == PEER_CHANNEL_MESSAGE;
        }
    }
    CU_ASSERT_EQUAL(seen, 20);
    CU_ASSERT_EQUAL(at, last);
    end();
}

static void labels_are_cut_between_characters(void)
{
    char label[301];
    unsigned count;
    begin();
    memset(label, 'a', 255);
    strcpy(label + 255, "\xc3\xa9 and more");
    add(label, NULL, 0, false);
    struct gateway_event *events = read_behind(0, &count);
    CU_ASSERT_EQUAL(strlen(events[0].channel.label), 255);
    free(events);
    end();
}

void event_store_suite(void)
{
    CU_pSuite suite = CU_add_suite("events of data channels", NULL, NULL);
    CU_add_test(suite, "both come in order", both_come_in_order);
    CU_add_test(suite, "the oldest give way", the_oldest_give_way);
    CU_add_test(suite, "what is owed stays until it is taken", what_is_owed_stays_until_it_is_taken);
    CU_add_test(suite, "one read is bounded", one_read_is_bounded);
    CU_add_test(suite, "labels are cut between characters", labels_are_cut_between_characters);
}
