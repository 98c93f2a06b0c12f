// SPDX-License-Identifier: Apache-2.0
#include "gateway_double.h"
#include "sample_snapshot.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HELD_MAX 1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t thread;
static bool stopping, holding, ready = true;
static char reason[128], last_sdp[4096];
static struct gateway_request *queue[HELD_MAX], last;
static unsigned queued, seen[GATEWAY_OPERATIONS];
static struct double_script script;

const char *const gateway_session_state_names[SESSION_STATES] = {"new",          "connecting", "securing", "connected",
                                                                 "disconnected", "failed",     "closed"};

// One behind the last that was read; with the third the peer is gone.
static void tell_event(struct gateway_request *request)
{
    const struct gateway_peer_ask *ask = &request->peer;
    request->events = calloc(1, sizeof *request->events);
    request->event_count = 1;
    *request->events = (struct gateway_event){
        .epoch = ask->after_epoch, .number = ask->after_number + 1, .kind = PEER_NEGOTIATION_NEEDED};
    snprintf(request->events->peer, sizeof request->events->peer, "%.32s", request->id);
    request->is_over = request->events->number % 10 == 3;
}

static void answer(struct gateway_request *request, const struct double_script *told)
{
    free(request->sdp);
    request->sdp = told->sdp ? strdup(told->sdp) : NULL;
    request->sdp_length = told->sdp ? strlen(told->sdp) : 0;
    request->status = told->status;
    request->line = told->line;
    request->retry_after = told->retry_after;
    strncpy(request->detail, told->detail ? told->detail : "", sizeof request->detail - 1);
    if (told->status == GATEWAY_OK && request->operation == GATEWAY_PEER_EVENTS) {
        tell_event(request);
        request->done(request);
        return;
    }
    bool shows = request->operation == GATEWAY_SNAPSHOT || request->operation == GATEWAY_OPERATE;
    if (told->status == GATEWAY_OK && !shows) {
        strcpy(request->id, "0123456789abcdef0123456789abcdef");
        strcpy(request->etag, "first");
    }
    if (shows && told->status == GATEWAY_OK)
        request->snapshot = sample_snapshot();
    request->done(request);
}

static void *serve(void *unused)
{
    pthread_mutex_lock(&lock);
    while (!stopping || queued) {
        if (!queued || (holding && !stopping)) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        struct gateway_request *request = queue[0];
        memmove(queue, queue + 1, --queued * sizeof *queue);
        struct double_script told = script;
        pthread_mutex_unlock(&lock);
        answer(request, &told);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

void gateway_submit(struct gateway *gateway, struct gateway_request *request)
{
    pthread_mutex_lock(&lock);
    last = *request;
    snprintf(last_sdp, sizeof last_sdp, "%s", request->sdp ? request->sdp : "");
    seen[request->operation]++;
    queue[queued++] = request;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

bool gateway_is_ready(const struct gateway *gateway, char *ret_reason, size_t size)
{
    pthread_mutex_lock(&lock);
    bool result = ready;
    snprintf(ret_reason, size, "%s", reason);
    pthread_mutex_unlock(&lock);
    return result;
}

void double_start(void)
{
    stopping = holding = false;
    ready = true;
    queued = 0;
    memset(seen, 0, sizeof seen);
    script = (struct double_script){0};
    pthread_create(&thread, NULL, serve, NULL);
}

void double_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

void double_set(const struct double_script *told)
{
    pthread_mutex_lock(&lock);
    script = *told;
    pthread_mutex_unlock(&lock);
}

void double_hold(bool hold)
{
    pthread_mutex_lock(&lock);
    holding = hold;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

unsigned double_wait_held(unsigned count)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 5;
    pthread_mutex_lock(&lock);
    while (queued < count && pthread_cond_timedwait(&changed, &lock, &deadline) == 0)
        ;
    unsigned result = queued;
    pthread_mutex_unlock(&lock);
    return result;
}

void double_set_ready(bool is_ready, const char *why)
{
    pthread_mutex_lock(&lock);
    ready = is_ready;
    snprintf(reason, sizeof reason, "%s", why);
    pthread_mutex_unlock(&lock);
}

struct gateway_request double_last(char *ret_sdp, size_t size)
{
    pthread_mutex_lock(&lock);
    struct gateway_request result = last;
    snprintf(ret_sdp, size, "%s", last_sdp);
    pthread_mutex_unlock(&lock);
    result.sdp = NULL;
    return result;
}

unsigned double_seen(enum gateway_operation operation)
{
    pthread_mutex_lock(&lock);
    unsigned result = seen[operation];
    pthread_mutex_unlock(&lock);
    return result;
}
