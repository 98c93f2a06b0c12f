// SPDX-License-Identifier: Apache-2.0
// Who may come in, and when the gateway as a whole can serve at all.
#include "control_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void refuse(struct gateway_request *request, enum gateway_status status, unsigned retry_after, const char *format, ...)
{
    request->status = status;
    request->retry_after = retry_after;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(request->detail, sizeof(request->detail), format, arguments);
    va_end(arguments);
}

enum control_readiness control_readiness(const struct control *control, uint64_t now)
{
    struct segment_header *state = control->tables.segments[SEGMENT_STATE];
    uint64_t heartbeat = atomic_load_explicit(&state->heartbeat, memory_order_acquire);
    if (control->is_draining)
        return CONTROL_DRAINING;
    if (!atomic_load_explicit(&state->owner_ready, memory_order_acquire))
        return CONTROL_NO_DATAPLANE;
    return now > heartbeat && now - heartbeat > CONTROL_STALE_TIME ? CONTROL_DATAPLANE_STALE : CONTROL_READY;
}

const char *control_readiness_text(enum control_readiness readiness)
{
    static const char *const texts[] = {[CONTROL_READY] = "ready",
                                        [CONTROL_DRAINING] = "the gateway is shutting down",
                                        [CONTROL_NO_DATAPLANE] = "the dataplane is not ready",
                                        [CONTROL_DATAPLANE_STALE] = "the dataplane shows no sign of life"};
    return texts[readiness];
}

static bool take_allowance(struct control *control, uint64_t now)
{
    double rate = control->config->limits.setups_per_second;
    control->setup_allowance += (double)(now - control->allowance_at) * rate / CONTROL_SECOND;
    if (control->setup_allowance > 2 * rate)
        control->setup_allowance = 2 * rate;
    control->allowance_at = now;
    if (control->setup_allowance < 1)
        return false;
    control->setup_allowance -= 1;
    return true;
}

int admit(struct control *control, struct gateway_request *request, uint64_t now)
{
    enum control_readiness readiness = control_readiness(control, now);
    if (readiness != CONTROL_READY)
        refuse(request, GATEWAY_OVERLOADED, readiness == CONTROL_DRAINING ? 10 : 1, "%s",
               control_readiness_text(readiness));
    else if (control->intents.transports.count == 0)
        refuse(request, GATEWAY_OVERLOADED, 5, "all %u sessions are taken (limits.transports)",
               control->tables.limits.transports);
    else if (control->setup_count >= control->config->limits.half_open_handshakes)
        refuse(request, GATEWAY_TOO_MANY_REQUESTS, 1, "%u sessions are being set up (limits.half-open-handshakes)",
               control->setup_count);
    else if (!take_allowance(control, now))
        refuse(request, GATEWAY_TOO_MANY_REQUESTS, 1, "more than %u new sessions a second (limits.setups-per-second)",
               control->config->limits.setups_per_second);
    else
        return 0;
    return -EBUSY;
}
