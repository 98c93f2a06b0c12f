// SPDX-License-Identifier: Apache-2.0
#include "wheel.h"

#include <errno.h>
#include <rte_common.h>
#include <rte_malloc.h>
#include <string.h>

int wheel_create(uint32_t count, struct wheel *ret_wheel)
{
    memset(ret_wheel, 0, sizeof(*ret_wheel));
    memset(ret_wheel->heads, 0xff, sizeof(ret_wheel->heads));
    ret_wheel->links = rte_malloc("wheel", count * sizeof(*ret_wheel->links), 64);
    if (!ret_wheel->links)
        return -ENOMEM;
    memset(ret_wheel->links, 0xff, count * sizeof(*ret_wheel->links));
    return 0;
}

void wheel_free(struct wheel *wheel)
{
    rte_free(wheel->links);
    wheel->links = NULL;
}

void wheel_disarm(struct wheel *wheel, uint32_t index)
{
    struct wheel_link *link = &wheel->links[index];
    if (link->slot == WHEEL_NONE)
        return;
    if (link->previous == WHEEL_NONE)
        wheel->heads[link->slot] = link->next;
    else
        wheel->links[link->previous].next = link->next;
    if (link->next != WHEEL_NONE)
        wheel->links[link->next].previous = link->previous;
    link->slot = WHEEL_NONE;
}

void wheel_arm(struct wheel *wheel, uint32_t index, uint64_t now, uint64_t delay)
{
    struct wheel_link *link = &wheel->links[index];
    uint64_t due = RTE_MIN(WHEEL_TIME(now + delay), WHEEL_TIME(now) + WHEEL_SLOTS - 1);
    wheel_disarm(wheel, index);
    // A wheel that was not turned for long is ahead of nothing.
    due = RTE_MIN(RTE_MAX(due, wheel->at), wheel->at + WHEEL_SLOTS - 1);
    link->slot = (uint32_t)(due % WHEEL_SLOTS);
    link->previous = WHEEL_NONE;
    link->next = wheel->heads[link->slot];
    if (link->next != WHEEL_NONE)
        wheel->links[link->next].previous = index;
    wheel->heads[link->slot] = index;
}

unsigned wheel_take(struct wheel *wheel, uint64_t now, uint32_t *ret_indexes, unsigned max)
{
    uint64_t time = WHEEL_TIME(now);
    unsigned count = 0;
    if (time - wheel->at >= WHEEL_SLOTS && time > wheel->at) // once round, all slots are due
        wheel->at = time - WHEEL_SLOTS + 1;
    while (count < max) {
        uint32_t index = wheel->heads[wheel->at % WHEEL_SLOTS];
        if (index != WHEEL_NONE) {
            wheel_disarm(wheel, index);
            ret_indexes[count++] = index;
        } else if (wheel->at < time) {
            wheel->at++;
        } else {
            break;
        }
    }
    return count;
}
