// SPDX-License-Identifier: Apache-2.0
#include "neighbour.h"

#include <errno.h>

#define MAC_VALID   (1ULL << 48)
#define MILLISECOND 1000000ULL

static int find(struct neighbour_table *table, const uint8_t ip[16])
{
    for (int i = 0; i < NEIGHBOUR_MAX; i++) {
        struct neighbour *entry = &table->entries[i];
        if (atomic_load_explicit(&entry->in_use, memory_order_acquire) && memcmp(entry->ip, ip, 16) == 0)
            return i;
    }
    return -ENOENT;
}

int neighbour_find(struct neighbour_table *table, const uint8_t ip[16], struct rte_ether_addr *ret_mac)
{
    int i = find(table, ip);
    if (i < 0)
        return -ENOENT;
    uint64_t mac = atomic_load_explicit(&table->entries[i].mac, memory_order_relaxed);
    if (!(mac & MAC_VALID)) {
        atomic_fetch_or_explicit(&table->wanted, 1ULL << i, memory_order_relaxed);
        return -EAGAIN;
    }
    if (!atomic_load_explicit(&table->entries[i].used, memory_order_relaxed))
        atomic_store_explicit(&table->entries[i].used, 1, memory_order_relaxed);
    memcpy(ret_mac, &mac, sizeof(*ret_mac));
    return 0;
}

void neighbour_want(struct neighbour_table *table, const uint8_t ip[16])
{
    uint32_t empty = 0;
    if (!atomic_compare_exchange_strong_explicit(&table->request_state, &empty, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    memcpy(table->request, ip, sizeof(table->request));
    atomic_store_explicit(&table->request_state, 2, memory_order_release);
}

static void take_request(struct neighbour_table *table)
{
    if (atomic_load_explicit(&table->request_state, memory_order_acquire) != 2)
        return;
    (void)neighbour_add(table, table->request, false);
    atomic_store_explicit(&table->request_state, 0, memory_order_release);
}

int neighbour_add(struct neighbour_table *table, const uint8_t ip[16], bool is_kept)
{
    if (find(table, ip) >= 0)
        return 0;
    for (int i = 0; i < NEIGHBOUR_MAX; i++) {
        struct neighbour *entry = &table->entries[i];
        if (atomic_load_explicit(&entry->in_use, memory_order_relaxed))
            continue;
        memcpy(entry->ip, ip, 16);
        entry->confirmed = entry->asked = 0;
        entry->is_kept = is_kept;
        entry->unanswered = 0;
        atomic_store_explicit(&entry->mac, 0, memory_order_relaxed);
        atomic_store_explicit(&entry->in_use, 1, memory_order_release);
        atomic_fetch_or_explicit(&table->wanted, 1ULL << i, memory_order_relaxed);
        return 0;
    }
    return -ENOSPC;
}

void neighbour_learn(struct neighbour_table *table, const uint8_t ip[16], const struct rte_ether_addr *mac,
                     uint64_t now)
{
    int i = find(table, ip);
    if (i < 0)
        return;
    uint64_t value = 0;
    memcpy(&value, mac, sizeof(*mac));
    table->entries[i].confirmed = now;
    table->entries[i].unanswered = 0;
    atomic_store_explicit(&table->entries[i].used, 0, memory_order_relaxed);
    atomic_store_explicit(&table->entries[i].mac, value | MAC_VALID, memory_order_relaxed);
    atomic_fetch_and_explicit(&table->wanted, ~(1ULL << i), memory_order_relaxed);
}

static void give_up(struct neighbour_table *table, int i)
{
    struct neighbour *entry = &table->entries[i];
    atomic_store_explicit(&entry->mac, 0, memory_order_relaxed);
    atomic_fetch_and_explicit(&table->wanted, ~(1ULL << i), memory_order_relaxed);
    atomic_store_explicit(&entry->in_use, (uint32_t)entry->is_kept, memory_order_release);
    entry->unanswered = 0;
}

static bool is_due(struct neighbour_table *table, int i, uint64_t now)
{
    struct neighbour *entry = &table->entries[i];
    if (!atomic_load_explicit(&entry->in_use, memory_order_relaxed))
        return false;
    if (now - entry->asked < NEIGHBOUR_RETRY_MS * MILLISECOND && entry->asked)
        return false;
    bool valid = atomic_load_explicit(&entry->mac, memory_order_relaxed) & MAC_VALID;
    bool expired = valid && now - entry->confirmed > NEIGHBOUR_EXPIRE_MS * MILLISECOND;
    if (expired || (!valid && entry->unanswered >= NEIGHBOUR_ATTEMPTS)) {
        give_up(table, i);
        return false;
    }
    if (!valid)
        return atomic_load_explicit(&table->wanted, memory_order_relaxed) >> i & 1;
    return (entry->is_kept || atomic_load_explicit(&entry->used, memory_order_relaxed)) &&
           now - entry->confirmed > NEIGHBOUR_REFRESH_MS * MILLISECOND;
}

int neighbour_due(struct neighbour_table *table, uint64_t now)
{
    take_request(table);
    for (int i = 0; i < NEIGHBOUR_MAX; i++) {
        if (is_due(table, i, now)) {
            table->entries[i].asked = now;
            table->entries[i].unanswered++;
            return i;
        }
    }
    return -1;
}
