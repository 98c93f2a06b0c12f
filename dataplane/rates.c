// SPDX-License-Identifier: Apache-2.0
// How fast it goes: bits per second of a transport, its streams and its routes, over the time since the last report.
#include "tick.h"

// A sum that is smaller than at the mark belongs to a new owner of the record.
static uint32_t rate(uint64_t bytes, uint64_t *mark, uint64_t elapsed)
{
    uint64_t grown = bytes > *mark ? bytes - *mark : 0;
    *mark = bytes;
    double kbps = elapsed ? (double)grown * 8e6 / (double)elapsed : 0;
    return kbps < UINT32_MAX ? (uint32_t)kbps : UINT32_MAX;
}

static void store(_Atomic uint32_t *to, uint32_t kbps)
{
    atomic_store_explicit(to, kbps, memory_order_relaxed);
}

static void add_grown(_Atomic uint64_t *sum, uint64_t counted, uint64_t *mark)
{
    counter_add(sum, counted - *mark);
    *mark = counted;
}

void rates_sum_stream(struct worker *worker, uint32_t index)
{
    struct stream_entry *entry = entry_stream(worker->entries, index);
    struct stream_state *stream = tables_stream_state(worker->tables, index);
    struct transport_state *transport = tables_transport_state(worker->tables, entry->transport);
    for (unsigned i = 0; i < STREAM_MAX_BINDINGS; i++) {
        const struct stream_binding *binding = &stream->bindings[i];
        uint64_t packets = counter_get(&binding->packets), bytes = counter_get(&binding->bytes);
        if (packets == entry->binding_packets[i])
            continue;
        counter_add(&transport->packets_received, packets - entry->binding_packets[i]);
        counter_add(&transport->bytes_received, bytes - entry->binding_bytes[i]);
        add_grown(&stream->packets, packets, &entry->binding_packets[i]);
        add_grown(&stream->bytes, bytes, &entry->binding_bytes[i]);
        if (counter_get(&binding->last_received) > counter_get(&transport->last_received))
            atomic_store_explicit(&transport->last_received, counter_get(&binding->last_received),
                                  memory_order_relaxed);
    }
}

void rates_sum_route(struct worker *worker, uint32_t index)
{
    struct route_entry *entry = entry_route(worker->entries, index);
    struct transport_state *transport = tables_transport_state(worker->tables, entry->transport);
    uint64_t packets = counter_get(&entry->state->packets) + counter_get(&entry->state->rtx_packets);
    if (packets == entry->sent_packets)
        return;
    add_grown(&transport->packets_sent, packets, &entry->sent_packets);
    add_grown(&transport->bytes_sent, counter_get(&entry->state->bytes), &entry->sent_bytes);
}

void rates_sum(struct worker *worker, const struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++)
        rates_sum_stream(worker, transport->upkeep->streams[i]);
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next)
        rates_sum_route(worker, i);
}

void rates_measure(struct worker *worker, struct transport_entry *transport)
{
    uint64_t elapsed = worker->now - transport->upkeep->last_report;
    struct transport_state *state = tables_transport_state(worker->tables, transport->index);
    transport->upkeep->receive_kbps =
        rate(counter_get(&state->bytes_received), &transport->upkeep->receive_bytes_mark, elapsed);
    store(&state->receive_kbps, transport->upkeep->receive_kbps);
    store(&state->send_kbps, rate(counter_get(&state->bytes_sent), &transport->upkeep->send_bytes_mark, elapsed));
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_state *stream = tables_stream_state(worker->tables, transport->upkeep->streams[i]);
        struct stream_entry *entry = entry_stream(worker->entries, transport->upkeep->streams[i]);
        store(&stream->kbps, rate(counter_get(&stream->bytes), &entry->bytes_mark, elapsed));
    }
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next) {
        struct route_state *route = tables_route_state(worker->tables, i);
        store(&route->kbps, rate(counter_get(&route->octets), &worker->entries->routes[i].bytes_mark, elapsed));
    }
}
