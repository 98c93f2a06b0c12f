// SPDX-License-Identifier: Apache-2.0
#include "control_process.h"

#include "chance.h"
#include "machine.h"
#include "process.h"
#include "rules.h"
#include "simulation.h"
#include "standin.h"

#include <stdlib.h>
#include <unistd.h>

#define HEARTBEAT_NS (100 * MILLISECOND)
#define WATCH_NS     SECOND
#define TICK_NS      (20 * MILLISECOND)
#define SETTLE_NS    (10 * MILLISECOND)
#define TURNS_MOST   100

struct control control_shard;

static struct {
    bool is_alive;
    uint64_t heartbeat_at, watch_at, tick_at, settle_at; // when it is next
    struct gateway_request *request;
    int wakes[WORKERS];
    uint64_t epoch;
} process = {.wakes = {-1, -1}};

static void fill_random(void *bytes, size_t size)
{
    chance_fill(CHANCE_CONTROL, bytes, size);
}

static const struct system simulated = {
    .monotonic = simulation_monotonic, .wall = simulation_wall, .random = fill_random};

static void open_shard(void)
{
    struct control_setup setup = {.config = &machine.config,
                                  .journal_fd = machine.journal,
                                  .worker_wakes = process.wakes,
                                  .epoch = process.epoch,
                                  .system = &simulated,
                                  .dtls = simulation.options.openssl ? &dtls_openssl : &standin_engine};
    machine_fds(TABLES_CONTROL, setup.fds);
    int error = control_open(&setup, simulation_monotonic(), &control_shard);
    if (error) {
        broken("naru-control does not start: error %d", error);
        exit(1);
    }
}

void control_start(void)
{
    uint64_t now = simulation_monotonic();
    process.epoch = machine_next_epoch(TABLES_CONTROL);
    process.heartbeat_at = process.watch_at = process.tick_at = process.settle_at = now;
    process.is_alive = true;
    trace("control begins, epoch %lu", (unsigned long)process.epoch);
    if (!process_run(PROCESS_CONTROL, open_shard)) {
        control_die();
        return;
    }
    rules_take_over();
}

bool control_is_alive(void)
{
    return process.is_alive;
}

// As the kernel does: mappings and memory go, nothing is said to anybody.
void control_die(void)
{
    process.is_alive = false;
    process_kill_after(PROCESS_CONTROL, 0);
    trace("control is killed");
    tables_detach(&control_shard.tables);
    journal_close(&control_shard.journal);
    dtls_identity_free(&control_shard.identity);
    process_free_memory();
    control_shard = (struct control){0};
    rules_check_journal();
}

static bool is_due(uint64_t *at, uint64_t interval)
{
    uint64_t now = simulation_monotonic();
    if (now < *at)
        return false;
    *at = now + interval;
    return true;
}

static bool is_unsettled(void)
{
    const struct intents *intents = &control_shard.intents;
    return control_shard.held_count || intents->oldest != UINT32_MAX || intents->orphans;
}

static void step(void)
{
    uint64_t now = simulation_monotonic();
    struct segment_header *intent = control_shard.tables.segments[SEGMENT_INTENT];
    for (unsigned turn = 0; turn < TURNS_MOST && control_receive(&control_shard, now); turn++)
        ;
    if (is_due(&process.heartbeat_at, HEARTBEAT_NS)) {
        atomic_store(&intent->owner_epoch, control_shard.epoch);
        atomic_store(&intent->heartbeat, now);
        atomic_store(&intent->owner_ready, 1);
    }
    if (is_due(&process.watch_at, WATCH_NS))
        control_watch(&control_shard, now);
    if (control_has_ticks(&control_shard) && is_due(&process.tick_at, TICK_NS))
        control_tick(&control_shard, now);
    if (is_unsettled() && is_due(&process.settle_at, SETTLE_NS))
        control_settle(&control_shard, now);
}

bool control_step(void)
{
    return process_run(PROCESS_CONTROL, step);
}

static void serve(void)
{
    control_request(&control_shard, process.request, simulation_monotonic());
}

bool control_ask(struct gateway_request *request)
{
    if (!process.is_alive || simulation.now < simulation.paused_until)
        return false;
    process.request = request;
    process_hand_over(request->sdp);
    bool lived = process_run(PROCESS_CONTROL, serve);
    if (!lived)
        control_die();
    return lived;
}

static void close_shard(void)
{
    control_close(&control_shard);
}

void control_halt(void)
{
    process_run(PROCESS_CONTROL, close_shard);
    process.is_alive = false;
    if (process_block_count())
        broken("naru-control leaves %zu blocks of memory", process_block_count());
    process_free_memory();
}
