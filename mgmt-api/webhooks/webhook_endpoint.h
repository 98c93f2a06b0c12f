// SPDX-License-Identifier: Apache-2.0
// One server that is told: its queue, and the thread that empties it.
#pragma once

#include "webhook_queue.h"

#include <pthread.h>
#include <stdatomic.h>

struct webhook_secret {
    size_t size;
    unsigned char bytes[512];
};

struct webhook_endpoint {
    const char *url, *ca_file;
    const struct webhook_secret *secret;
    pthread_mutex_t lock; // of the queue
    pthread_cond_t is_news;
    struct webhook_queue queue;
    pthread_t thread;
    bool is_serving;
    atomic_bool is_ending;
};

// All arguments outlive it.
void webhook_endpoint_open(struct webhook_endpoint *endpoint, const char *url, const char *ca_file,
                           const struct webhook_secret *secret);
void webhook_endpoint_serve(struct webhook_endpoint *endpoint);
// From any thread. Owns the body from then on.
void webhook_endpoint_add(struct webhook_endpoint *endpoint, const char *id, char *body, size_t size);
void webhook_endpoint_count(struct webhook_endpoint *endpoint, struct webhook_counts *ret_counts);
void webhook_endpoint_end(struct webhook_endpoint *endpoint);   // does not wait
void webhook_endpoint_close(struct webhook_endpoint *endpoint); // waits for its thread, and forgets what waits
