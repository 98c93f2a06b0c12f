// SPDX-License-Identifier: Apache-2.0
#include "state.h"

#include "log.h"

#include <errno.h>

int state_move(const struct state_table *table, unsigned *state, unsigned to)
{
    if (!state_allows(table, *state, to))
        return -EPERM;
    log_debug("%s: %s -> %s", table->name, table->names[*state], table->names[to]);
    *state = to;
    return 0;
}
