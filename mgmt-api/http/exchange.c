// SPDX-License-Identifier: Apache-2.0
#include "exchange.h"
#include <pthread.h>
#include <stdlib.h>

struct mailbox {
    pthread_mutex_t lock;
    struct exchange *first, **tail;
    unsigned under_way; // submitted and not yet posted
    bool is_closed;
    struct gateway *gateway;
    void (*wake)(void *context);
    void *context;
};

struct mailbox *mailbox_new(struct gateway *gateway, void (*wake)(void *context), void *context)
{
    struct mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (!mailbox)
        return NULL;
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->tail = &mailbox->first;
    mailbox->gateway = gateway;
    mailbox->wake = wake;
    mailbox->context = context;
    return mailbox;
}

static void mailbox_free(struct mailbox *mailbox)
{
    pthread_mutex_destroy(&mailbox->lock);
    free(mailbox);
}

void mailbox_mute(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->wake = NULL;
    pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_close(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    mailbox->is_closed = true;
    struct exchange *unread = mailbox->first;
    bool is_last = mailbox->under_way == 0;
    pthread_mutex_unlock(&mailbox->lock);
    for (struct exchange *next; unread; unread = next) {
        next = unread->next;
        exchange_free(unread);
    }
    if (is_last)
        mailbox_free(mailbox);
}

struct exchange *mailbox_take(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    struct exchange *list = mailbox->first;
    mailbox->first = NULL;
    mailbox->tail = &mailbox->first;
    pthread_mutex_unlock(&mailbox->lock);
    return list;
}

// On the gateway's thread.
static void post(struct gateway_request *request)
{
    struct exchange *exchange = request->context;
    struct mailbox *mailbox = exchange->mailbox;
    pthread_mutex_lock(&mailbox->lock);
    mailbox->under_way--;
    bool is_closed = mailbox->is_closed, is_last = is_closed && mailbox->under_way == 0;
    if (!is_closed) {
        bool was_empty = !mailbox->first;
        exchange->next = NULL;
        *mailbox->tail = exchange;
        mailbox->tail = &exchange->next;
        if (was_empty && mailbox->wake)
            mailbox->wake(mailbox->context); // under the lock: the server cannot go away meanwhile
    }
    pthread_mutex_unlock(&mailbox->lock);
    if (is_closed)
        exchange_free(exchange);
    if (is_last)
        mailbox_free(mailbox);
}

static void submit(struct exchange *exchange)
{
    struct mailbox *mailbox = exchange->mailbox;
    pthread_mutex_lock(&mailbox->lock);
    mailbox->under_way++;
    pthread_mutex_unlock(&mailbox->lock);
    gateway_submit(mailbox->gateway, &exchange->ask); // may be done before it returns
}

struct exchange *exchange_submit(struct mailbox *mailbox, struct connection *connection,
                                 const struct gateway_request *ask)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) {
        free(ask->sdp);
        free(ask->data);
        return NULL;
    }
    exchange->ask = *ask;
    exchange->ask.done = post;
    exchange->ask.context = exchange;
    exchange->connection = connection;
    exchange->mailbox = mailbox;
    submit(exchange);
    return exchange;
}

void exchange_abandon(struct exchange *exchange)
{
    struct gateway_request *ask = &exchange->ask;
    bool made_session =
        ask->operation == GATEWAY_PUBLISH || ask->operation == GATEWAY_SUBSCRIBE || ask->operation == GATEWAY_PEER_OPEN;
    if (!made_session || ask->status != GATEWAY_OK) {
        exchange_free(exchange);
        return;
    }
    // Else a room would stay taken until the session that nobody knows of times out.
    free(ask->sdp);
    ask->sdp = NULL;
    ask->sdp_length = 0;
    ask->is_publisher = ask->operation == GATEWAY_PUBLISH;
    ask->is_peer = ask->operation == GATEWAY_PEER_OPEN;
    ask->operation = GATEWAY_CLOSE;
    submit(exchange);
}

void exchange_free(struct exchange *exchange)
{
    free(exchange->ask.sdp);
    free(exchange->ask.data);
    if (exchange->ask.snapshot)
        gateway_snapshot_free(exchange->ask.snapshot);
    free(exchange->ask.view);
    free(exchange->ask.channels);
    free(exchange->ask.events);
    free(exchange);
}
