// SPDX-License-Identifier: Apache-2.0
#include "faults.h"

#include "chance.h"
#include "control_process.h"
#include "dataplane_process.h"
#include "machine.h"
#include "peers.h"
#include "process.h"
#include "simulation.h"

#include <stdlib.h>

#define PATIENCE_NS (300 * MILLISECOND) // after which a process that writes nothing is killed where it stands
#define HOUR        3600
#define TEN_YEARS   (10LL * 366 * 24 * HOUR)

struct fault_counts fault_counts;

static struct {
    uint64_t control_at, dataplane_at, step_at, pause_at, move_at; // next
    uint64_t control_patience, dataplane_patience;                 // 0: not doomed
    uint64_t control_back, dataplane_back;                         // 0: alive
} plan;

static uint64_t in_seconds(unsigned least, unsigned most)
{
    return simulation.now + chance_between(CHANCE_FAULTS, least * 1000ULL, most * 1000ULL) * MILLISECOND;
}

void faults_open(void)
{
    plan.control_at = in_seconds(1, 10);
    plan.dataplane_at = in_seconds(2, 15);
    plan.step_at = in_seconds(1, 5);
    plan.pause_at = in_seconds(5, 30);
    plan.move_at = in_seconds(2, 8);
}

static unsigned choose_fuse(void)
{
    return (unsigned)(chance_of(CHANCE_FAULTS, 700) ? chance_between(CHANCE_FAULTS, 1, 40)
                                                    : chance_between(CHANCE_FAULTS, 1, 600));
}

static void doom(enum process process, uint64_t *at, uint64_t *patience, unsigned most_seconds)
{
    if (simulation.now >= *at) {
        *at = in_seconds(2, most_seconds);
        *patience = simulation.now + PATIENCE_NS;
        process_kill_after(process, choose_fuse());
    }
}

static void kill_control(void)
{
    doom(PROCESS_CONTROL, &plan.control_at, &plan.control_patience, 10);
    if (plan.control_patience && simulation.now >= plan.control_patience && control_is_alive() &&
        process_is_doomed(PROCESS_CONTROL))
        control_die();
}

static void kill_dataplane(void)
{
    doom(PROCESS_DATAPLANE, &plan.dataplane_at, &plan.dataplane_patience, 15);
    if (plan.dataplane_patience && simulation.now >= plan.dataplane_patience && dataplane_is_alive() &&
        process_is_doomed(PROCESS_DATAPLANE))
        dataplane_die();
}

static void note_pause(uint64_t ns)
{
    for (unsigned i = 0; i < peers.count; i++) {
        struct peer *peer = &peers.list[i];
        bool is_setting_up = peer->state < PEER_IS_UP || !peer->is_known_connected;
        if (ns > 20 * SECOND || (ns > 2 * SECOND && is_setting_up))
            peer->was_paused |= peer->state != PEER_TO_COME;
    }
}

// counts: the monotonic clock goes on meanwhile, as in a stopped virtual machine, and unlike in a suspended one.
static void pause_machine(bool counts)
{
    uint64_t ms = chance_of(CHANCE_FAULTS, 100) ? chance_between(CHANCE_FAULTS, 31000, 45000)
                                                : chance_between(CHANCE_FAULTS, 100, 18000);
    trace("the machine stands still for %lu ms, its clock %s", (unsigned long)ms, counts ? "goes on" : "too");
    simulation.paused_until = simulation.now + ms * MILLISECOND;
    if (!counts)
        simulation.lag += ms * MILLISECOND; // nobody looks at that clock before it is right again
    note_pause(ms * MILLISECOND);
    plan.pause_at = simulation.paused_until + chance_between(CHANCE_FAULTS, 15000, 30000) * MILLISECOND;
    fault_counts.pauses++;
}

static void step_clock(void)
{
    static const int64_t steps[] = {HOUR, -HOUR, TEN_YEARS, -TEN_YEARS, 0};
    int64_t to = steps[chance_between(CHANCE_FAULTS, 0, 4)];
    trace("the wall clock is set to be wrong by %ld s", (long)to);
    simulation.wall_offset = to;
    fault_counts.steps++;
}

static void disturb_clock(unsigned faults)
{
    if (faults & FAULT_CLOCK && simulation.now >= plan.step_at) {
        // OpenSSL looks at that clock while a handshake lasts, which is not for long.
        plan.step_at = simulation.options.openssl
                           ? simulation.now + chance_between(CHANCE_FAULTS, 10, 400) * MILLISECOND
                           : in_seconds(1, 8);
        step_clock();
    }
    if (faults & FAULT_PAUSE && simulation.now >= plan.pause_at)
        pause_machine(chance_of(CHANCE_FAULTS, 600));
}

static void done(struct gateway_request *request)
{
    gateway_snapshot_free(request->snapshot);
    trace("shard %u to worker %u: %d", request->change.index, request->change.worker, request->status);
}

static void move_shard(void)
{
    if (simulation.now < plan.move_at)
        return;
    plan.move_at = in_seconds(1, 8);
    struct gateway_request request = {.operation = GATEWAY_OPERATE,
                                      .done = done,
                                      .change = {.scope = SCOPE_SHARD,
                                                 .index = (unsigned)chance_between(CHANCE_FAULTS, 0, SHARDS - 1),
                                                 .moves = true,
                                                 .worker = (unsigned)chance_between(CHANCE_FAULTS, 0, WORKERS - 1)}};
    fault_counts.moves++;
    control_ask(&request);
}

void faults_step(bool go_on)
{
    unsigned faults = go_on ? simulation.options.faults : 0;
    if (faults & FAULT_KILL_CONTROL)
        kill_control();
    if (faults & FAULT_KILL_DATAPLANE)
        kill_dataplane();
    disturb_clock(faults);
    if (faults & FAULT_MOVE)
        move_shard();
    if (!go_on) {
        process_kill_after(PROCESS_CONTROL, 0);
        process_kill_after(PROCESS_DATAPLANE, 0);
        simulation.wall_offset = 0;
    }
}

static bool comes_back(uint64_t *back)
{
    if (!*back)
        *back = simulation.now + chance_between(CHANCE_FAULTS, 20, 400) * MILLISECOND;
    if (simulation.now < *back)
        return false;
    *back = 0;
    return true;
}

void faults_supervise(void)
{
    if (!dataplane_is_alive() && comes_back(&plan.dataplane_back)) {
        fault_counts.dataplane_kills++;
        plan.dataplane_patience = 0;
        if (simulation.options.faults & FAULT_KILL_DATAPLANE && chance_of(CHANCE_FAULTS, 200))
            process_kill_after(PROCESS_DATAPLANE, choose_fuse());
        dataplane_start();
    }
    if (!control_is_alive() && comes_back(&plan.control_back)) {
        fault_counts.control_kills++;
        plan.control_patience = 0;
        if (simulation.options.faults & FAULT_KILL_CONTROL && chance_of(CHANCE_FAULTS, 300))
            process_kill_after(PROCESS_CONTROL, choose_fuse());
        control_start();
    }
}
