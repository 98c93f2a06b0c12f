// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include <assert.h>
#include <string.h>

#define READ_ATTEMPTS 4

static _Atomic uint64_t *slot(const struct record_head *head, uint64_t version, size_t size)
{
    return (_Atomic uint64_t *)((uintptr_t)(head + 1) + (version & 1) * size);
}

// Word by word with relaxed atomics: the reader may look at a slot that is being written, and throws the copy away.
static void store_words(_Atomic uint64_t *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size / 8; i++) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)from + 8 * i, 8);
        atomic_store_explicit(&to[i], word, memory_order_relaxed);
    }
}

uint64_t record_publish(struct record_head *head, const void *value, size_t size)
{
    return record_publish_part(head, value, size, size);
}

uint64_t record_publish_part(struct record_head *head, const void *value, size_t used, size_t size)
{
    assert(size % 8 == 0 && used % 8 == 0 && used <= size);
    uint64_t version = atomic_load_explicit(&head->version, memory_order_relaxed) + 1;
    // A reader that sees any word of the new value must also see that the version before it is gone.
    atomic_thread_fence(memory_order_release);
    store_words(slot(head, version, size), value, used);
    atomic_store_explicit(&head->version, version, memory_order_release);
    return version;
}

uint64_t record_read(const struct record_head *head, void *ret_value, size_t size)
{
    assert(size % 8 == 0);
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
        uint64_t version = atomic_load_explicit(&((struct record_head *)head)->version, memory_order_acquire);
        if (version == 0)
            return 0;
        const _Atomic uint64_t *from = slot(head, version, size);
        for (size_t i = 0; i < size / 8; i++) {
            uint64_t word = atomic_load_explicit((_Atomic uint64_t *)&from[i], memory_order_relaxed);
            memcpy((uint8_t *)ret_value + 8 * i, &word, 8);
        }
        atomic_thread_fence(memory_order_acquire);
        // The slot is overwritten only on the way to version + 2, whose writer has published version + 1 before.
        if (atomic_load_explicit(&((struct record_head *)head)->version, memory_order_relaxed) == version)
            return version;
    }
    return 0;
}

void record_wipe(struct record_head *head, size_t size)
{
    static const uint8_t nothing[RECORD_MAX];
    assert(size <= sizeof(nothing));
    // Twice, so that both slots are overwritten, and published, so that a reader in the middle starts again.
    record_publish(head, nothing, size);
    record_publish(head, nothing, size);
}
