// SPDX-License-Identifier: Apache-2.0
// Life cycles as tables of allowed moves: whoever holds a state changes it through state_move alone.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct state_table {
    const char *name;
    unsigned count;           // of states, at most 32
    const char *const *names; // of the states
    const uint32_t *moves;    // by state: bit n is set when state n may follow
};

#define STATE_BIT(state) (1u << (state))

static inline bool state_allows(const struct state_table *table, unsigned from, unsigned to)
{
    return from < table->count && to < table->count && (table->moves[from] & STATE_BIT(to));
}

// 0, or -EPERM and the state stays as it is.
int state_move(const struct state_table *table, unsigned *state, unsigned to);
