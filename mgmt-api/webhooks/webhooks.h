// SPDX-License-Identifier: Apache-2.0
// Events of all peers, as POSTs to the servers of `webhooks` in the configuration: in order for each, tried again, on
// threads of their own, so that none of them holds up anything else. Signed as webhook_queue.h says.
#pragma once

#include "webhook_queue.h"

struct config;
struct gateway;
struct webhooks;

// Reads the secret. Both arguments must outlive it. 0 with NULL where no URL is configured; -EKEYREJECTED: the file of
// the secret cannot be read, or has no 16 characters; -ENOMEM.
int webhooks_open(struct gateway *gateway, const struct config *config, struct webhooks **ret_webhooks);

// Starts the threads; what cannot start is logged, and its events are dropped. NULL is nothing.
void webhooks_serve(struct webhooks *webhooks);

// Ends requests that are under way. What waits is lost. Never waits for the gateway.
void webhooks_stop(struct webhooks *webhooks);

// Of the endpoint with this index; false: there is none. From any thread.
bool webhooks_count(struct webhooks *webhooks, unsigned index, struct webhook_counts *ret_counts);
