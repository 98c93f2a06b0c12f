// SPDX-License-Identifier: Apache-2.0
// A request while the gateway has it, and the way back. Connections come and go; an exchange lives until the gateway is
// done with it, and the mailbox until its last exchange came back, even if the server is gone by then.
#pragma once

#include "gateway.h"

struct connection;
struct mailbox;

struct exchange {
    struct gateway_request ask;
    struct connection *connection; // HTTP thread only; NULL: nobody waits for the answer any more
    struct mailbox *mailbox;
    struct exchange *next;
};

// `wake` is called on the gateway's thread, under the mailbox's lock, whenever the box gets its first answer.
struct mailbox *mailbox_new(struct gateway *gateway, void (*wake)(void *context), void *context);

// No more waking: what it wakes is about to go.
void mailbox_mute(struct mailbox *mailbox);

// From now on answers are freed as they come. Frees the mailbox now or with the last of them.
void mailbox_close(struct mailbox *mailbox);

// The answers since the last call, oldest first: a list by `next`, which the caller owns.
struct exchange *mailbox_take(struct mailbox *mailbox);

// HTTP thread. Takes over what `ask` owns, also on failure. NULL without memory.
struct exchange *exchange_submit(struct mailbox *mailbox, struct connection *connection,
                                 const struct gateway_request *ask);

// A session that was made for a client which is no longer there is closed again. Takes the exchange.
void exchange_abandon(struct exchange *exchange);
void exchange_free(struct exchange *exchange);
