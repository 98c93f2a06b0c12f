// SPDX-License-Identifier: Apache-2.0
// Metrics of workers, their nodes and packets, and of ports. A family is a row; its samples follow from the snapshot.
#include "metrics_text.h"
#include <stddef.h>

static void put_index(char label[16], unsigned index)
{
    snprintf(label, 16, "%u", index);
}

static uint64_t count_at(const void *record, size_t offset)
{
    return *(const uint64_t *)((const char *)record + offset);
}

static void worker_gauges(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    char index[16];
    const char *const help[][2] = {
        {"naru_worker_alive", "1 if the worker shows life."},
        {"naru_worker_load_ratio", "Busy cycles of all cycles over the last second, 0 to 1."},
        {"naru_worker_overloaded", "1 if the worker takes no new sessions because it is too busy."},
        {"naru_worker_draining", "1 if the worker takes no new sessions because it is being drained."},
        {"naru_worker_transports", "Transports that the worker serves."},
        {"naru_worker_packets_under_way", "received + created - sent - consumed - dropped: 0 when quiet."},
    };
    for (unsigned family = 0; family < sizeof help / sizeof *help; family++) {
        metrics_family(text, help[family][0], "gauge", help[family][1]);
        for (unsigned i = 0; i < snapshot->worker_count; i++) {
            const struct gateway_worker_view *worker = &snapshot->workers[i];
            const double values[] = {worker->alive,       worker->load,       worker->is_overloaded,
                                     worker->is_draining, worker->transports, (double)worker->balance};
            put_index(index, worker->index);
            metrics_sample(text, help[family][0], values[family], "worker", index, NULL);
        }
    }
}

static void worker_counters(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    static const struct {
        const char *name, *help;
        size_t offset;
    } families[] = {
        {"naru_received_packets_total", "Packets from the ports.", offsetof(struct gateway_worker_view, received)},
        {"naru_sent_packets_total", "Packets to the ports.", offsetof(struct gateway_worker_view, sent)},
        {"naru_received_bytes_total", "Bytes from the ports.", offsetof(struct gateway_worker_view, received_bytes)},
        {"naru_sent_bytes_total", "Bytes to the ports.", offsetof(struct gateway_worker_view, sent_bytes)},
        {"naru_worker_walks_total", "Walks over the graph.", offsetof(struct gateway_worker_view, walks)},
        {"naru_history_stored_packets_total", "Packets of video that were kept to be sent again.",
         offsetof(struct gateway_worker_view, history_stored)},
        {"naru_history_overwritten_packets_total", "Kept packets that gave way to newer ones.",
         offsetof(struct gateway_worker_view, history_overwritten)},
        {"naru_worker_sleeps_total", "Times that the worker slept.", offsetof(struct gateway_worker_view, sleeps)},
    };
    char index[16];
    for (unsigned family = 0; family < sizeof families / sizeof *families; family++) {
        metrics_family(text, families[family].name, "counter", families[family].help);
        for (unsigned i = 0; i < snapshot->worker_count; i++) {
            put_index(index, snapshot->workers[i].index);
            metrics_sample(text, families[family].name,
                           (double)count_at(&snapshot->workers[i], families[family].offset), "worker", index, NULL);
        }
    }
}

static void named_counts(struct metrics_text *text, const char *family, const char *label, unsigned worker,
                         const struct gateway_count *counts, unsigned count)
{
    char index[16];
    put_index(index, worker);
    for (unsigned i = 0; i < count; i++)
        metrics_sample(text, family, (double)counts[i].value, "worker", index, label, counts[i].name, NULL);
}

static void packet_counts(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    metrics_family(text, "naru_created_packets_total", "counter", "Packets that the worker made, by kind.");
    for (unsigned i = 0; i < snapshot->worker_count; i++)
        named_counts(text, "naru_created_packets_total", "kind", snapshot->workers[i].index,
                     snapshot->workers[i].created, snapshot->workers[i].created_count);
    metrics_family(text, "naru_consumed_packets_total", "counter", "Packets that reached their purpose here, by kind.");
    for (unsigned i = 0; i < snapshot->worker_count; i++)
        named_counts(text, "naru_consumed_packets_total", "kind", snapshot->workers[i].index,
                     snapshot->workers[i].consumed, snapshot->workers[i].consumed_count);
    metrics_family(text, "naru_dropped_packets_total", "counter",
                   "Packets that were dropped, by reason; naru-ctl drops explains each.");
    for (unsigned i = 0; i < snapshot->worker_count; i++)
        named_counts(text, "naru_dropped_packets_total", "reason", snapshot->workers[i].index,
                     snapshot->workers[i].dropped, snapshot->workers[i].dropped_count);
    metrics_family(text, "naru_nacked_packets_total", "counter",
                   "Packets that viewers asked for again, by what became of the question.");
    for (unsigned i = 0; i < snapshot->worker_count; i++)
        named_counts(text, "naru_nacked_packets_total", "outcome", snapshot->workers[i].index,
                     snapshot->workers[i].nacked, snapshot->workers[i].nacked_count);
}

static void pools(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    metrics_family(text, "naru_pool_ran_dry_total", "counter", "Times that a worker's pool had nothing left.");
    for (unsigned i = 0; i < snapshot->worker_count; i++)
        named_counts(text, "naru_pool_ran_dry_total", "pool", snapshot->workers[i].index, snapshot->workers[i].ran_dry,
                     snapshot->workers[i].ran_dry_count);
}

static void nodes(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    static const struct {
        const char *name, *help;
        size_t offset;
    } families[] = {
        {"naru_node_calls_total", "Calls of the node.", offsetof(struct gateway_node_view, calls)},
        {"naru_node_packets_total", "Packets through the node.", offsetof(struct gateway_node_view, packets)},
        {"naru_node_cycles_total", "TSC cycles in the node.", offsetof(struct gateway_node_view, cycles)},
    };
    char index[16];
    for (unsigned family = 0; family < sizeof families / sizeof *families; family++) {
        metrics_family(text, families[family].name, "counter", families[family].help);
        for (unsigned i = 0; i < snapshot->worker_count; i++)
            for (unsigned n = 0; n < snapshot->workers[i].node_count; n++) {
                const struct gateway_node_view *node = &snapshot->workers[i].nodes[n];
                put_index(index, snapshot->workers[i].index);
                metrics_sample(text, families[family].name, (double)count_at(node, families[family].offset), "worker",
                               index, "node", node->name, NULL);
            }
    }
}

void metrics_workers(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    worker_gauges(text, snapshot);
    worker_counters(text, snapshot);
    packet_counts(text, snapshot);
    pools(text, snapshot);
    nodes(text, snapshot);
}

void metrics_ports(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    static const struct {
        const char *name, *help;
        size_t offset;
    } families[] = {
        {"naru_port_received_packets_total", "Packets from the device.", offsetof(struct gateway_port_view, received)},
        {"naru_port_received_bytes_total", "Bytes from the device.",
         offsetof(struct gateway_port_view, received_bytes)},
        {"naru_port_sent_packets_total", "Packets to the device.", offsetof(struct gateway_port_view, sent)},
        {"naru_port_sent_bytes_total", "Bytes to the device.", offsetof(struct gateway_port_view, sent_bytes)},
        {"naru_port_missed_packets_total",
         "Packets that the device dropped for want of room in its ring or of packet buffers.",
         offsetof(struct gateway_port_view, missed)},
        {"naru_port_errors_total", "Packets that the device reported as broken.",
         offsetof(struct gateway_port_view, errors)},
    };
    char index[16];
    metrics_family(text, "naru_port_link_up", "gauge", "1 if the device has a link.");
    for (unsigned i = 0; i < snapshot->port_count; i++) {
        put_index(index, snapshot->ports[i].index);
        metrics_sample(text, "naru_port_link_up", snapshot->ports[i].link_up, "port", index, "device",
                       snapshot->ports[i].device, NULL);
    }
    for (unsigned family = 0; family < sizeof families / sizeof *families; family++) {
        metrics_family(text, families[family].name, "counter", families[family].help);
        for (unsigned i = 0; i < snapshot->port_count; i++) {
            put_index(index, snapshot->ports[i].index);
            metrics_sample(text, families[family].name, (double)count_at(&snapshot->ports[i], families[family].offset),
                           "port", index, NULL);
        }
    }
}
