// SPDX-License-Identifier: Apache-2.0
#include "media_figures.h"

static uint32_t get32(const _Atomic uint32_t *value)
{
    return atomic_load_explicit((_Atomic uint32_t *)value, memory_order_relaxed);
}

// Interarrival jitter is in clock units (RFC 3550 6.4.1).
static uint32_t jitter_us(uint32_t jitter, uint32_t clock_rate)
{
    return clock_rate ? (uint32_t)((uint64_t)jitter * 1000000 / clock_rate) : 0;
}

bool media_figures_of_stream(const struct control *control, struct record_link stream, uint32_t clock_rate,
                             struct media_figures *ret_figures)
{
    const struct stream_state *state = tables_stream_state(&control->tables, stream.index);
    if (get32(&state->generation) != stream.generation)
        return false;
    *ret_figures = (struct media_figures){.packets = counter_get(&state->packets),
                                          .bytes = counter_get(&state->bytes),
                                          .lost = counter_get(&state->lost),
                                          .plis = counter_get(&state->plis_sent),
                                          .nacks = counter_get(&state->nacks_sent),
                                          .repaired = counter_get(&state->packets_repaired),
                                          .kbps = get32(&state->kbps),
                                          .jitter_us = jitter_us(get32(&state->jitter), clock_rate),
                                          .ssrc = get32(&state->bindings[0].ssrc)};
    return true;
}

bool media_figures_of_route(const struct control *control, struct record_link route, uint32_t clock_rate,
                            struct media_figures *ret_figures)
{
    const struct route_state *state = tables_route_state(&control->tables, route.index);
    if (get32(&state->generation) != route.generation)
        return false;
    *ret_figures = (struct media_figures){.packets = counter_get(&state->packets),
                                          .bytes = counter_get(&state->octets),
                                          .lost = get32(&state->cumulative_lost),
                                          .plis = counter_get(&state->plis_received),
                                          .nacks = counter_get(&state->nacks_received),
                                          .repaired = counter_get(&state->rtx_packets),
                                          .kbps = get32(&state->kbps),
                                          .jitter_us = jitter_us(get32(&state->jitter), clock_rate),
                                          .rtt_us = get32(&state->rtt_us),
                                          .fraction_lost = get32(&state->fraction_lost)};
    return true;
}
