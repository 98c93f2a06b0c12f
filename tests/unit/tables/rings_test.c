// SPDX-License-Identifier: Apache-2.0
// Proves: messages arrive in order and whole, a full ring refuses and counts, and no index or length of a broken
// producer leads the consumer outside.
#include "rings.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tables_suites.h"

#define SLOTS    8u
#define MESSAGES 20000u

static struct ring *make_ring(void)
{
    size_t size = sizeof(struct ring) + SLOTS * sizeof(struct ring_message);
    struct ring *ring = aligned_alloc(TABLES_CACHE_LINE, (size + TABLES_CACHE_LINE - 1) & ~(size_t)63);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
    memset(ring, 0, size);
    return ring;
}

static void fill(struct ring_message *message, uint32_t number)
{
    message->transport = number;
    message->generation = ~number;
    message->kind = 0;
    message->port = number % 3;
    message->value = (uint64_t)number << 32;
    message->length = (uint16_t)(number % (RING_DATAGRAM_MAX + 1));
    memset(message->data, (int)(number & 0xff), message->length);
}

static bool is_intact(const struct ring_message *message, uint32_t number)
{
    static struct ring_message expected;
    fill(&expected, number);
    return message->transport == number && message->generation == ~number && message->value == expected.value &&
           message->length == expected.length && memcmp(message->data, expected.data, expected.length) == 0;
}

static void it_takes_as_many_as_it_has_slots_and_counts_the_rest(void)
{
    static struct ring_message message;
    struct ring *ring = make_ring();
    CU_ASSERT_EQUAL(ring_pop(ring, SLOTS, &message), 0);
    for (uint32_t i = 0; i < SLOTS; i++) {
        fill(&message, i);
        CU_ASSERT_EQUAL(ring_push(ring, SLOTS, &message), 0);
    }
    CU_ASSERT_EQUAL(ring_push(ring, SLOTS, &message), -ENOBUFS);
    CU_ASSERT_EQUAL(ring_push(ring, SLOTS, &message), -ENOBUFS);
    CU_ASSERT_EQUAL(ring->full, 2);
    for (uint32_t i = 0; i < SLOTS; i++)
        CU_ASSERT(ring_pop(ring, SLOTS, &message) == 1 && is_intact(&message, i));
    CU_ASSERT_EQUAL(ring_pop(ring, SLOTS, &message), 0);
    free(ring);
}

static void its_counters_may_wrap(void)
{
    static struct ring_message message;
    struct ring *ring = make_ring();
    atomic_store(&ring->tail, UINT32_MAX - 2);
    atomic_store(&ring->head, UINT32_MAX - 2);
    for (uint32_t i = 0; i < 3 * SLOTS; i++) {
        fill(&message, i);
        CU_ASSERT_EQUAL(ring_push(ring, SLOTS, &message), 0);
        CU_ASSERT_EQUAL(ring_has_messages(ring), 1);
        CU_ASSERT(ring_pop(ring, SLOTS, &message) == 1 && is_intact(&message, i));
        CU_ASSERT_EQUAL(ring_has_messages(ring), 0);
    }
    CU_ASSERT_EQUAL(ring->full, 0);
    free(ring);
}

static void lengths_of_a_broken_producer_make_the_message_empty(void)
{
    static const struct {
        uint16_t claimed, taken;
    } rows[] = {{0, 0}, {RING_DATAGRAM_MAX, RING_DATAGRAM_MAX}, {RING_DATAGRAM_MAX + 1, 0}, {UINT16_MAX, 0}};
    static struct ring_message message;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ring *ring = make_ring();
        fill(&message, 1);
        ring_push(ring, SLOTS, &message);
        ring->slots[0].length = rows[i].claimed;
        CU_ASSERT_EQUAL(ring_pop(ring, SLOTS, &message), 1);
        CU_ASSERT_EQUAL(message.length, rows[i].taken);
        free(ring);
    }
}

static void indexes_of_a_broken_producer_stay_inside_and_end(void)
{
    static const uint32_t tails[] = {SLOTS + 1, 1000, UINT32_MAX, 0x80000000};
    static struct ring_message message;
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        struct ring *ring = make_ring();
        atomic_store(&ring->tail, tails[i]);
        CU_ASSERT_EQUAL(ring_pop(ring, SLOTS, &message), 1); // whatever stands there, once
        CU_ASSERT_EQUAL(ring_pop(ring, SLOTS, &message), 0); // and then it is in step again
        fill(&message, 9);
        CU_ASSERT_EQUAL(ring_push(ring, SLOTS, &message), 0);
        CU_ASSERT(ring_pop(ring, SLOTS, &message) == 1 && is_intact(&message, 9));
        free(ring);
    }
}

static bool was_woken(int eventfd)
{
    struct pollfd fd = {.fd = eventfd, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void only_a_sleeper_is_woken_and_only_once(void)
{
    static struct ring_waker waker;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    uint64_t wakes = 0;
    ring_wake(&waker, fd);
    CU_ASSERT_FALSE(was_woken(fd)); // awake: no system call
    ring_sleep(&waker);
    CU_ASSERT_FALSE(was_woken(fd));
    ring_wake(&waker, fd);
    ring_wake(&waker, fd);
    CU_ASSERT(was_woken(fd));
    CU_ASSERT_EQUAL(read(fd, &wakes, sizeof(wakes)), (ssize_t)sizeof(wakes));
    CU_ASSERT_EQUAL(wakes, 1);
    ring_sleep(&waker);
    ring_awake(&waker);
    ring_wake(&waker, fd);
    CU_ASSERT_FALSE(was_woken(fd));
    close(fd);
}

struct pair {
    struct ring *ring;
    struct ring_waker waker;
    int eventfd;
};

static void *produce(void *argument)
{
    static struct ring_message message;
    struct pair *pair = argument;
    for (uint32_t number = 0; number < MESSAGES;) {
        fill(&message, number);
        if (ring_push(pair->ring, SLOTS, &message) == 0)
            number++;
        ring_wake(&pair->waker, pair->eventfd);
    }
    return NULL;
}

// Publishes that it sleeps, looks once more, then blocks. False: nothing woke it although something was there.
static bool sleep_well(struct pair *pair)
{
    struct pollfd fd = {.fd = pair->eventfd, .events = POLLIN};
    uint64_t ignored;
    ring_sleep(&pair->waker);
    int woken = ring_has_messages(pair->ring) ? 1 : poll(&fd, 1, 5000);
    ring_awake(&pair->waker);
    ssize_t size = read(pair->eventfd, &ignored, sizeof(ignored));
    (void)size;
    return woken == 1;
}

static void a_consumer_that_sleeps_misses_nothing(void)
{
    static struct ring_message message;
    static struct pair pair;
    pthread_t producer;
    uint32_t number = 0, damaged = 0;
    bool awake = true;
    pair = (struct pair){.ring = make_ring(), .eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    CU_ASSERT_EQUAL_FATAL(pthread_create(&producer, NULL, produce, &pair), 0);
    while (number < MESSAGES && awake) {
        if (ring_pop(pair.ring, SLOTS, &message))
            damaged += !is_intact(&message, number++);
        else
            awake = sleep_well(&pair);
    }
    CU_ASSERT(awake);
    CU_ASSERT_EQUAL(damaged, 0);
    pthread_join(producer, NULL);
    close(pair.eventfd);
    free(pair.ring);
}

void rings_suite(void)
{
    CU_pSuite suite = CU_add_suite("rings: one producer, one consumer", NULL, NULL);
    CU_ADD_TEST(suite, it_takes_as_many_as_it_has_slots_and_counts_the_rest);
    CU_ADD_TEST(suite, its_counters_may_wrap);
    CU_ADD_TEST(suite, lengths_of_a_broken_producer_make_the_message_empty);
    CU_ADD_TEST(suite, indexes_of_a_broken_producer_stay_inside_and_end);
    CU_ADD_TEST(suite, only_a_sleeper_is_woken_and_only_once);
    CU_ADD_TEST(suite, a_consumer_that_sleeps_misses_nothing);
}
