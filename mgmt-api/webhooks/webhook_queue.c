// SPDX-License-Identifier: Apache-2.0
#include "webhook_queue.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void webhook_queue_add(struct webhook_queue *queue, const char *id, char *body, size_t size)
{
    uint64_t sequence = ++queue->sequence;
    if (queue->counts.waiting == WEBHOOK_QUEUE_SIZE) {
        queue->counts.dropped++;
        free(body);
        return;
    }
    struct webhook_delivery *delivery = &queue->list[(queue->first + queue->counts.waiting++) % WEBHOOK_QUEUE_SIZE];
    *delivery = (struct webhook_delivery){.body = body, .size = size, .sequence = sequence};
    snprintf(delivery->id, sizeof delivery->id, "%s", id);
}

const struct webhook_delivery *webhook_queue_next(const struct webhook_queue *queue, uint64_t now,
                                                  uint64_t *ret_wait_ms)
{
    *ret_wait_ms = 0;
    if (!queue->counts.waiting)
        *ret_wait_ms = UINT64_MAX;
    else if (queue->attempts && now < queue->next_at)
        *ret_wait_ms = queue->next_at - now;
    return *ret_wait_ms ? NULL : &queue->list[queue->first];
}

static void remove_first(struct webhook_queue *queue)
{
    free(queue->list[queue->first].body);
    queue->list[queue->first].body = NULL;
    queue->first = (queue->first + 1) % WEBHOOK_QUEUE_SIZE;
    queue->counts.waiting--;
    queue->attempts = 0;
}

void webhook_queue_end(struct webhook_queue *queue, bool is_delivered, uint64_t now)
{
    if (is_delivered) {
        queue->counts.delivered++;
        remove_first(queue);
        return;
    }
    queue->counts.failed++;
    if (!queue->attempts++)
        queue->tried_at = now;
    if (queue->attempts >= WEBHOOK_ATTEMPTS || now - queue->tried_at >= WEBHOOK_AGE_MS) {
        queue->counts.given_up++;
        remove_first(queue);
        return;
    }
    uint64_t delay = (uint64_t)WEBHOOK_FIRST_DELAY_MS << (queue->attempts - 1);
    queue->next_at = now + (delay < WEBHOOK_DELAY_MAX_MS ? delay : WEBHOOK_DELAY_MAX_MS);
}

void webhook_queue_clear(struct webhook_queue *queue)
{
    while (queue->counts.waiting)
        remove_first(queue);
}

bool webhook_sign(const void *secret, size_t secret_size, uint64_t seconds, const char *body, size_t size,
                  char ret_text[112])
{
    unsigned char tag[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char *text = malloc(size + 32);
    if (!text)
        return false;
    int head = sprintf(text, "%" PRIu64 ".", seconds);
    memcpy(text + head, body, size);
    bool is_done =
        HMAC(EVP_sha256(), secret, (int)secret_size, (unsigned char *)text, (size_t)head + size, tag, &length);
    free(text);
    int used = sprintf(ret_text, "t=%" PRIu64 ",v1=", seconds);
    for (unsigned i = 0; is_done && i < length; i++)
        used += sprintf(ret_text + used, "%02x", tag[i]);
    return is_done;
}
