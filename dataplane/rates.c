// SPDX-License-Identifier: Apache-2.0
// How fast it goes: bits per second of a transport, its streams and its routes, over the time since the last report.
#include "tick.h"

static uint32_t rate(uint64_t bytes, uint64_t *mark, uint64_t elapsed)
{
    uint64_t grown = bytes - *mark;
    *mark = bytes;
    return elapsed ? (uint32_t)((double)grown * 8e6 / (double)elapsed) : 0;
}

static void store(_Atomic uint32_t *to, uint32_t kbps)
{
    atomic_store_explicit(to, kbps, memory_order_relaxed);
}

void rates_measure(struct worker *worker, struct transport_entry *transport)
{
    uint64_t elapsed = worker->now - transport->last_report;
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    transport->receive_kbps = rate(counter_get(&state->bytes_received), &transport->receive_bytes_mark, elapsed);
    store(&state->receive_kbps, transport->receive_kbps);
    store(&state->send_kbps, rate(counter_get(&state->bytes_sent), &transport->send_bytes_mark, elapsed));
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_state *stream = tables_stream_state(worker->tables, transport->streams[i]);
        struct stream_entry *entry = entry_stream(worker->entries, transport->streams[i]);
        store(&stream->kbps, rate(counter_get(&stream->bytes), &entry->bytes_mark, elapsed));
    }
    for (uint32_t i = transport->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next) {
        struct route_state *route = tables_route_state(worker->tables, i);
        store(&route->kbps, rate(counter_get(&route->octets), &worker->entries->routes[i].bytes_mark, elapsed));
    }
}
