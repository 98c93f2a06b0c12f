// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include "chance.h"
#include "simulation.h"

#include <stdlib.h>

#define DELAY_MS       5
#define LOSS_PER_MILLE 40
#define EXTRA_MS_MOST  120
#define LATE_MS_MOST   30

struct travelling {
    uint64_t due, number; // number: of two that are due at once the first one sent comes first
    struct datagram datagram;
};

// A heap for each direction, the earliest on top.
static struct {
    struct travelling **items;
    unsigned count, room;
} heaps[2];
static uint64_t next_number;

static bool is_before(const struct travelling *a, const struct travelling *b)
{
    return a->due != b->due ? a->due < b->due : a->number < b->number;
}

static void swap(struct travelling **a, struct travelling **b)
{
    struct travelling *kept = *a;
    *a = *b;
    *b = kept;
}

static void push(bool to_gateway, struct travelling *item)
{
    if (heaps[to_gateway].count == heaps[to_gateway].room) {
        heaps[to_gateway].room = heaps[to_gateway].room ? 2 * heaps[to_gateway].room : 256;
        heaps[to_gateway].items = realloc(heaps[to_gateway].items, heaps[to_gateway].room * sizeof(item));
        if (!heaps[to_gateway].items)
            abort();
    }
    struct travelling **items = heaps[to_gateway].items;
    unsigned at = heaps[to_gateway].count++;
    items[at] = item;
    for (; at && is_before(items[at], items[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&items[at], &items[(at - 1) / 2]);
}

static struct travelling *pop(bool to_gateway)
{
    struct travelling **items = heaps[to_gateway].items, *first = items[0];
    unsigned count = --heaps[to_gateway].count, at = 0;
    items[0] = items[count];
    for (;;) {
        unsigned least = at;
        for (unsigned child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++)
            if (is_before(items[child], items[least]))
                least = child;
        if (least == at)
            return first;
        swap(&items[at], &items[least]);
        at = least;
    }
}

static uint64_t delay(void)
{
    uint64_t ms = DELAY_MS;
    if (simulation.options.faults & FAULT_DELAY && chance_of(CHANCE_NETWORK, 50))
        ms += chance_between(CHANCE_NETWORK, 1, EXTRA_MS_MOST);
    if (simulation.options.faults & FAULT_REORDER && chance_of(CHANCE_NETWORK, 100))
        ms += chance_between(CHANCE_NETWORK, 1, LATE_MS_MOST);
    return ms * MILLISECOND;
}

static void send_once(const struct datagram *datagram, bool to_gateway)
{
    struct travelling *item = malloc(sizeof(*item));
    if (!item)
        abort();
    item->due = simulation.now + delay();
    item->number = next_number++;
    item->datagram = *datagram;
    push(to_gateway, item);
}

void network_send(const struct datagram *datagram, bool to_gateway)
{
    if (simulation.options.faults & FAULT_LOSS && chance_of(CHANCE_NETWORK, LOSS_PER_MILLE))
        return;
    send_once(datagram, to_gateway);
    if (simulation.options.faults & FAULT_DUPLICATE && chance_of(CHANCE_NETWORK, 20))
        send_once(datagram, to_gateway);
}

bool network_take(bool to_gateway, struct datagram *ret_datagram)
{
    if (!heaps[to_gateway].count || heaps[to_gateway].items[0]->due > simulation.now)
        return false;
    struct travelling *item = pop(to_gateway);
    *ret_datagram = item->datagram;
    free(item);
    return true;
}

void network_forget(void)
{
    for (int to_gateway = 0; to_gateway < 2; to_gateway++) {
        while (heaps[to_gateway].count)
            free(pop(to_gateway));
        free(heaps[to_gateway].items);
        heaps[to_gateway].items = NULL;
        heaps[to_gateway].room = 0;
    }
}
