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

bool watchdog_look(struct watchdog *watchdog, uint64_t now, uint64_t heartbeat, bool ready)
{
    if (now - watchdog->last_look > WATCHDOG_LATE_NS)
        forgive(watchdog, now);
    watchdog->last_look = now;
    bool became_ready = ready && !watchdog->ready;
    // Until it is ready a heartbeat is no excuse: a start that takes for ever hangs too.
    if (became_ready || (watchdog->ready && heartbeat != watchdog->heartbeat))
        watchdog->last_change = now;
    watchdog->ready = watchdog->ready || ready;
    watchdog->heartbeat = heartbeat;
    return now - watchdog->last_change > (watchdog->ready ? WATCHDOG_SILENCE_NS : WATCHDOG_START_NS);
}
