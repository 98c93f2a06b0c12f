// SPDX-License-Identifier: Apache-2.0
#include "placement.h"

#include "control_parts.h"

#include <assert.h>
#include <errno.h>

#define FULL          1000u
#define NEAR          250u // loads that differ by less are alike: then the number of sessions decides
#define ENOUGH_TO_SAY 64u  // sessions: the mean of fewer says nothing about the next one
#define SET_UPS       32   // over how many is learnt

struct candidate {
    uint32_t load, sessions, setups, shard;
    bool has_shard; // one that takes new rooms, with the fewest sessions
};

void placement_count(struct control *control, uint32_t shard, int sessions, int setups)
{
    assert(shard < control->tables.limits.shards);
    control->placement.sessions[shard] += (uint32_t)sessions;
    control->placement.setups[shard] += (uint32_t)setups;
}

void placement_learn(struct control *control, bool came_up)
{
    int failing = (int)control->placement.failing;
    control->placement.failing = (uint32_t)(failing + ((came_up ? 0 : (int)FULL) - failing) / SET_UPS);
}

uint32_t placement_load(const struct control *control, uint32_t worker)
{
    struct worker_state *state = tables_worker_state(&control->tables, worker);
    uint32_t load = atomic_load_explicit(&state->load, memory_order_relaxed);
    return load < FULL ? load : FULL;
}

static void look_at_shards(const struct control *control, uint32_t worker, struct candidate *candidate)
{
    const struct placement *placement = &control->placement;
    for (uint32_t shard = 0; shard < control->tables.limits.shards; shard++) {
        if (control->intents.shards[shard].worker != worker)
            continue;
        candidate->sessions += placement->sessions[shard];
        candidate->setups += placement->setups[shard];
        if (control->intents.shards[shard].draining ||
            (candidate->has_shard && placement->sessions[shard] >= placement->sessions[candidate->shard]))
            continue;
        candidate->shard = shard;
        candidate->has_shard = true;
    }
}

// The load shows up with the media. What is being set up counts beforehand as much as the mean of the others, as far as
// set-ups came up of late, and all of it no more than they do: who sets up many may mean none.
static struct candidate look_at(const struct control *control, uint32_t worker)
{
    struct candidate candidate = {.load = placement_load(control, worker)};
    look_at_shards(control, worker, &candidate);
    uint32_t settled = candidate.sessions - candidate.setups;
    uint32_t counted = candidate.setups < settled ? candidate.setups : settled;
    if (settled >= ENOUGH_TO_SAY)
        candidate.load +=
            (uint32_t)((uint64_t)candidate.load * counted * (FULL - control->placement.failing) / FULL / settled);
    return candidate;
}

uint32_t placement_load_expected(const struct control *control, uint32_t worker)
{
    return look_at(control, worker).load;
}

static bool judge(struct control *control, uint32_t worker, uint32_t load)
{
    uint32_t limit = control->config->limits.worker_load * FULL / 100;
    bool *is_overloaded = &control->placement.is_overloaded[worker];
    *is_overloaded = limit < FULL && load >= (*is_overloaded ? limit - limit / 8 : limit);
    return *is_overloaded;
}

bool placement_is_overloaded(struct control *control, uint32_t worker)
{
    return judge(control, worker, placement_load_expected(control, worker));
}

int placement_pick(struct control *control, uint32_t *ret_shard, enum gateway_refusal *ret_why)
{
    const uint32_t workers = control->tables.limits.workers;
    struct candidate candidates[TABLES_MAX_WORKERS];
    uint32_t least = UINT32_MAX;
    *ret_why = REFUSED_DRAINING;
    for (uint32_t worker = 0; worker < workers; worker++) {
        struct candidate *candidate = &candidates[worker];
        *candidate = look_at(control, worker);
        if (worker_is_draining(control, worker) || !candidate->has_shard) {
            candidate->has_shard = false;
        } else if (judge(control, worker, candidate->load)) {
            *ret_why = REFUSED_WORKER_LOAD;
            candidate->has_shard = false;
        } else if (candidate->load < least) {
            least = candidate->load;
        }
    }
    const struct candidate *best = NULL;
    for (uint32_t worker = 0; worker < workers; worker++)
        if (candidates[worker].has_shard && candidates[worker].load <= least + NEAR &&
            (!best || candidates[worker].sessions < best->sessions))
            best = &candidates[worker];
    if (!best)
        return -EBUSY;
    *ret_shard = best->shard;
    return 0;
}
