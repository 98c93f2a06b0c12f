// SPDX-License-Identifier: Apache-2.0
#include "watchdog.h"

void watchdog_begin(struct watchdog *watchdog, uint64_t now)
{
    *watchdog = (struct watchdog){.last_look = now, .last_change = now};
}

// The machine stood still (a paused VM, a starved host): nobody could have shown life.
static void forgive(struct watchdog *watchdog, uint64_t now)
{
    watchdog->last_change += now - watchdog->last_look;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void forgive_waiting(struct watchdog *watchdog, uint64_t now, uint64_t waited)
{
    if (watchdog->waited && waited > watchdog->waited) {
        uint64_t most = least(now - watchdog->last_look, WATCHDOG_PATIENCE_NS - watchdog->forgiven);
        uint64_t forgiven = least(waited - watchdog->waited, most);
        watchdog->forgiven += forgiven;
        watchdog->last_change += forgiven;
    }
    watchdog->waited = waited;
}

bool watchdog_look(struct watchdog *watchdog, uint64_t now, uint64_t heartbeat, bool ready, uint64_t waited)
{
    if (now - watchdog->last_look > WATCHDOG_LATE_NS)
        forgive(watchdog, now);
    else if (watchdog->ready)
        forgive_waiting(watchdog, now, waited);
    watchdog->last_look = now;
    bool became_ready = ready && !watchdog->ready;
    // Until it is ready a heartbeat is no excuse: a start that takes for ever hangs too.
    if (became_ready || (watchdog->ready && heartbeat != watchdog->heartbeat)) {
        watchdog->last_change = now;
        watchdog->waited = watchdog->forgiven = 0;
    }
    watchdog->ready = watchdog->ready || ready;
    watchdog->heartbeat = heartbeat;
    return now - watchdog->last_change > (watchdog->ready ? WATCHDOG_SILENCE_NS : WATCHDOG_START_NS);
}
