// SPDX-License-Identifier: Apache-2.0
#include "load_window.h"

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
