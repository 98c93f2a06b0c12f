// SPDX-License-Identifier: Apache-2.0
#include "attack.h"

#include <stddef.h>
#include <string.h>

const char *const attack_names[ATTACK_KINDS] = {"word",   "bytes",  "value", "copy",  "restore", "wipe",
                                                "notice", "inject", "ring",  "waker", "header"};

// xorshift64*
static uint64_t draw(struct attack *attack)
{
    attack->random ^= attack->random >> 12;
    attack->random ^= attack->random << 25;
    attack->random ^= attack->random >> 27;
    return attack->random * 0x2545f4914f6cdd1dULL;
}

static uint32_t below(struct attack *attack, uint64_t limit)
{
    return (uint32_t)((draw(attack) >> 16) % limit);
}

static void fill(struct attack *attack, void *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)memory)[i] = (uint8_t)(draw(attack) >> 32);
}

// Mostly small indexes, where the sessions are.
static bool choose(struct attack *attack, enum table_kind kind, struct intent_table *ret_table, uint32_t *ret_index)
{
    victims_table(attack->tables, kind, ret_table);
    uint32_t few = ret_table->count < 32 ? ret_table->count : 32;
    *ret_index = below(attack, below(attack, 4) ? few : ret_table->count);
    return !attack->victims->spared[kind][*ret_index];
}

static struct record_head *choose_record(struct attack *attack, enum table_kind *ret_kind, uint32_t *ret_index,
                                         struct intent_table *ret_table)
{
    do
        *ret_kind = (enum table_kind)below(attack, VICTIM_TABLES);
    while (!choose(attack, *ret_kind, ret_table, ret_index));
    return ret_table->record(attack->tables, *ret_index);
}

static void notice(struct attack *attack, enum table_kind kind, uint32_t index)
{
    struct dirty_bitmap *dirty = tables_dirty(attack->tables, below(attack, attack->tables->limits.workers));
    if (kind == TABLE_SHARD)
        dirty_set_shard(dirty, index);
    else
        dirty_set(dirty, kind == TABLE_TRANSPORT ? index : below(attack, 32));
}

// A word of any table of intent, or a run of bytes.
static void write_record(struct attack *attack, size_t longest)
{
    enum table_kind kind;
    struct intent_table table;
    uint32_t index;
    uint8_t *record = (uint8_t *)choose_record(attack, &kind, &index, &table);
    size_t size = sizeof(struct record_head) + 2 * table.slot_size;
    size_t length = longest == 8 ? 8 : 1 + below(attack, longest), at = below(attack, size - length + 1);
    if (longest == 8)
        at &= ~(size_t)7;
    fill(attack, record + at, length);
    notice(attack, kind, index);
}

static uint32_t likely(struct attack *attack)
{
    const struct tables_limits *limits = &attack->tables->limits;
    const uint32_t numbers[] = {0,
                                1,
                                2,
                                UINT32_MAX,
                                limits->transports,
                                limits->streams - 1,
                                limits->routes,
                                limits->shards,
                                limits->workers,
                                0x80000000U,
                                0x01010101U,
                                below(attack, 32)};
    return numbers[below(attack, sizeof(numbers) / sizeof(numbers[0]))];
}

static void publish_changed(struct attack *attack)
{
    enum table_kind kind;
    struct intent_table table;
    uint32_t index;
    uint8_t value[RECORD_MAX];
    struct record_head *record = choose_record(attack, &kind, &index, &table);
    if (!record_read(record, value, table.slot_size))
        memset(value, 0, sizeof(value));
    for (unsigned changes = 1 + below(attack, 4); changes; changes--) {
        uint32_t number = likely(attack);
        // Links and generations stand in front; the rest is reached now and then.
        size_t words = (below(attack, 3) ? 64 : table.slot_size) / 4;
        memcpy(value + 4 * below(attack, words < table.slot_size / 4 ? words : table.slot_size / 4), &number, 4);
    }
    record_publish(record, value, table.slot_size);
    notice(attack, kind, index);
}

static void publish_copy(struct attack *attack)
{
    enum table_kind kind;
    struct intent_table table;
    uint32_t index, other;
    uint8_t value[RECORD_MAX];
    struct record_head *record = choose_record(attack, &kind, &index, &table);
    if (!choose(attack, kind, &table, &other) ||
        !record_read(table.record(attack->tables, other), value, table.slot_size))
        return;
    record_publish(record, value, table.slot_size);
    notice(attack, kind, index);
}

static void restore(struct attack *attack)
{
    enum table_kind kind = (enum table_kind)below(attack, VICTIM_TABLES);
    struct intent_table table;
    uint32_t index;
    if (!attack->original_counts[kind])
        return;
    const struct original *original = &attack->originals[kind][below(attack, attack->original_counts[kind])];
    if (below(attack, 8) || !choose(attack, kind, &table, &index))
        index = original->index;
    victims_table(attack->tables, kind, &table);
    record_publish(table.record(attack->tables, index), original->value, table.slot_size);
    notice(attack, kind, index);
}

static void wipe(struct attack *attack)
{
    enum table_kind kind;
    struct intent_table table;
    uint32_t index;
    struct record_head *record = choose_record(attack, &kind, &index, &table);
    record_wipe(record, table.slot_size);
    notice(attack, kind, index);
}

static void write_notices(struct attack *attack)
{
    struct dirty_bitmap *dirty = tables_dirty(attack->tables, below(attack, attack->tables->limits.workers));
    uint64_t *words = (uint64_t *)dirty;
    words[below(attack, below(attack, 2) ? 80 : sizeof(*dirty) / 8)] = draw(attack);
}

static struct ring *choose_ring(struct attack *attack)
{
    const struct tables *tables = attack->tables;
    return tables_ring(tables, below(attack, tables->limits.workers), (enum ring_kind)below(attack, RING_KINDS));
}

static void inject(struct attack *attack)
{
    struct ring_message message;
    const struct tables *tables = attack->tables;
    uint32_t worker = below(attack, tables->limits.workers);
    fill(attack, &message, offsetof(struct ring_message, data) + 64);
    message.transport = likely(attack);
    message.port = below(attack, 2) ? 0 : likely(attack);
    message.length = below(attack, 3) ? (uint16_t)below(attack, RING_DATAGRAM_MAX + 1) : message.length;
    struct ring *ring = tables_ring(tables, worker, below(attack, 2) ? RING_INJECT_HANDSHAKE : RING_INJECT_ESTABLISHED);
    (void)ring_push(ring, tables->limits.ring_slots, &message);
}

static void write_ring(struct attack *attack)
{
    struct ring *ring = choose_ring(attack);
    uint64_t *words = (uint64_t *)ring;
    size_t all = (sizeof(*ring) + (size_t)attack->tables->limits.ring_slots * sizeof(struct ring_message)) / 8;
    words[below(attack, below(attack, 4) ? sizeof(*ring) / 8 : all)] = below(attack, 2) ? draw(attack) : likely(attack);
}

static void write_waker(struct attack *attack)
{
    uint32_t worker = below(attack, attack->tables->limits.workers + 1);
    atomic_store(&tables_worker_waker(attack->tables, worker)->sleeping, likely(attack));
}

static void write_header(struct attack *attack)
{
    enum segment_kind kind = below(attack, 2) ? SEGMENT_INTENT : SEGMENT_RINGS;
    uint64_t *words = (uint64_t *)attack->tables->segments[kind];
    size_t at = below(attack, sizeof(struct segment_header) / 8);
    words[at] = draw(attack);
}

static void remember(struct attack *attack, enum table_kind kind)
{
    struct intent_table table;
    victims_table(attack->tables, kind, &table);
    for (uint32_t i = 0; i < table.count && attack->original_counts[kind] < ATTACK_ORIGINALS; i++) {
        struct original *original = &attack->originals[kind][attack->original_counts[kind]];
        uint32_t generation = 0;
        if (attack->victims->spared[kind][i] ||
            !record_read(table.record(attack->tables, i), original->value, table.slot_size))
            continue;
        memcpy(&generation, original->value, sizeof(generation)); // it stands first in each intent
        original->index = i;
        attack->original_counts[kind] += generation != 0;
    }
}

void attack_begin(struct attack *attack, const struct tables *tables, const struct victims *victims, uint64_t seed)
{
    *attack = (struct attack){.tables = tables, .victims = victims, .random = seed * 0x9e3779b97f4a7c15ULL | 1};
    for (enum table_kind kind = TABLE_SHARD; kind < VICTIM_TABLES; kind++)
        remember(attack, kind);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        memcpy(attack->headers[kind], tables->segments[kind], sizeof(struct segment_header));
}

void attack_end(struct attack *attack)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        if (kind != SEGMENT_STATE)
            memcpy(attack->tables->segments[kind], attack->headers[kind], sizeof(struct segment_header));
}

void attack_step(struct attack *attack)
{
    // What reaches deep more often than what only damages.
    static const uint8_t kinds[] = {ATTACK_WORD,    ATTACK_WORD,  ATTACK_BYTES,  ATTACK_VALUE,   ATTACK_VALUE,
                                    ATTACK_VALUE,   ATTACK_VALUE, ATTACK_COPY,   ATTACK_RESTORE, ATTACK_RESTORE,
                                    ATTACK_RESTORE, ATTACK_WIPE,  ATTACK_NOTICE, ATTACK_INJECT,  ATTACK_INJECT,
                                    ATTACK_RING,    ATTACK_WAKER, ATTACK_HEADER};
    enum attack_kind kind = (enum attack_kind)kinds[below(attack, sizeof(kinds))];
    attack->steps[kind]++;
    switch (kind) {
    case ATTACK_WORD:
        write_record(attack, 8);
        return;
    case ATTACK_BYTES:
        write_record(attack, 128);
        return;
    case ATTACK_VALUE:
        publish_changed(attack);
        return;
    case ATTACK_COPY:
        publish_copy(attack);
        return;
    case ATTACK_RESTORE:
        restore(attack);
        return;
    case ATTACK_WIPE:
        wipe(attack);
        return;
    case ATTACK_NOTICE:
        write_notices(attack);
        return;
    case ATTACK_INJECT:
        inject(attack);
        return;
    case ATTACK_RING:
        write_ring(attack);
        return;
    case ATTACK_WAKER:
        write_waker(attack);
        return;
    default:
        write_header(attack);
    }
}
