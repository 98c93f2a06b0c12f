// SPDX-License-Identifier: Apache-2.0
// The ticks of a worker's transports: a wheel of slots of about a millisecond, each a list by index. rte_timer sorts
// its timers; with 100,000 of them it takes ten times as long to find their places as the packets take to be forwarded.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WHEEL_SLOTS    512u // a power of two: half a second ahead at most
#define WHEEL_TIME(ns) ((ns) >> 20)
#define WHEEL_NONE     UINT32_MAX

struct wheel_link {
    uint32_t next, previous; // in the slot's list; WHEEL_NONE: the end
    uint32_t slot;           // WHEEL_NONE: not armed
};

struct wheel {
    uint32_t heads[WHEEL_SLOTS];
    uint64_t at; // WHEEL_TIME of the slot that is worked off next
    struct wheel_link *links;
};

// Links for that many indexes. 0 or -ENOMEM.
int wheel_create(uint32_t count, struct wheel *ret_wheel);
void wheel_free(struct wheel *wheel);

// Due `delay` ns from `now` on, half a second at most; an index that is armed is armed anew.
void wheel_arm(struct wheel *wheel, uint32_t index, uint64_t now, uint64_t delay);
void wheel_disarm(struct wheel *wheel, uint32_t index);

static inline bool wheel_is_armed(const struct wheel *wheel, uint32_t index)
{
    return wheel->links[index].slot != WHEEL_NONE;
}

// Up to `max` indexes that are due, and disarmed with that; the rest come at the next call.
unsigned wheel_take(struct wheel *wheel, uint64_t now, uint32_t *ret_indexes, unsigned max);
