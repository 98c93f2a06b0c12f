// SPDX-License-Identifier: Apache-2.0
#include "audience.h"

#include "worker.h"

#include <errno.h>
#include <rte_malloc.h>

static void free_list(struct worker *worker, struct audience *audience)
{
    if (audience->capacity <= AUDIENCE_SHORT)
        object_pool_give(&worker->pools.route_lists, audience->routes);
    else
        rte_free(audience->routes);
}

static int grow(struct worker *worker, struct audience *audience)
{
    uint32_t capacity = audience->capacity ? 2 * audience->capacity : AUDIENCE_SHORT;
    uint32_t *routes = capacity == AUDIENCE_SHORT ? worker_take(worker, &worker->pools.route_lists, POOL_RECEIVERS)
                                                  : rte_malloc("routes", capacity * sizeof(*routes), 64);
    if (!routes) {
        counter_add(&worker->state->ran_dry[POOL_RECEIVERS], capacity > AUDIENCE_SHORT);
        return -ENOMEM;
    }
    if (audience->routes)
        memcpy(routes, audience->routes, audience->count * sizeof(*routes));
    free_list(worker, audience);
    audience->routes = routes;
    audience->capacity = capacity;
    return 0;
}

int audience_join(struct worker *worker, struct audience *audience, uint32_t index)
{
    struct route_entry *route = &worker->entries->routes[index];
    if (audience->count == audience->capacity && grow(worker, audience))
        return -ENOMEM;
    audience->routes[audience->count++] = index;
    audience->rtx_count += route->retransmission != NULL;
    route->audience = audience;
    return 0;
}

void audience_leave(struct worker *worker, uint32_t index)
{
    struct route_entry *route = &worker->entries->routes[index];
    struct audience *audience = route->audience;
    if (!audience)
        return;
    route->audience = NULL;
    audience->rtx_count -= route->retransmission != NULL;
    uint32_t place = 0;
    while (audience->routes[place] != index)
        place++;
    memmove(&audience->routes[place], &audience->routes[place + 1],
            (--audience->count - place) * sizeof(audience->routes[0]));
    fan_out_close_gap(worker, audience, place);
}

void audience_dismiss(struct worker *worker, struct audience *audience)
{
    fan_out_forget(worker, audience);
    for (uint32_t i = 0; i < audience->count; i++) {
        struct route_entry *route = &worker->entries->routes[audience->routes[i]];
        route->audience = NULL;
        worker->entries->transports[route->transport].upkeep->routes_missing = true;
        dirty_set(tables_dirty(worker->tables, worker->index), route->transport);
    }
    free_list(worker, audience);
    *audience = (struct audience){.is_mirror = audience->is_mirror};
}
