// SPDX-License-Identifier: Apache-2.0
// The door between the HTTP thread and the loop.
#include "gateway_internal.h"

#include "control_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void refuse_now(struct gateway_request *request)
{
    refuse_for_now(request, REFUSED_DRAINING, 5, "the gateway is shutting down");
    free(request->sdp);
    request->sdp = NULL;
    request->sdp_length = 0;
    request->done(request);
}

// Under the lock.
static int enqueue(struct gateway *gateway, struct gateway_request *request)
{
    if (gateway->waiting_count == gateway->waiting_room) {
        size_t room = gateway->waiting_room ? 2 * gateway->waiting_room : 64;
        struct gateway_request **larger = realloc(gateway->waiting, room * sizeof(struct gateway_request *));
        if (!larger)
            return -ENOMEM;
        gateway->waiting = larger;
        gateway->waiting_room = room;
    }
    gateway->waiting[gateway->waiting_count++] = request;
    return 0;
}

void gateway_submit(struct gateway *gateway, struct gateway_request *request)
{
    pthread_mutex_lock(&gateway->lock);
    bool refused = gateway->is_shut || enqueue(gateway, request);
    if (!refused)
        uv_async_send(&gateway->knock); // under the lock: gateway_shut comes before the handle is closed
    pthread_mutex_unlock(&gateway->lock);
    if (refused)
        refuse_now(request);
}

static struct gateway_request **take_all(struct gateway *gateway, bool shut, size_t *ret_count)
{
    pthread_mutex_lock(&gateway->lock);
    struct gateway_request **requests = gateway->waiting;
    *ret_count = gateway->waiting_count;
    gateway->waiting = NULL;
    gateway->waiting_count = gateway->waiting_room = 0;
    gateway->is_shut |= shut;
    pthread_mutex_unlock(&gateway->lock);
    return requests;
}

void gateway_serve(struct gateway *gateway)
{
    size_t count;
    struct gateway_request **requests = take_all(gateway, false, &count);
    for (size_t i = 0; i < count; i++)
        control_request(&gateway->control, requests[i], gateway->control.system->monotonic());
    free(requests);
}

void gateway_shut(struct gateway *gateway)
{
    size_t count;
    struct gateway_request **requests = take_all(gateway, true, &count);
    for (size_t i = 0; i < count; i++)
        refuse_now(requests[i]);
    free(requests);
    control_release(&gateway->control);
}

bool gateway_is_ready(const struct gateway *gateway, char *ret_reason, size_t size)
{
    struct gateway *from = (struct gateway *)gateway;
    enum control_readiness readiness =
        (enum control_readiness)atomic_load_explicit(&from->readiness, memory_order_relaxed);
    uint64_t looked_at = atomic_load_explicit(&from->looked_at, memory_order_relaxed);
    uint64_t now = gateway->control.system->monotonic();
    bool hangs = now > looked_at + CONTROL_STALE_TIME;
    snprintf(ret_reason, size, "%s", hangs ? "the control loop does not answer" : control_readiness_text(readiness));
    return readiness == CONTROL_READY && !hangs;
}
