// SPDX-License-Identifier: Apache-2.0
// The processes as they show themselves in the segments, and as the supervisor tells their lives.
#include "snapshot_parts.h"

#include "standing.h"
#include "supervision.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t milliseconds(uint64_t now, uint64_t since)
{
    return now > since ? (now - since) / 1000000 : 0;
}

static void describe(const struct supervision_event *event, char *ret_text, size_t size)
{
    switch (event->kind) {
    case SUPERVISION_READY:
        snprintf(ret_text, size, "after %u ms", event->value);
        return;
    case SUPERVISION_SIGNALLED:
        snprintf(ret_text, size, "signal %u (%s)", event->value, strsignal((int)event->value));
        return;
    case SUPERVISION_EXITED:
        snprintf(ret_text, size, "exit code %u", event->value);
        return;
    case SUPERVISION_HUNG:
        snprintf(ret_text, size, "hung for %u ms, killed", event->value);
        return;
    case SUPERVISION_VANISHED:
        snprintf(ret_text, size, "nobody saw how");
        return;
    case SUPERVISION_REPLACED:
        snprintf(ret_text, size, "upgrade");
        return;
    case SUPERVISION_DELAYED:
        snprintf(ret_text, size, "next start in %u ms", event->value);
        return;
    default:
        ret_text[0] = 0;
    }
}

static void view_header(const struct segment_header *header, uint64_t started_at, uint64_t now,
                        struct gateway_process_view *view)
{
    struct segment_header *from = (struct segment_header *)header;
    view->pid = atomic_load_explicit(&from->owner_pid, memory_order_relaxed);
    view->epoch = atomic_load_explicit(&from->owner_epoch, memory_order_relaxed);
    view->heartbeat_age_ms = milliseconds(now, atomic_load_explicit(&from->heartbeat, memory_order_relaxed));
    view->uptime_ms = milliseconds(now, started_at);
    view->ready = atomic_load_explicit(&from->owner_ready, memory_order_relaxed) &&
                  view->heartbeat_age_ms <= CONTROL_STALE_TIME / 1000000;
}

static void view_life(const struct supervised_program *program, uint64_t now, struct gateway_process_view *view)
{
    view->restarts = program->starts ? program->starts - 1 : 0;
    view->adoptions = program->adoptions;
    if (!program->last_end.kind)
        return;
    describe(&program->last_end, view->last_end, sizeof(view->last_end));
    view->last_end_age_ms = milliseconds(now, program->last_end.at);
}

static void view_program(const struct supervised_program *program, uint64_t now, struct gateway_process_view *view)
{
    view->pid = program->pid;
    view->epoch = program->epoch;
    view->uptime_ms = program->pid ? milliseconds(now, program->started_at) : 0;
    view->ready = program->pid != 0;
}

static void view_standing(struct gateway_process_view *process)
{
    struct standing standing;
    struct gateway_standing_view *view = &process->standing;
    view->is_known = process->pid && !standing_read((pid_t)process->pid, &standing);
    if (!view->is_known)
        return;
    view->user = standing.user;
    view->is_filtered = standing.seccomp == STANDING_FILTERED;
    view->no_new_privileges = standing.no_new_privs;
    view->locked_kb = standing.locked_kb;
    standing_capabilities(&standing, view->capabilities);
}

static int view_events(const struct supervision *supervision, uint64_t now, struct gateway_snapshot *snapshot)
{
    snapshot->events = calloc(SUPERVISION_EVENTS, sizeof(*snapshot->events));
    if (!snapshot->events)
        return -ENOMEM;
    uint64_t end = supervision->event_count, first = end > SUPERVISION_EVENTS ? end - SUPERVISION_EVENTS : 0;
    for (uint64_t i = first; i < end; i++) {
        const struct supervision_event *event = &supervision->events[i % SUPERVISION_EVENTS];
        struct gateway_event_view *view = &snapshot->events[snapshot->event_count++];
        snprintf(view->process, sizeof(view->process), "%s", supervised_name(event->program));
        snprintf(view->event, sizeof(view->event), "%s", supervision_event_name(event->kind));
        describe(event, view->text, sizeof(view->text));
        view->pid = event->pid;
        view->epoch = event->epoch;
        view->age_ms = milliseconds(now, event->at);
    }
    return 0;
}

int snapshot_view_processes(const struct control *control, uint64_t now, struct gateway_snapshot *snapshot)
{
    struct supervision supervision;
    bool is_known = control->supervision && !supervision_read(control->supervision, &supervision);
    struct gateway_process_view *views = snapshot->processes;
    view_header(control->tables.segments[SEGMENT_INTENT], control->started_at, now, &views[SUPERVISED_CONTROL]);
    view_header(control->tables.segments[SEGMENT_STATE], control->dataplane_seen_at ? control->dataplane_seen_at : now,
                now, &views[SUPERVISED_DATAPLANE]);
    snapshot->process_count = is_known ? SUPERVISED_PROGRAMS : SUPERVISED_SUPERVISE;
    for (unsigned i = 0; i < snapshot->process_count; i++)
        snprintf(views[i].name, sizeof(views[i].name), "%s", supervised_name(i));
    for (unsigned i = SUPERVISED_SUPERVISE; i < snapshot->process_count; i++)
        view_program(&supervision.programs[i], now, &views[i]);
    for (unsigned i = 0; i < snapshot->process_count; i++)
        view_standing(&views[i]);
    if (!is_known)
        return 0;
    for (unsigned i = 0; i < SUPERVISED_PROGRAMS; i++)
        view_life(&supervision.programs[i], now, &views[i]);
    return view_events(&supervision, now, snapshot);
}
