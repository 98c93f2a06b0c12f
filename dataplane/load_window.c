// SPDX-License-Identifier: Apache-2.0
#include "load_window.h"

uint64_t load_walk_busy(const struct load_walk *walk, uint64_t cycles)
{
    if (load_walk_is_empty(walk) || (!walk->worked && walk->strays >= walk->received))
        return 0;
    if (walk->received == 0)
        return cycles;
    uint64_t strays = walk->strays < walk->received ? walk->strays : walk->received;
    uint64_t mean = cycles / walk->received;
    return cycles - strays * (mean < LOAD_STRAY_CYCLES ? mean : LOAD_STRAY_CYCLES);
}

void load_window_start(struct load_window *window, uint64_t total, uint64_t busy, uint64_t second)
{
    window->oldest = 0;
    for (unsigned i = 0; i < LOAD_MARKS; i++) {
        window->marks[i].total = total - (LOAD_MARKS - 1 - i) * (second / LOAD_MARKS);
        window->marks[i].busy = busy;
    }
}

uint32_t load_window_step(struct load_window *window, uint64_t total, uint64_t busy)
{
    unsigned at = window->oldest;
    uint64_t passed = total - window->marks[at].total, worked = busy - window->marks[at].busy;
    window->marks[at].total = total;
    window->marks[at].busy = busy;
    window->oldest = (at + 1) % LOAD_MARKS;
    if (passed == 0)
        return 0;
    return worked < passed ? (uint32_t)(worked * LOAD_FULL / passed) : LOAD_FULL;
}
