// SPDX-License-Identifier: Apache-2.0
#include "webhook_queue.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static struct webhook_queue queue;

static void add(const char *body)
{
    webhook_queue_add(&queue, "1.1", strdup(body), strlen(body));
}

static void end(bool is_delivered, uint64_t now)
{
    uint64_t wait;
    CU_ASSERT_PTR_NOT_NULL_FATAL(webhook_queue_next(&queue, now, &wait));
    webhook_queue_end(&queue, is_delivered, now);
}

static void check_first(uint64_t now, const char *body)
{
    uint64_t wait;
    const struct webhook_delivery *first = webhook_queue_next(&queue, now, &wait);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_STRING_EQUAL(first->body, body);
}

static uint64_t wait_at(uint64_t now)
{
    uint64_t wait;
    CU_ASSERT_PTR_NULL(webhook_queue_next(&queue, now, &wait));
    return wait;
}

static void it_is_told_in_order(void)
{
    queue = (struct webhook_queue){0};
    CU_ASSERT_EQUAL(wait_at(0), UINT64_MAX);
    add("a");
    add("b");
    check_first(0, "a");
    end(true, 0);
    check_first(0, "b");
    end(false, 1000);
    CU_ASSERT_EQUAL(wait_at(1000), 500);
    CU_ASSERT_EQUAL(wait_at(1499), 1);
    check_first(1500, "b"); // "b" before anything else
    end(true, 1500);
    CU_ASSERT_EQUAL(queue.counts.delivered, 2);
    CU_ASSERT_EQUAL(queue.counts.failed, 1);
    CU_ASSERT_EQUAL(queue.counts.waiting, 0);
}

static void delays_grow_until_it_is_given_up(void)
{
    uint64_t now = 0, last = 0;
    queue = (struct webhook_queue){0};
    add("a");
    add("b");
    for (unsigned i = 1; i < WEBHOOK_ATTEMPTS && queue.counts.waiting == 2; i++) {
        end(false, now);
        if (queue.counts.waiting < 2)
            break;
        uint64_t wait = wait_at(now);
        CU_ASSERT(wait == 2 * last || wait == WEBHOOK_DELAY_MAX_MS || last == 0);
        last = wait;
        now += wait;
    }
    if (queue.counts.waiting == 2)
        end(false, now);
    CU_ASSERT_EQUAL(queue.counts.given_up, 1);
    CU_ASSERT(now <= WEBHOOK_AGE_MS + WEBHOOK_DELAY_MAX_MS);
    check_first(now, "b"); // at once, and with attempts of its own
    end(false, now);
    CU_ASSERT_EQUAL(wait_at(now), WEBHOOK_FIRST_DELAY_MS);
    end(false, now + WEBHOOK_FIRST_DELAY_MS);
    end(false, now + WEBHOOK_AGE_MS); // a machine that slept
    CU_ASSERT_EQUAL(queue.counts.given_up, 2);
    CU_ASSERT_EQUAL(queue.counts.waiting, 0);
}

static void a_full_queue_drops_the_new_and_leaves_a_gap(void)
{
    uint64_t wait;
    queue = (struct webhook_queue){0};
    for (unsigned i = 0; i < WEBHOOK_QUEUE_SIZE + 3; i++)
        add(i ? "more" : "first");
    CU_ASSERT_EQUAL(queue.counts.waiting, WEBHOOK_QUEUE_SIZE);
    CU_ASSERT_EQUAL(queue.counts.dropped, 3);
    check_first(0, "first");
    for (unsigned i = 0; i < WEBHOOK_QUEUE_SIZE; i++)
        end(true, 0);
    add("last");
    CU_ASSERT_EQUAL(webhook_queue_next(&queue, 0, &wait)->sequence, WEBHOOK_QUEUE_SIZE + 4);
    webhook_queue_clear(&queue);
    CU_ASSERT_EQUAL(queue.counts.waiting, 0);
}

// The tag is that of: printf '%s' '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
static void it_is_signed(void)
{
    char text[112];
    CU_ASSERT(webhook_sign("0123456789abcdef", 16, 1700000000, "{\"a\":1}", 7, text));
    CU_ASSERT_STRING_EQUAL(text, "t=1700000000,v1=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23");
}

void webhook_queue_suite(void);
void webhook_queue_suite(void)
{
    CU_pSuite suite = CU_add_suite("webhook queue", NULL, NULL);
    CU_add_test(suite, "it is told in order", it_is_told_in_order);
    CU_add_test(suite, "delays grow until it is given up", delays_grow_until_it_is_given_up);
    CU_add_test(suite, "a full queue drops the new and leaves a gap", a_full_queue_drops_the_new_and_leaves_a_gap);
    CU_add_test(suite, "it is signed", it_is_signed);
}
