// SPDX-License-Identifier: Apache-2.0
#include "webhooks.h"
#include "config.h"
#include "event_json.h"
#include "webhook_endpoint.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECRET_MIN 16

// Of the gateway until it is done, which may be after the end of who asked.
struct question {
    struct gateway_request request;
    sem_t is_answered;
    _Atomic int state;
};
enum { QUESTION_ASKED, QUESTION_ANSWERED, QUESTION_ABANDONED };

struct webhooks {
    struct gateway *gateway;
    const struct config *config;
    struct webhook_secret secret;
    atomic_bool is_stopping;
    bool is_serving;
    pthread_t reader;
    unsigned count;
    struct webhook_endpoint endpoints[CONFIG_STRINGS_MAX];
};

static int read_secret(const char *path, struct webhook_secret *ret_secret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, ret_secret->bytes, sizeof ret_secret->bytes);
    if (fd >= 0)
        close(fd);
    while (size > 0 && (ret_secret->bytes[size - 1] == '\n' || ret_secret->bytes[size - 1] == '\r'))
        size--;
    ret_secret->size = size < 0 ? 0 : (size_t)size;
    return size < SECRET_MIN ? -EKEYREJECTED : 0;
}

int webhooks_open(struct gateway *gateway, const struct config *config, struct webhooks **ret_webhooks)
{
    const unsigned count = config->webhooks.urls.count;
    *ret_webhooks = NULL;
    if (!count)
        return 0;
    struct webhooks *webhooks = calloc(1, sizeof *webhooks);
    if (!webhooks)
        return -ENOMEM;
    webhooks->gateway = gateway;
    webhooks->config = config;
    int error = read_secret(config->webhooks.secret_file, &webhooks->secret);
    if (error) {
        explicit_bzero(webhooks, sizeof *webhooks);
        free(webhooks);
        return error;
    }
    // What these load cannot be loaded later.
    struct addrinfo *addresses = NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!getaddrinfo("localhost", NULL, NULL, &addresses))
        freeaddrinfo(addresses);
    for (; webhooks->count < count; webhooks->count++)
        webhook_endpoint_open(&webhooks->endpoints[webhooks->count], config->webhooks.urls.item[webhooks->count],
                              config->webhooks.ca_file, &webhooks->secret);
    *ret_webhooks = webhooks;
    return 0;
}

static void free_question(struct question *question)
{
    free(question->request.events);
    sem_destroy(&question->is_answered);
    free(question);
}

// On the gateway's thread.
static void answered(struct gateway_request *request)
{
    struct question *question = request->context;
    if (atomic_exchange(&question->state, QUESTION_ANSWERED) == QUESTION_ABANDONED)
        free_question(question);
    else
        sem_post(&question->is_answered);
}

static void rest_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

// False when nobody waits for it any more.
static bool await(struct webhooks *webhooks, struct question *question)
{
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        if (!sem_timedwait(&question->is_answered, &until))
            return true;
        if (!atomic_load(&webhooks->is_stopping))
            continue;
        if (atomic_exchange(&question->state, QUESTION_ABANDONED) != QUESTION_ANSWERED)
            return false;
        while (sem_wait(&question->is_answered)) {
        }
        return true;
    }
}

static bool is_wanted(const struct webhooks *webhooks, const char *name)
{
    const struct config_strings *wanted = &webhooks->config->webhooks.events;
    bool is_listed = wanted->count == 0;
    for (unsigned i = 0; i < wanted->count; i++)
        is_listed |= strcmp(wanted->item[i], name) == 0;
    return is_listed;
}

static void tell(struct webhooks *webhooks, const struct gateway_event *event)
{
    const char *name = event_name(event->kind);
    char id[48];
    if (!name || !is_wanted(webhooks, name))
        return;
    snprintf(id, sizeof id, "%" PRIu64 ".%" PRIu64, event->epoch, event->number);
    json_t *data = event_data(event);
    json_t *json = json_pack("{s:s, s:s, s:o}", "id", id, "type", name, "data", data);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    for (unsigned i = 0; text && i < webhooks->count; i++) {
        char *body = strdup(text);
        if (body)
            webhook_endpoint_add(&webhooks->endpoints[i], id, body, strlen(body));
    }
    free(text);
    json_decref(json);
}

static void *read_events(void *context)
{
    struct webhooks *webhooks = context;
    uint64_t epoch = 0, number = 0;
    bool goes_on = true;
    while (goes_on && !atomic_load(&webhooks->is_stopping)) {
        struct question *question = calloc(1, sizeof *question);
        if (!question) {
            rest_a_moment();
            continue;
        }
        sem_init(&question->is_answered, 0, 0);
        question->request =
            (struct gateway_request){.operation = GATEWAY_PEER_EVENTS,
                                     .peer = {.is_for_all = true, .after_epoch = epoch, .after_number = number},
                                     .done = answered,
                                     .context = question};
        gateway_submit(webhooks->gateway, &question->request);
        if (!await(webhooks, question))
            return NULL;
        const struct gateway_request *request = &question->request;
        for (unsigned i = 0; i < request->event_count; i++) {
            tell(webhooks, &request->events[i]);
            epoch = request->events[i].epoch;
            number = request->events[i].number;
        }
        goes_on = !request->is_over;
        if (request->status != GATEWAY_OK)
            rest_a_moment();
        free_question(question);
    }
    return NULL;
}

void webhooks_serve(struct webhooks *webhooks)
{
    if (!webhooks)
        return;
    for (unsigned i = 0; i < webhooks->count; i++)
        webhook_endpoint_serve(&webhooks->endpoints[i]);
    webhooks->is_serving = pthread_create(&webhooks->reader, NULL, read_events, webhooks) == 0;
}

void webhooks_stop(struct webhooks *webhooks)
{
    if (!webhooks)
        return;
    atomic_store(&webhooks->is_stopping, true);
    for (unsigned i = 0; i < webhooks->count; i++)
        webhook_endpoint_end(&webhooks->endpoints[i]);
    if (webhooks->is_serving)
        pthread_join(webhooks->reader, NULL);
    for (unsigned i = 0; i < webhooks->count; i++)
        webhook_endpoint_close(&webhooks->endpoints[i]);
    explicit_bzero(&webhooks->secret, sizeof webhooks->secret);
    free(webhooks);
}

bool webhooks_count(struct webhooks *webhooks, unsigned index, struct webhook_counts *ret_counts)
{
    if (!webhooks || index >= webhooks->count)
        return false;
    webhook_endpoint_count(&webhooks->endpoints[index], ret_counts);
    return true;
}
