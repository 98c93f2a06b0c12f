// SPDX-License-Identifier: Apache-2.0
#include "neighbour.h"

#include <errno.h>

#define MAC_VALID   (1ULL << 48)
#define MILLISECOND 1000000ULL
#define LOOK_MS     10 // between two looks at the whole table while nothing new is wanted

static unsigned home_of(const uint8_t ip[16])
{
    uint64_t high, low;
    memcpy(&high, ip, 8);
    memcpy(&low, ip + 8, 8);
    return (unsigned)((high * 31 ^ low) * 0x9e3779b97f4a7c15ULL >> 32) % NEIGHBOUR_MAX;
}

static uint8_t place_of(const struct neighbour *entry)
{
    return atomic_load_explicit(&((struct neighbour *)entry)->place, memory_order_acquire);
}

static int find(struct neighbour_table *table, const uint8_t ip[16])
{
    unsigned home = home_of(ip);
    for (unsigned i = 0; i < NEIGHBOUR_MAX; i++) {
        unsigned index = (home + i) % NEIGHBOUR_MAX;
        const struct neighbour *entry = &table->entries[index];
        uint8_t place = place_of(entry);
        if (place == NEIGHBOUR_EMPTY)
            return -ENOENT;
        if (place == NEIGHBOUR_IN_USE && memcmp(entry->ip, ip, 16) == 0)
            return (int)index;
    }
    return -ENOENT;
}

static void set_wanted(struct neighbour_table *table, struct neighbour *entry)
{
    if (atomic_load_explicit(&entry->wanted, memory_order_relaxed))
        return;
    atomic_store_explicit(&entry->wanted, 1, memory_order_relaxed);
    atomic_store_explicit(&table->has_wanted, 1, memory_order_release);
}

int neighbour_find(struct neighbour_table *table, const uint8_t ip[16], struct rte_ether_addr *ret_mac)
{
    int i = find(table, ip);
    if (i < 0)
        return -ENOENT;
    uint64_t mac = atomic_load_explicit(&table->entries[i].mac, memory_order_relaxed);
    if (!(mac & MAC_VALID)) {
        set_wanted(table, &table->entries[i]);
        return -EAGAIN;
    }
    if (!atomic_load_explicit(&table->entries[i].used, memory_order_relaxed))
        atomic_store_explicit(&table->entries[i].used, 1, memory_order_relaxed);
    memcpy(ret_mac, &mac, sizeof(*ret_mac));
    return 0;
}

static void put(struct neighbour_mailbox *mailbox, const uint8_t ip[16], const struct rte_ether_addr *mac)
{
    uint32_t empty = 0;
    if (!atomic_compare_exchange_strong_explicit(&mailbox->state, &empty, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    memcpy(mailbox->ip, ip, sizeof(mailbox->ip));
    mailbox->mac = *mac;
    atomic_store_explicit(&mailbox->state, 2, memory_order_release);
}

void neighbour_want(struct neighbour_table *table, const uint8_t ip[16])
{
    static const struct rte_ether_addr none;
    put(&table->to_add, ip, &none);
}

void neighbour_tell(struct neighbour_table *table, const uint8_t ip[16], const struct rte_ether_addr *mac)
{
    put(&table->to_learn, ip, mac);
}

bool neighbour_has_room(const struct neighbour_table *table)
{
    unsigned used = 0;
    for (unsigned i = 0; i < NEIGHBOUR_MAX; i++)
        used += place_of(&table->entries[i]) == NEIGHBOUR_IN_USE;
    return used < NEIGHBOUR_MAX / 2;
}

static void empty_mailboxes(struct neighbour_table *table, uint64_t now)
{
    if (atomic_load_explicit(&table->to_add.state, memory_order_acquire) == 2) {
        (void)neighbour_add(table, table->to_add.ip, false);
        atomic_store_explicit(&table->to_add.state, 0, memory_order_release);
    }
    if (atomic_load_explicit(&table->to_learn.state, memory_order_acquire) == 2) {
        neighbour_learn(table, table->to_learn.ip, &table->to_learn.mac, now);
        atomic_store_explicit(&table->to_learn.state, 0, memory_order_release);
    }
}

int neighbour_add(struct neighbour_table *table, const uint8_t ip[16], bool is_kept)
{
    if (find(table, ip) >= 0)
        return 0;
    unsigned home = home_of(ip);
    for (unsigned i = 0; i < NEIGHBOUR_MAX; i++) {
        struct neighbour *entry = &table->entries[(home + i) % NEIGHBOUR_MAX];
        if (place_of(entry) == NEIGHBOUR_IN_USE)
            continue;
        memcpy(entry->ip, ip, 16);
        entry->confirmed = entry->asked = 0;
        entry->is_kept = is_kept;
        entry->unanswered = 0;
        atomic_store_explicit(&entry->mac, 0, memory_order_relaxed);
        atomic_store_explicit(&entry->wanted, 0, memory_order_relaxed);
        atomic_store_explicit(&entry->place, NEIGHBOUR_IN_USE, memory_order_release);
        set_wanted(table, entry);
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
    atomic_store_explicit(&table->entries[i].wanted, 0, memory_order_relaxed);
}

static void give_up(struct neighbour *entry)
{
    atomic_store_explicit(&entry->mac, 0, memory_order_relaxed);
    atomic_store_explicit(&entry->wanted, 0, memory_order_relaxed);
    entry->unanswered = 0;
    if (!entry->is_kept)
        atomic_store_explicit(&entry->place, NEIGHBOUR_GIVEN_UP, memory_order_release);
}

// Places given up before an empty one end no search too early: they are empty again.
static void tidy(struct neighbour_table *table, unsigned index)
{
    if (place_of(&table->entries[(index + 1) % NEIGHBOUR_MAX]) != NEIGHBOUR_EMPTY)
        return;
    for (; place_of(&table->entries[index]) == NEIGHBOUR_GIVEN_UP; index = (index - 1) % NEIGHBOUR_MAX)
        atomic_store_explicit(&table->entries[index].place, NEIGHBOUR_EMPTY, memory_order_release);
}

static bool is_due(struct neighbour_table *table, unsigned index, uint64_t now)
{
    struct neighbour *entry = &table->entries[index];
    if (place_of(entry) != NEIGHBOUR_IN_USE)
        return false;
    if (now - entry->asked < NEIGHBOUR_RETRY_MS * MILLISECOND && entry->asked)
        return false;
    bool valid = atomic_load_explicit(&entry->mac, memory_order_relaxed) & MAC_VALID;
    bool expired = valid && now - entry->confirmed > NEIGHBOUR_EXPIRE_MS * MILLISECOND;
    if (expired || (!valid && entry->unanswered >= NEIGHBOUR_ATTEMPTS)) {
        give_up(entry);
        tidy(table, index);
        return false;
    }
    if (!valid)
        return atomic_load_explicit(&entry->wanted, memory_order_relaxed);
    return (entry->is_kept || atomic_load_explicit(&entry->used, memory_order_relaxed)) &&
           now - entry->confirmed > NEIGHBOUR_REFRESH_MS * MILLISECOND;
}

int neighbour_due(struct neighbour_table *table, uint64_t now)
{
    empty_mailboxes(table, now);
    if (!atomic_load_explicit(&table->has_wanted, memory_order_acquire) && now - table->looked < LOOK_MS * MILLISECOND)
        return -1;
    atomic_store_explicit(&table->has_wanted, 0, memory_order_relaxed);
    for (unsigned i = 0; i < NEIGHBOUR_MAX; i++) {
        if (is_due(table, i, now)) {
            table->entries[i].asked = now;
            table->entries[i].unanswered++;
            atomic_store_explicit(&table->has_wanted, 1, memory_order_relaxed); // the rest, at the next walk
            return (int)i;
        }
    }
    table->looked = now;
    return -1;
}
