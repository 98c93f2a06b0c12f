// SPDX-License-Identifier: Apache-2.0
#include "webhook_endpoint.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CONNECT_SECONDS 5L
#define ANSWER_SECONDS  10L
#define LONGEST_WAIT_MS 3600000

void webhook_endpoint_open(struct webhook_endpoint *endpoint, const char *url, const char *ca_file,
                           const struct webhook_secret *secret)
{
    pthread_condattr_t attributes;
    endpoint->url = url;
    endpoint->ca_file = ca_file;
    endpoint->secret = secret;
    pthread_mutex_init(&endpoint->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&endpoint->is_news, &attributes);
    pthread_condattr_destroy(&attributes);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static size_t ignore(char *data, size_t size, size_t count, void *context)
{
    return size * count;
}

static int look_for_end(void *context, curl_off_t total, curl_off_t now, curl_off_t sending, curl_off_t sent)
{
    const struct webhook_endpoint *endpoint = context;
    return atomic_load(&endpoint->is_ending);
}

static void configure(CURL *curl, struct webhook_endpoint *endpoint)
{
    curl_easy_setopt(curl, CURLOPT_URL, endpoint->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, ANSWER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "naru");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_end);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, endpoint);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (endpoint->ca_file[0])
        curl_easy_setopt(curl, CURLOPT_CAINFO, endpoint->ca_file);
}

static struct curl_slist *header(struct curl_slist *list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(list, text);
    return longer ? longer : list;
}

// Its time is that of the attempt: a receiver may refuse what is old.
static bool post(CURL *curl, struct webhook_endpoint *endpoint, const struct webhook_delivery *delivery)
{
    char signature[112], line[160];
    long status = 0;
    if (!webhook_sign(endpoint->secret->bytes, endpoint->secret->size, (uint64_t)time(NULL), delivery->body,
                      delivery->size, signature))
        return false;
    struct curl_slist *headers = header(NULL, "Content-Type: application/json");
    headers = header(headers, "Expect:");
    snprintf(line, sizeof line, "naru-signature: %s", signature);
    headers = header(headers, line);
    snprintf(line, sizeof line, "naru-delivery: %s", delivery->id);
    headers = header(headers, line);
    snprintf(line, sizeof line, "naru-sequence: %" PRIu64, delivery->sequence);
    headers = header(headers, line);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)delivery->size);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery->body);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    return code == CURLE_OK && status >= 200 && status < 300;
}

// With the lock.
static void wait(struct webhook_endpoint *endpoint, uint64_t ms)
{
    struct timespec until;
    ms = ms < LONGEST_WAIT_MS ? ms : LONGEST_WAIT_MS;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&endpoint->is_news, &endpoint->lock, &until);
}

static void deliver_all(CURL *curl, struct webhook_endpoint *endpoint)
{
    pthread_mutex_lock(&endpoint->lock);
    while (!atomic_load(&endpoint->is_ending)) {
        uint64_t wait_ms;
        const struct webhook_delivery *first = webhook_queue_next(&endpoint->queue, now_ms(), &wait_ms);
        if (!first) {
            wait(endpoint, wait_ms);
            continue;
        }
        pthread_mutex_unlock(&endpoint->lock); // adding does not touch the first one
        bool is_delivered = post(curl, endpoint, first);
        pthread_mutex_lock(&endpoint->lock);
        webhook_queue_end(&endpoint->queue, is_delivered, now_ms());
    }
    pthread_mutex_unlock(&endpoint->lock);
}

static void *run(void *context)
{
    struct webhook_endpoint *endpoint = context;
    CURL *curl = curl_easy_init();
    if (!curl)
        return NULL;
    configure(curl, endpoint);
    deliver_all(curl, endpoint);
    curl_easy_cleanup(curl);
    return NULL;
}

void webhook_endpoint_serve(struct webhook_endpoint *endpoint)
{
    endpoint->is_serving = pthread_create(&endpoint->thread, NULL, run, endpoint) == 0;
}

void webhook_endpoint_add(struct webhook_endpoint *endpoint, const char *id, char *body, size_t size)
{
    pthread_mutex_lock(&endpoint->lock);
    webhook_queue_add(&endpoint->queue, id, body, size);
    pthread_cond_signal(&endpoint->is_news);
    pthread_mutex_unlock(&endpoint->lock);
}

void webhook_endpoint_count(struct webhook_endpoint *endpoint, struct webhook_counts *ret_counts)
{
    pthread_mutex_lock(&endpoint->lock);
    *ret_counts = endpoint->queue.counts;
    pthread_mutex_unlock(&endpoint->lock);
}

void webhook_endpoint_end(struct webhook_endpoint *endpoint)
{
    pthread_mutex_lock(&endpoint->lock);
    atomic_store(&endpoint->is_ending, true);
    pthread_cond_signal(&endpoint->is_news);
    pthread_mutex_unlock(&endpoint->lock);
}

void webhook_endpoint_close(struct webhook_endpoint *endpoint)
{
    if (endpoint->is_serving)
        pthread_join(endpoint->thread, NULL);
    webhook_queue_clear(&endpoint->queue);
    pthread_cond_destroy(&endpoint->is_news);
    pthread_mutex_destroy(&endpoint->lock);
}
