// SPDX-License-Identifier: Apache-2.0
#include "service.h"

#include "layout.h"
#include "link_socket.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <usrsctp.h>

#define MESSAGES_A_TURN 256
#define TICK_MS         10
#define HEARTBEAT_MS    100

static struct service *the_service; // usrsctp calls back without a context
static volatile sig_atomic_t is_ending;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void *service_address(uint64_t handle)
{
    return (void *)(uintptr_t)handle; // NOLINT: never one to follow
}

static struct endpoint *find_handle(const struct service *service, uint64_t handle)
{
    struct endpoint *endpoint;
    LIST_FOREACH(endpoint, &service->by_handle[handle % SERVICE_HANDLES], same)
    if (endpoint->handle == handle)
        return endpoint;
    return NULL;
}

static struct endpoint *find(const struct service *service, const struct link_message *message)
{
    struct endpoint *endpoint =
        message->transport < SERVICE_TRANSPORTS ? service->by_transport[message->transport] : NULL;
    return endpoint && endpoint->generation == message->generation ? endpoint : NULL;
}

void service_activate(struct endpoint *endpoint)
{
    if (!endpoint->is_active)
        TAILQ_INSERT_TAIL(&endpoint->service->active, endpoint, active);
    endpoint->is_active = true;
}

bool service_is_blocked(const struct service *service)
{
    return service->pending_size > 0 || !service->is_welcome;
}

// What must not be lost, and is not said again by itself.
static bool is_kept(uint8_t kind)
{
    return kind == LINK_DELIVERED || kind == LINK_RESET || kind == LINK_UP || kind == LINK_DOWN;
}

int service_say(const struct endpoint *endpoint, const struct link_message *message)
{
    struct service *service = endpoint->service;
    struct link_message addressed = *message;
    addressed.transport = endpoint->transport;
    addressed.generation = endpoint->generation;
    if (service_is_blocked(service))
        return -EAGAIN;
    int error = link_socket_send(service->setup.link, &addressed);
    if (!error || !is_kept(message->kind))
        return error;
    int size = link_message_write(&addressed, service->pending, sizeof(service->pending));
    service->pending_size = size > 0 ? (size_t)size : 0;
    return 0;
}

static int output(void *address, void *packet, size_t size, uint8_t tos, uint8_t set_df)
{
    (void)tos;
    (void)set_df;
    const struct endpoint *endpoint = find_handle(the_service, (uint64_t)(uintptr_t)address);
    if (!endpoint || endpoint->is_silent || size > LINK_PACKET_MAX || !the_service->is_welcome)
        return 0;
    const struct link_message message = {.kind = LINK_PACKET,
                                         .transport = endpoint->transport,
                                         .generation = endpoint->generation,
                                         .data = packet,
                                         .size = size};
    the_service->packets_dropped += link_socket_send(the_service->setup.link, &message) != 0;
    return 0;
}

static void forget(struct service *service, struct endpoint *endpoint, bool abort)
{
    endpoint_close(endpoint, abort);
    if (endpoint->is_active)
        TAILQ_REMOVE(&service->active, endpoint, active);
    LIST_REMOVE(endpoint, same);
    service->by_transport[endpoint->transport] = NULL;
    service->endpoint_count--;
    free(endpoint);
}

static void forget_all(struct service *service, bool abort)
{
    for (unsigned chain = 0; chain < SERVICE_HANDLES; chain++)
        while (!LIST_EMPTY(&service->by_handle[chain]))
            forget(service, LIST_FIRST(&service->by_handle[chain]), abort);
    service->pending_size = 0;
}

static int choose_handle(const struct service *service, uint64_t *ret_handle)
{
    uint64_t handle;
    do
        if (getrandom(&handle, sizeof(handle), 0) != sizeof(handle))
            return -EIO;
    while (!handle || find_handle(service, handle));
    *ret_handle = handle;
    return 0;
}

static void refuse(struct service *service, const struct link_message *open, const char *why)
{
    const struct endpoint nobody = {.service = service, .transport = open->transport, .generation = open->generation};
    (void)service_say(&nobody,
                      &(struct link_message){.kind = LINK_DOWN, .data = (const uint8_t *)why, .size = strlen(why)});
}

static void open_endpoint(struct service *service, const struct link_message *message)
{
    struct link_setup setup;
    if (message->transport >= SERVICE_TRANSPORTS || link_setup_parse(message->data, message->size, &setup))
        return;
    if (service->by_transport[message->transport])
        forget(service, service->by_transport[message->transport], false);
    struct endpoint *endpoint =
        service->endpoint_count < service->setup.endpoints_max ? calloc(1, sizeof(*endpoint)) : NULL;
    if (!endpoint || choose_handle(service, &endpoint->handle)) {
        free(endpoint);
        refuse(service, message, "naru-sctp has no room for another association");
        return;
    }
    endpoint->service = service;
    endpoint->transport = message->transport;
    endpoint->generation = message->generation;
    endpoint->setup = setup;
    service->by_transport[message->transport] = endpoint;
    LIST_INSERT_HEAD(&service->by_handle[endpoint->handle % SERVICE_HANDLES], endpoint, same);
    service->endpoint_count++;
    if (endpoint_open(endpoint)) {
        forget(service, endpoint, false);
        refuse(service, message, "naru-sctp could not open an association");
        return;
    }
    service_activate(endpoint);
}

static void of_endpoint(struct service *service, const struct link_message *message)
{
    struct endpoint *endpoint = find(service, message);
    if (!endpoint)
        return;
    switch (message->kind) {
    case LINK_PACKET:
        endpoint_packet(endpoint, message->data, message->size);
        break;
    case LINK_SEND:
        endpoint_send(endpoint, message);
        break;
    case LINK_RESET:
        endpoint_reset(endpoint, message);
        break;
    case LINK_CREDIT:
        endpoint->credit += (int64_t)(message->number & INT32_MAX);
        service_activate(endpoint);
        break;
    case LINK_CLOSE:
        forget(service, endpoint, message->flags & LINK_ABORT);
        break;
    default:
        break;
    }
}

static void say_what_is_due(struct service *service)
{
    const struct link_message welcome = {.kind = LINK_WELCOME, .number = service->control_epoch},
                              hello = {.kind = LINK_HELLO, .number = service->setup.epoch};
    if (service->welcome_is_due)
        service->welcome_is_due = link_socket_send(service->setup.link, &welcome) != 0;
    if (service->hello_is_due)
        service->hello_is_due = link_socket_send(service->setup.link, &hello) != 0;
    if (service->pending_size &&
        send(service->setup.link, service->pending, service->pending_size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
        service->pending_size = 0;
}

// A new naru-control: it opens anew what its predecessor had opened, which the peers see as a restart.
static void meet(struct service *service, const struct link_message *hello)
{
    service->control_epoch = hello->number;
    service->welcome_is_due = true;
    service->hello_is_due = !service->is_welcome;
    say_what_is_due(service);
    forget_all(service, false);
}

static void take(struct service *service, const struct link_message *message)
{
    if (message->kind == LINK_HELLO)
        meet(service, message);
    else if (message->kind == LINK_WELCOME)
        service->is_welcome |= message->number == service->setup.epoch;
    else if (!service->is_welcome)
        return; // said to a process that is dead
    else if (message->kind == LINK_OPEN)
        open_endpoint(service, message);
    else
        of_endpoint(service, message);
}

static int receive(struct service *service)
{
    uint8_t buffer[LINK_MESSAGE_MAX];
    struct link_message message;
    // What waits to be said comes first: an answer would be lost.
    for (unsigned left = MESSAGES_A_TURN; left && !service->pending_size; left--) {
        int got = link_socket_receive(service->setup.link, buffer, &message);
        if (got == 0)
            return 0;
        if (got > 0)
            take(service, &message);
        else if (got != -EBADMSG)
            return got;
    }
    return 0;
}

// Those that are active now; each comes again when it has to. One that waits for the link stays.
static void work(struct service *service)
{
    TAILQ_HEAD(, endpoint) turn = TAILQ_HEAD_INITIALIZER(turn);
    TAILQ_CONCAT(&turn, &service->active, active);
    struct endpoint *endpoint;
    while ((endpoint = TAILQ_FIRST(&turn))) {
        TAILQ_REMOVE(&turn, endpoint, active);
        endpoint->is_active = false;
        bool more = endpoint_work(endpoint);
        if (more || service_is_blocked(service) || endpoint->why[0] || endpoint->taken || endpoint->is_dry)
            service_activate(endpoint);
    }
}

static void tick(struct service *service)
{
    uint64_t now = now_ns() / 1000000, elapsed = now - service->ticked_at;
    if (elapsed < TICK_MS)
        return;
    service->ticked_at = now;
    usrsctp_handle_timers(elapsed < 1000 ? (uint32_t)elapsed : 1000);
    struct endpoint *endpoint;
    for (unsigned chain = 0; chain < SERVICE_HANDLES; chain++) // who was refused room or a reset tries again
        LIST_FOREACH(endpoint, &service->by_handle[chain], same)
    if (!TAILQ_EMPTY(&endpoint->queue) || endpoint->reset_count)
        service_activate(endpoint);
}

static int beat(const struct service *service)
{
    struct segment_header *life = service->setup.life;
    if (!life)
        return 0;
    if (atomic_load_explicit(&life->reader_epoch, memory_order_acquire) != service->setup.epoch)
        return -ESTALE;
    atomic_store_explicit(&life->owner_epoch, service->setup.epoch, memory_order_relaxed);
    atomic_store_explicit(&life->owner_pid, (uint32_t)getpid(), memory_order_relaxed);
    atomic_store_explicit(&life->owner_ready, 1, memory_order_relaxed);
    atomic_store_explicit(&life->heartbeat, now_ns(), memory_order_release);
    return 0;
}

int service_turn(struct service *service, int timeout_ms)
{
    bool waits = service->pending_size || service->hello_is_due || service->welcome_is_due;
    int events = (service->pending_size ? 0 : POLLIN) | (waits ? POLLOUT : 0);
    struct pollfd link = {.fd = service->setup.link, .events = (short)events};
    if (!TAILQ_EMPTY(&service->active) && !service_is_blocked(service))
        timeout_ms = 0;
    if (poll(&link, 1, timeout_ms) < 0 && errno != EINTR)
        return -errno;
    int error = receive(service);
    if (!error)
        error = beat(service);
    if (error)
        return error;
    say_what_is_due(service);
    tick(service);
    work(service);
    return 0;
}

static void end(int signal)
{
    (void)signal;
    is_ending = 1;
}

int service_run(struct service *service)
{
    int error = 0;
    (void)signal(SIGTERM, end);
    (void)signal(SIGINT, end);
    while (!error && !is_ending)
        error = service_turn(service, service->endpoint_count ? TICK_MS : HEARTBEAT_MS);
    return error;
}

int service_open(const struct service_setup *setup, struct service **ret_service)
{
    struct service *service = calloc(1, sizeof(*service));
    if (!service)
        return -ENOMEM;
    service->setup = *setup;
    service->hello_is_due = true;
    service->ticked_at = now_ns() / 1000000;
    TAILQ_INIT(&service->active);
    the_service = service;
    endpoint_start_library(output);
    *ret_service = service;
    return 0;
}

void service_close(struct service *service)
{
    forget_all(service, false);
    (void)usrsctp_finish();
    free(service);
}
