// SPDX-License-Identifier: Apache-2.0
#include "embedded_device.h"
#include "monotonic_time.h"
#include "notice.h"
#include "supervisor_parts.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define STOP_TIMEOUT_MS 5000

static void start(struct supervisor *supervisor, struct program *program)
{
    if (program->role == TABLES_DATAPLANE)
        embedded_devices_detach_xdp(supervisor->config, supervisor->device_script);
    int error = program_start(program);
    if (!error)
        return;
    notice_write("cannot start %s: %s; it is tried again in 1 s", program->name, strerror(-error));
    program->start_at = monotonic_time() + 1000000000ULL;
}

static void end_program(struct supervisor *supervisor, unsigned i)
{
    struct program *program = &supervisor->programs[i];
    bool is_replaced = program->killed_for == SUPERVISION_REPLACED;
    enum restart_verdict verdict = program_ended(program);
    if (!is_replaced)
        upgrade_finish(supervisor, i);
    if (verdict == RESTART_AFTER_DELAY)
        return;
    if (i >= VITAL_PROGRAMS) { // calls go on
        notice_write("%s cannot start, as its last line says; it is tried again in %.0f s", program->name,
                     (double)RESTART_MAX_NS / 1e9);
        program->phase = PROGRAM_WAITING;
        program->start_at = monotonic_time() + RESTART_MAX_NS;
        return;
    }
    supervisor->exit_code = verdict == RESTART_BAD_CONFIG ? EXIT_CODE_BAD_CONFIG : EXIT_REFUSED;
    notice_write("giving up: %s %s; its last line says why", program->name,
                 verdict == RESTART_BAD_CONFIG ? "refuses the configuration" : "cannot start");
}

static void start_what_is_due(struct supervisor *supervisor)
{
    uint64_t now = monotonic_time();
    for (unsigned i = 0; i < PROGRAMS; i++)
        if (supervisor->programs[i].phase == PROGRAM_WAITING && supervisor->programs[i].start_at <= now)
            start(supervisor, &supervisor->programs[i]);
}

static int ms_to_next(const struct supervisor *supervisor)
{
    uint64_t now = monotonic_time(), next = now + WATCHDOG_TICK_NS;
    for (unsigned i = 0; i < PROGRAMS; i++) {
        const struct program *program = &supervisor->programs[i];
        if (program->phase == PROGRAM_WAITING && program->start_at < next)
            next = program->start_at;
    }
    return next > now ? (int)((next - now + 999999) / 1000000) : 0;
}

enum { SIGNALS = PROGRAMS, LISTENER, TRIAL, CLIENTS, DESCRIPTORS = CLIENTS + REQUEST_CLIENTS };

static void wait_for_events(struct supervisor *supervisor)
{
    struct pollfd fds[DESCRIPTORS];
    for (unsigned i = 0; i < PROGRAMS; i++) // a negative descriptor is passed over
        fds[i].fd = supervisor->programs[i].process.pidfd;
    fds[SIGNALS].fd = supervisor->signals;
    fds[LISTENER].fd = supervisor->listener;
    fds[TRIAL].fd = supervisor->trial.process.pidfd;
    for (unsigned i = 0; i < REQUEST_CLIENTS; i++)
        fds[CLIENTS + i].fd = supervisor->clients[i];
    for (unsigned i = 0; i < DESCRIPTORS; i++)
        fds[i].events = POLLIN;
    if (poll(fds, DESCRIPTORS, ms_to_next(supervisor)) <= 0)
        return;
    for (unsigned i = 0; i < PROGRAMS; i++)
        if (fds[i].revents)
            end_program(supervisor, i);
    if (fds[TRIAL].revents)
        upgrade_judge(supervisor);
    for (unsigned i = 0; i < REQUEST_CLIENTS; i++)
        if (fds[CLIENTS + i].revents)
            upgrade_serve(supervisor, i);
    if (fds[LISTENER].revents)
        upgrade_accept(supervisor);
    if (fds[SIGNALS].revents && supervisor->exit_code < 0)
        supervisor->exit_code = 0;
}

static void watch(struct supervisor *supervisor)
{
    trial_watch(&supervisor->trial);
    for (unsigned i = 0; i < PROGRAMS; i++) {
        struct program *program = &supervisor->programs[i];
        if (program->phase != PROGRAM_RUNNING)
            continue;
        program_watch(program);
        if (program->watchdog.ready)
            upgrade_finish(supervisor, i);
    }
}

// To the service manager: that the gateway serves, once, and that this process lives.
static void show_life(struct supervisor *supervisor)
{
    uint64_t now = monotonic_time();
    bool is_ready = true;
    for (unsigned i = 0; i < VITAL_PROGRAMS; i++)
        is_ready &= supervisor->programs[i].watchdog.ready;
    if (is_ready && !supervisor->told_ready)
        store_tell(supervisor->store, "READY=1");
    supervisor->told_ready |= is_ready;
    if (!supervisor->store->watchdog_ns || now - supervisor->last_sign < supervisor->store->watchdog_ns)
        return;
    store_tell(supervisor->store, "WATCHDOG=1");
    supervisor->last_sign = now;
}

void supervise(struct supervisor *supervisor)
{
    while (supervisor->exit_code < 0) {
        start_what_is_due(supervisor);
        wait_for_events(supervisor);
        watch(supervisor);
        show_life(supervisor);
    }
    store_tell(supervisor->store, "STOPPING=1");
    if (!supervisor->exit_code)
        notice_write("stopping");
    // Control first: it says goodbye to its peers through the dataplane.
    program_stop(&supervisor->programs[CONTROL], STOP_TIMEOUT_MS);
    program_stop(&supervisor->programs[DATAPLANE], STOP_TIMEOUT_MS);
    program_stop(&supervisor->programs[SCTP], STOP_TIMEOUT_MS);
}
