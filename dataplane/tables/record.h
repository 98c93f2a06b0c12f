// SPDX-License-Identifier: Apache-2.0
// A record with two slots and a version that selects one. The writer fills the slot that is not selected and publishes
// it with one store: a writer that dies halfway loses only the new value, and a reader never waits.
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_MAX 4608 // bytes of the largest slot

// Stands first in each two-slot record; the slots follow on the next cache line. Writer: the record's owner alone.
struct record_head {
    _Alignas(64) _Atomic uint64_t version; // 0: never published; the slot is version & 1
};

// Publishes size bytes (a multiple of 8, the slot size) and returns the new version.
uint64_t record_publish(struct record_head *head, const void *value, size_t size);

// The same where only the first `used` bytes (a multiple of 8) of the slot mean anything: the rest keeps what it was.
uint64_t record_publish_part(struct record_head *head, const void *value, size_t used, size_t size);

// Copies the selected slot. Returns its version, 0 if nothing was ever published or the writer overran the copy
// four times (its next change notice brings the reader back).
uint64_t record_read(const struct record_head *head, void *ret_value, size_t size);

// Publishes zeroes into both slots: the record is free (generation 0) and no key stays in it.
void record_wipe(struct record_head *head, size_t size);
