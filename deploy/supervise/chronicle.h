// SPDX-License-Identifier: Apache-2.0
// The supervisor's memory of the processes, written to supervision.h's memory with each change.
#pragma once

#include "supervision.h"

struct chronicle {
    struct supervision now;
    struct supervision_memory *memory;
};

// Goes on where a predecessor stopped, if there was one (true).
bool chronicle_open(struct chronicle *ret_chronicle, struct supervision_memory *memory);

void chronicle_note(struct chronicle *chronicle, enum supervised program, enum supervision_event_kind kind,
                    uint32_t value);
void chronicle_save(struct chronicle *chronicle);

// The next epoch; nobody was given it before, nor will be again.
uint64_t chronicle_next_epoch(struct chronicle *chronicle);
