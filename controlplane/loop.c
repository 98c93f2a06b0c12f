// SPDX-License-Identifier: Apache-2.0
// The libuv loop around the control shard: when to look at rings, timers, signals, heartbeats.
#include "gateway_internal.h"

#include "control_parts.h"
#include "courier.h"
#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define HEARTBEAT_MS   100
#define WATCH_MS       1000
#define TICK_MS        20
#define SETTLE_MS      10 // the worker says so itself, but for what its ring had no room for ...
#define SETTLE_SLOW_MS 50 // ... and but for when it is away
#define STOP_TIME      (3 * CONTROL_SECOND / 2)

static uint64_t clock_of(const struct gateway *gateway)
{
    return gateway->control.system->monotonic();
}

static void publish_readiness(struct gateway *gateway, uint64_t now)
{
    atomic_store_explicit(&gateway->readiness, (int)control_readiness(&gateway->control, now), memory_order_relaxed);
    atomic_store_explicit(&gateway->looked_at, now, memory_order_relaxed);
}

static void beat(struct gateway *gateway, bool ready)
{
    struct segment_header *intent = gateway->control.tables.segments[SEGMENT_INTENT];
    atomic_store_explicit(&intent->owner_epoch, gateway->control.epoch, memory_order_relaxed);
    atomic_store_explicit(&intent->owner_pid, (uint32_t)getpid(), memory_order_relaxed);
    atomic_store_explicit(&intent->owner_ready, ready, memory_order_relaxed);
    atomic_store_explicit(&intent->heartbeat, clock_of(gateway), memory_order_release);
}

static void on_heartbeat(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;
    uint64_t now = clock_of(gateway);
    if (control_is_fenced(&gateway->control)) {
        gateway->is_fenced = true;
        uv_stop(&gateway->loop);
        return;
    }
    beat(gateway, !gateway->is_stopping);
    publish_readiness(gateway, now);
    if (gateway->is_stopping && (control_is_drained(&gateway->control) || now >= gateway->stop_by))
        uv_stop(&gateway->loop);
}

static void on_watch(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;
    control_watch(&gateway->control, clock_of(gateway));
}

static void on_tick(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;
    control_tick(&gateway->control, clock_of(gateway));
    if (!control_has_ticks(&gateway->control))
        uv_timer_stop(timer);
}

static void on_settle(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;
    if (!control_settle(&gateway->control, clock_of(gateway)))
        uv_timer_stop(timer);
    else
        uv_timer_set_repeat(timer, gateway->control.dataplane_alive ? SETTLE_MS : SETTLE_SLOW_MS);
}

static void on_knock(uv_async_t *knock)
{
    struct gateway *gateway = knock->data;
    gateway_serve(gateway);
    publish_readiness(gateway, clock_of(gateway)); // an order may have changed it
}

static void on_wake(uv_poll_t *wake, int status, int events)
{
    const struct gateway *gateway = wake->data;
    uint64_t count;
    ssize_t got = read(gateway->wake_fd, &count, sizeof(count));
    (void)got; // what there is to do stands in the rings; on_after reads them
}

static void on_link(uv_poll_t *link, int status, int events)
{
    struct gateway *gateway = link->data;
    if (events & UV_WRITABLE)
        session_channels_go_on(&gateway->control, clock_of(gateway)); // what there is to read, on_after does
}

static void poll_link(struct gateway *gateway)
{
    int events = UV_READABLE | (gateway->control.data_link.is_full ? UV_WRITABLE : 0);
    if (gateway->control.data_link.fd < 0 || events == gateway->link_events)
        return;
    gateway->link_events = events;
    (void)uv_poll_start(&gateway->link, events, on_link);
}

static void start_timers(struct gateway *gateway)
{
    struct control *control = &gateway->control;
    if (control_has_ticks(control) && !uv_is_active((uv_handle_t *)&gateway->tick))
        uv_timer_start(&gateway->tick, on_tick, TICK_MS, TICK_MS);
    bool unsettled = control->held_count || control->intents.oldest != UINT32_MAX || control->intents.orphans;
    if (unsettled && !uv_is_active((uv_handle_t *)&gateway->settle))
        uv_timer_start(&gateway->settle, on_settle, SETTLE_MS, SETTLE_MS);
}

static void stay_awake(uv_idle_t *busy)
{
    (void)busy; // that it is active is all: the loop polls without waiting
}

// Announce sleep first, look again afterwards: a worker that pushed in between saw no sleeper and wakes nobody.
static void on_before(uv_prepare_t *before)
{
    struct gateway *gateway = before->data;
    start_timers(gateway);
    poll_link(gateway);
    ring_sleep(tables_control_waker(&gateway->control.tables));
    if (courier_has_any(&gateway->control.tables))
        uv_idle_start(&gateway->busy, stay_awake);
}

static void on_after(uv_check_t *after)
{
    struct gateway *gateway = after->data;
    ring_awake(tables_control_waker(&gateway->control.tables));
    uv_idle_stop(&gateway->busy);
    control_receive(&gateway->control, clock_of(gateway));
    tcp_sockets_serve(gateway);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct gateway *gateway = signal->data;
    if (gateway->is_stopping) {
        uv_stop(&gateway->loop);
        return;
    }
    uint64_t now = clock_of(gateway);
    log_info("signal %d: ending %u sessions", number, gateway->control.session_count);
    gateway->is_stopping = true;
    gateway->stop_by = now + STOP_TIME;
    control_drain(&gateway->control, now);
    publish_readiness(gateway, now);
}

static int start_handles(struct gateway *gateway)
{
    uv_loop_t *loop = &gateway->loop;
    uv_timer_t *timers[] = {&gateway->heartbeat, &gateway->watch, &gateway->tick, &gateway->settle};
    for (unsigned i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = gateway;
    }
    uv_prepare_init(loop, &gateway->before);
    uv_check_init(loop, &gateway->after);
    uv_idle_init(loop, &gateway->busy);
    gateway->before.data = gateway->after.data = gateway->busy.data = gateway;
    uv_prepare_start(&gateway->before, on_before);
    uv_check_start(&gateway->after, on_after);
    uv_timer_start(&gateway->heartbeat, on_heartbeat, 0, HEARTBEAT_MS);
    uv_timer_start(&gateway->watch, on_watch, 0, WATCH_MS);
    gateway->knock.data = gateway->wake.data = gateway->terminate.data = gateway->interrupt.data = gateway;
    int error = uv_async_init(loop, &gateway->knock, on_knock);
    if (!error)
        error = uv_poll_init(loop, &gateway->wake, gateway->wake_fd);
    if (!error)
        error = uv_poll_start(&gateway->wake, UV_READABLE, on_wake);
    gateway->link.data = gateway;
    if (!error && gateway->control.data_link.fd >= 0)
        error = uv_poll_init(loop, &gateway->link, gateway->control.data_link.fd);
    if (!error && !(error = uv_signal_init(loop, &gateway->terminate)))
        error = uv_signal_start(&gateway->terminate, on_signal, SIGTERM);
    if (!error && !(error = uv_signal_init(loop, &gateway->interrupt)))
        error = uv_signal_start(&gateway->interrupt, on_signal, SIGINT);
    return error; // libuv's are -errno
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void close_loop(struct gateway *gateway)
{
    tcp_sockets_close(gateway);
    uv_walk(&gateway->loop, close_handle, NULL);
    uv_run(&gateway->loop, UV_RUN_DEFAULT);
    uv_loop_close(&gateway->loop);
}

int gateway_open(const struct control_setup *setup, int control_wake, struct gateway **ret_gateway)
{
    struct gateway *gateway = calloc(1, sizeof(*gateway));
    if (!gateway)
        return -ENOMEM;
    int error = control_open(setup, setup->system->monotonic(), &gateway->control);
    if (error) {
        free(gateway);
        return error;
    }
    gateway->wake_fd = control_wake;
    pthread_mutex_init(&gateway->lock, NULL);
    error = uv_loop_init(&gateway->loop);
    if (!error && (error = start_handles(gateway)))
        close_loop(gateway);
    if (error) {
        gateway_close(gateway);
        return error;
    }
    publish_readiness(gateway, clock_of(gateway));
    if (!gateway->control.tables.keys_are_locked)
        log_warning("keys may be swapped out: the limit of locked memory is too low; set LimitMEMLOCK=infinity");
    *ret_gateway = gateway;
    return 0;
}

int gateway_run(struct gateway *gateway)
{
    uv_run(&gateway->loop, UV_RUN_DEFAULT);
    gateway_shut(gateway);
    if (!gateway->is_fenced)
        beat(gateway, false);
    close_loop(gateway);
    return gateway->is_fenced ? -ESTALE : 0;
}

void gateway_close(struct gateway *gateway)
{
    gateway_shut(gateway);
    pthread_mutex_destroy(&gateway->lock);
    control_close(&gateway->control);
    free(gateway);
}
