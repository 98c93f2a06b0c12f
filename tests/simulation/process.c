// SPDX-License-Identifier: Apache-2.0
// The linker leads the functions named here to their __wrap_ forms (meson.build): points to die at around each access
// to the shared memory, allocations of naru-control in a list, and the kernel's randomness out of the seed.
#include "process.h"

#include "chance.h"
#include "dirty.h"
#include "record.h"
#include "rings.h"
#include "segment.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define CYCLES_PER_SECOND 2000000000ULL // on every machine the same

static jmp_buf death;
static enum process running;
static unsigned fuses[PROCESS_DATAPLANE + 1];

bool process_run(enum process process, void (*step)(void))
{
    running = process;
    bool lived = !setjmp(death);
    if (lived)
        step();
    running = PROCESS_NONE;
    return lived;
}

void process_kill_after(enum process process, unsigned accesses)
{
    fuses[process] = accesses;
}

bool process_is_doomed(enum process process)
{
    return fuses[process] > 0;
}

static void die(void)
{
    fuses[running] = 0;
    longjmp(death, 1);
}

static bool burns_down(void)
{
    return running && fuses[running] && --fuses[running] == 0;
}

static void point(void)
{
    if (burns_down())
        die();
}

uint64_t __real_record_publish_part(struct record_head *head, const void *value, size_t used, size_t size);
uint64_t __wrap_record_publish_part(struct record_head *head, const void *value, size_t used, size_t size);
uint64_t __wrap_record_publish(struct record_head *head, const void *value, size_t size);
void __wrap_record_wipe(struct record_head *head, size_t size);
int __real_ring_push(struct ring *ring, uint32_t slots, const struct ring_message *message);
int __wrap_ring_push(struct ring *ring, uint32_t slots, const struct ring_message *message);
int __real_ring_pop(struct ring *ring, uint32_t slots, struct ring_message *ret_message);
int __wrap_ring_pop(struct ring *ring, uint32_t slots, struct ring_message *ret_message);
void __real_dirty_set(struct dirty_bitmap *dirty, uint32_t transport);
void __wrap_dirty_set(struct dirty_bitmap *dirty, uint32_t transport);
unsigned __real_dirty_take(struct dirty_bitmap *dirty, uint32_t *ret_transports, unsigned max);
unsigned __wrap_dirty_take(struct dirty_bitmap *dirty, uint32_t *ret_transports, unsigned max);
uint32_t __real_tables_issue_ssrc(struct tables *tables);
uint32_t __wrap_tables_issue_ssrc(struct tables *tables);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);
uint64_t __wrap_rte_get_tsc_hz(void);

// Half of the slot is written, and the version is still the old one.
static void tear(struct record_head *head, const void *value, size_t used, size_t size)
{
    uint64_t version = atomic_load(&head->version) + 1;
    memcpy((uint8_t *)(head + 1) + (version & 1) * size, value, used / 2);
}

uint64_t __wrap_record_publish_part(struct record_head *head, const void *value, size_t used, size_t size)
{
    point();
    if (burns_down()) {
        tear(head, value, used, size);
        die();
    }
    uint64_t version = __real_record_publish_part(head, value, used, size);
    point();
    return version;
}

uint64_t __wrap_record_publish(struct record_head *head, const void *value, size_t size)
{
    return __wrap_record_publish_part(head, value, size, size);
}

void __wrap_record_wipe(struct record_head *head, size_t size)
{
    static const uint8_t nothing[RECORD_MAX];
    __wrap_record_publish(head, nothing, size);
    __wrap_record_publish(head, nothing, size);
}

int __wrap_ring_push(struct ring *ring, uint32_t slots, const struct ring_message *message)
{
    point();
    int error = __real_ring_push(ring, slots, message);
    point();
    return error;
}

int __wrap_ring_pop(struct ring *ring, uint32_t slots, struct ring_message *ret_message)
{
    int found = __real_ring_pop(ring, slots, ret_message);
    if (found)
        point();
    return found;
}

void __wrap_dirty_set(struct dirty_bitmap *dirty, uint32_t transport)
{
    point();
    __real_dirty_set(dirty, transport);
    point();
}

unsigned __wrap_dirty_take(struct dirty_bitmap *dirty, uint32_t *ret_transports, unsigned max)
{
    unsigned count = __real_dirty_take(dirty, ret_transports, max);
    if (count)
        point();
    return count;
}

uint32_t __wrap_tables_issue_ssrc(struct tables *tables)
{
    uint32_t ssrc = __real_tables_issue_ssrc(tables);
    point();
    return ssrc;
}

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    chance_fill(CHANCE_DATAPLANE, bytes, size);
    return (ssize_t)size;
}

uint64_t __wrap_rte_get_tsc_hz(void)
{
    return CYCLES_PER_SECOND;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

// Blocks of naru-control: open addressing by address.
static struct {
    void **slots;
    size_t room, count;
} blocks;

static size_t place_of(const void *block)
{
    size_t at = ((uintptr_t)block >> 4) * 0x9e3779b97f4a7c15ULL >> 20;
    for (at %= blocks.room; blocks.slots[at] && blocks.slots[at] != block; at = (at + 1) % blocks.room)
        ;
    return at;
}

static void grow(void)
{
    void **old = blocks.slots;
    size_t room = blocks.room;
    blocks.room = room ? 2 * room : 1024;
    blocks.slots = __real_calloc(blocks.room, sizeof(void *));
    if (!blocks.slots)
        abort();
    for (size_t i = 0; i < room; i++)
        if (old[i])
            blocks.slots[place_of(old[i])] = old[i];
    __real_free(old);
}

void process_hand_over(void *block)
{
    if (!block)
        return;
    if (2 * (blocks.count + 1) > blocks.room)
        grow();
    blocks.slots[place_of(block)] = block;
    blocks.count++;
}

static void *note(void *block)
{
    if (running == PROCESS_CONTROL)
        process_hand_over(block);
    return block;
}

// Those behind it move up, so that a search still finds them.
static void strike_out(const void *block)
{
    if (!block || !blocks.room)
        return;
    size_t at = place_of(block);
    if (!blocks.slots[at])
        return;
    blocks.slots[at] = NULL;
    blocks.count--;
    for (size_t next = (at + 1) % blocks.room; blocks.slots[next]; next = (next + 1) % blocks.room) {
        void *moved = blocks.slots[next];
        blocks.slots[next] = NULL;
        blocks.slots[place_of(moved)] = moved;
    }
}

void *__wrap_malloc(size_t size)
{
    return note(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return note(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    strike_out(block);
    void *larger = __real_realloc(block, size);
    note(larger ? larger : block);
    return larger;
}

void __wrap_free(void *block)
{
    strike_out(block);
    __real_free(block);
}

void process_free_memory(void)
{
    for (size_t i = 0; i < blocks.room; i++)
        __real_free(blocks.slots[i]);
    __real_free(blocks.slots);
    blocks.slots = NULL;
    blocks.room = blocks.count = 0;
}

size_t process_block_count(void)
{
    return blocks.count;
}
