// SPDX-License-Identifier: Apache-2.0
// What an endpoint is still to be told, in order, and when it is tried again. No clock of its own: `now` in ms.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBHOOK_QUEUE_SIZE     1000
#define WEBHOOK_ATTEMPTS       12
#define WEBHOOK_AGE_MS         900000 // from the first attempt
#define WEBHOOK_FIRST_DELAY_MS 500    // doubled with each attempt, up to:
#define WEBHOOK_DELAY_MAX_MS   120000

struct webhook_delivery {
    char *body; // malloc
    size_t size;
    uint64_t sequence; // of the endpoint, from 1: what was dropped leaves a gap
    char id[48];       // of the event, as in text/event-stream
};

struct webhook_counts {
    uint64_t delivered, failed; // attempts that ended so
    uint64_t dropped;           // events: the queue was full
    uint64_t given_up;          // events: tried too often or for too long
    unsigned waiting;
};

struct webhook_queue {
    struct webhook_delivery list[WEBHOOK_QUEUE_SIZE];
    unsigned first, attempts; // attempts of the first one
    uint64_t sequence, tried_at, next_at;
    struct webhook_counts counts;
};

// Owns the body from then on. A full queue drops the new one: what waits stays in order.
void webhook_queue_add(struct webhook_queue *queue, const char *id, char *body, size_t size);
// The first one, valid until webhook_queue_end, or NULL: then *ret_wait_ms until there may be one (UINT64_MAX: none).
const struct webhook_delivery *webhook_queue_next(const struct webhook_queue *queue, uint64_t now,
                                                  uint64_t *ret_wait_ms);
// How the attempt with the first one ended.
void webhook_queue_end(struct webhook_queue *queue, bool is_delivered, uint64_t now);
void webhook_queue_clear(struct webhook_queue *queue);

// "t=SECONDS,v1=HEX": HMAC-SHA256 of "SECONDS.BODY". False without memory.
bool webhook_sign(const void *secret, size_t secret_size, uint64_t seconds, const char *body, size_t size,
                  char ret_text[112]);
