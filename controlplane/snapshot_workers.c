// SPDX-License-Identifier: Apache-2.0
// Workers, their counters, and ports, as one looks at them.
#include "snapshot_parts.h"

#include "control_parts.h"
#include "release.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gateway_count *view_counts(const _Atomic uint64_t *counters, const char *const *names,
                                         const char *const *help, unsigned count, uint64_t *ret_sum)
{
    struct gateway_count *view = calloc(count, sizeof(*view));
    *ret_sum = 0;
    for (unsigned i = 0; view && i < count; i++) {
        view[i] = (struct gateway_count){names[i], help ? help[i] : "", counter_get(&counters[i])};
        *ret_sum += view[i].value;
    }
    return view;
}

static int view_nodes(const struct worker_state *state, struct gateway_worker_view *view)
{
    view->nodes = calloc(COUNTERS_MAX_NODES, sizeof(*view->nodes));
    if (!view->nodes)
        return -ENOMEM;
    for (unsigned i = 0; i < COUNTERS_MAX_NODES && state->nodes[i].name[0]; i++) {
        struct gateway_node_view *node = &view->nodes[view->node_count++];
        memcpy(node->name, state->nodes[i].name, sizeof(node->name));
        node->name[sizeof(node->name) - 1] = 0;
        node->calls = counter_get(&state->nodes[i].calls);
        node->packets = counter_get(&state->nodes[i].packets);
        node->cycles = counter_get(&state->nodes[i].cycles);
    }
    return 0;
}

static void view_basics(const struct worker_state *state, uint64_t now, struct gateway_worker_view *view)
{
    uint64_t heartbeat = counter_get(&state->heartbeat);
    view->epoch = counter_get(&state->epoch);
    view->heartbeat_age_ms = now > heartbeat ? (now - heartbeat) / 1000000 : 0;
    view->alive = heartbeat && view->heartbeat_age_ms <= CONTROL_STALE_TIME / 1000000;
    view->cycles_per_second = counter_get(&state->cycles_per_second);
    view->received = counter_get(&state->received);
    view->sent = counter_get(&state->sent);
    view->received_bytes = counter_get(&state->received_bytes);
    view->sent_bytes = counter_get(&state->sent_bytes);
    view->walks = counter_get(&state->walks);
    view->history_stored = counter_get(&state->history_stored);
    view->history_overwritten = counter_get(&state->history_overwritten);
    view->sleeps = counter_get(&state->sleeps);
    view->cpu = atomic_load_explicit(&((struct worker_state *)state)->cpu, memory_order_relaxed);
    view->transports = atomic_load_explicit(&((struct worker_state *)state)->transports, memory_order_relaxed);
}

// A dataplane of another release counts under names of its own: only the sum of each list means anything here.
static void sum_up(struct gateway_count *counts, unsigned *count, const _Atomic uint64_t *counters, unsigned room)
{
    counts[0] = (struct gateway_count){"of_another_release", "counted by a naru-dataplane of another release", 0};
    for (unsigned i = 0; i < room; i++)
        counts[0].value += counter_get(&counters[i]);
    *count = 1;
}

static int view_kinds(const struct worker_state *state, bool known, struct gateway_worker_view *view)
{
    uint64_t created, consumed, dropped, nacked;
    view->created_count = CREATE_KINDS;
    view->consumed_count = CONSUME_KINDS;
    view->dropped_count = DROP_REASONS;
    view->nacked_count = NACK_OUTCOMES;
    view->created = view_counts(state->created, create_kind_names, NULL, CREATE_KINDS, &created);
    view->consumed = view_counts(state->consumed, consume_kind_names, NULL, CONSUME_KINDS, &consumed);
    view->dropped = view_counts(state->dropped, drop_reason_names, drop_reason_help, DROP_REASONS, &dropped);
    view->nacked = view_counts(state->nacked, nack_outcome_names, NULL, NACK_OUTCOMES, &nacked);
    if (!view->created || !view->consumed || !view->dropped || !view->nacked)
        return -ENOMEM;
    if (!known) {
        sum_up(view->created, &view->created_count, state->created, CREATE_KINDS_MAX);
        sum_up(view->consumed, &view->consumed_count, state->consumed, CONSUME_KINDS_MAX);
        sum_up(view->dropped, &view->dropped_count, state->dropped, DROP_REASONS_MAX);
        sum_up(view->nacked, &view->nacked_count, state->nacked, NACK_OUTCOMES_MAX);
        created = view->created[0].value, consumed = view->consumed[0].value, dropped = view->dropped[0].value;
    }
    view->balance = (int64_t)(counter_get(&state->received) + created - counter_get(&state->sent) - consumed - dropped);
    return 0;
}

static int view_worker(const struct control *control, unsigned index, uint64_t now, struct gateway_worker_view *view)
{
    const struct worker_state *state = tables_worker_state(&control->tables, index);
    uint64_t ran_dry;
    view->index = index;
    view->is_draining = worker_is_draining(control, index);
    view->ran_dry_count = POOL_KINDS;
    view->ran_dry = view_counts(state->ran_dry, pool_kind_names, NULL, POOL_KINDS, &ran_dry);
    if (!view->ran_dry || view_kinds(state, release_knows_counters(&control->tables), view) || view_nodes(state, view))
        return -ENOMEM;
    view_basics(state, now, view);
    if (view->alive) { // what a dead worker told last is of no second any more
        view->load = placement_load(control, index) / 1000.0;
        view->is_overloaded = control->placement.is_overloaded[index];
    }
    return 0;
}

int snapshot_view_workers(const struct control *control, uint64_t now, struct gateway_snapshot *snapshot)
{
    uint32_t workers = control->tables.limits.workers;
    snapshot->workers = calloc(workers, sizeof(*snapshot->workers));
    if (!snapshot->workers)
        return -ENOMEM;
    for (uint32_t i = 0; i < workers; i++) {
        snapshot->worker_count++;
        if (view_worker(control, i, now, &snapshot->workers[i]))
            return -ENOMEM;
    }
    return 0;
}

static void view_shard(const struct control *control, unsigned index, struct gateway_shard_view *view)
{
    const struct tables_limits *limits = &control->tables.limits;
    view->index = index;
    view->worker = control->intents.shards[index].worker;
    view->sessions = control->placement.sessions[index];
    view->first_port = shard_ice_port(limits, index);
    view->ports = limits->ports_per_shard;
    view->is_draining = control->intents.shards[index].draining;
    view->is_moving = intents_shard_moves(&control->intents, index);
}

int snapshot_view_shards(const struct control *control, struct gateway_snapshot *snapshot)
{
    uint32_t shards = control->tables.limits.shards;
    snapshot->shards = calloc(shards, sizeof(*snapshot->shards));
    if (!snapshot->shards)
        return -ENOMEM;
    snapshot->shard_count = shards;
    for (uint32_t i = 0; i < shards; i++)
        view_shard(control, i, &snapshot->shards[i]);
    const struct room *room;
    TAILQ_FOREACH(room, &control->rooms.all, all)
    snapshot->shards[room->shard].rooms++;
    return 0;
}

static void copy_text(char *to, const char *from, size_t size)
{
    memcpy(to, from, size); // another process writes it: nothing says that it is terminated
    to[size - 1] = 0;
}

static void view_port(const struct port_state *state, unsigned index, struct gateway_port_view *view)
{
    view->index = index;
    copy_text(view->device, state->device, sizeof(view->device));
    copy_text(view->offloads, state->offloads, sizeof(view->offloads));
    snprintf(view->mac, sizeof(view->mac), "%02x:%02x:%02x:%02x:%02x:%02x", state->mac[0], state->mac[1], state->mac[2],
             state->mac[3], state->mac[4], state->mac[5]);
    view->link_up = atomic_load_explicit(&((struct port_state *)state)->link_up, memory_order_relaxed);
    view->received = counter_get(&state->received);
    view->received_bytes = counter_get(&state->received_bytes);
    view->sent = counter_get(&state->sent);
    view->sent_bytes = counter_get(&state->sent_bytes);
    view->missed = counter_get(&state->missed);
    view->errors = counter_get(&state->errors);
}

int snapshot_view_ports(const struct control *control, struct gateway_snapshot *snapshot)
{
    snapshot->ports = calloc(TABLES_MAX_PORTS, sizeof(*snapshot->ports));
    if (!snapshot->ports)
        return -ENOMEM;
    for (uint32_t i = 0; i < TABLES_MAX_PORTS; i++) {
        const struct port_state *state = tables_port_state(&control->tables, i);
        if (state->device[0])
            view_port(state, i, &snapshot->ports[snapshot->port_count++]);
    }
    return 0;
}

void gateway_snapshot_free(struct gateway_snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (unsigned i = 0; i < snapshot->worker_count; i++) {
        free(snapshot->workers[i].created);
        free(snapshot->workers[i].consumed);
        free(snapshot->workers[i].dropped);
        free(snapshot->workers[i].nacked);
        free(snapshot->workers[i].ran_dry);
        free(snapshot->workers[i].nodes);
    }
    free(snapshot->workers);
    free(snapshot->shards);
    free(snapshot->rooms);
    free(snapshot->sessions);
    free(snapshot->ports);
    free(snapshot->events);
    free(snapshot);
}
