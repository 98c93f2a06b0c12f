// SPDX-License-Identifier: Apache-2.0
#include "chronicle.h"
#include "monotonic_time.h"

bool chronicle_open(struct chronicle *ret_chronicle, struct supervision_memory *memory)
{
    *ret_chronicle = (struct chronicle){.memory = memory};
    return !supervision_read(memory, &ret_chronicle->now);
}

void chronicle_note(struct chronicle *chronicle, enum supervised program, enum supervision_event_kind kind,
                    uint32_t value)
{
    struct supervision *now = &chronicle->now;
    struct supervised_program *entry = &now->programs[program];
    const struct supervision_event event = {
        .at = monotonic_time(),
        .epoch = entry->epoch,
        .program = program,
        .kind = kind,
        .pid = entry->pid,
        .value = value,
    };
    now->events[now->event_count++ % SUPERVISION_EVENTS] = event;
    if (supervision_event_is_end(kind))
        entry->last_end = event;
    chronicle_save(chronicle);
}

void chronicle_save(struct chronicle *chronicle)
{
    supervision_publish(chronicle->memory, &chronicle->now);
}

uint64_t chronicle_next_epoch(struct chronicle *chronicle)
{
    chronicle->now.last_epoch++;
    chronicle_save(chronicle);
    return chronicle->now.last_epoch;
}
