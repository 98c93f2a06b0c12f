// SPDX-License-Identifier: Apache-2.0
// Datagrams to and from the workers.
#pragma once

#include "segment.h"

// To the worker, of the kind in address (enum inject_kind): at most RING_DATAGRAM_MAX bytes. remote all zero: along the
// transport's selected path.
// 0, -EMSGSIZE, or -ENOBUFS when the ring is full (counted there).
int courier_inject(const struct tables *tables, const int *worker_wakes, uint32_t worker, bool established,
                   const struct ring_message *address, const void *data, size_t size);

// A packet of a TCP peer, or that its connection is closed. 0, or -ENOBUFS when the ring is full (counted there).
int courier_carry(const struct tables *tables, const int *worker_wakes, uint32_t worker,
                  const struct ring_message *message);

// The next message of that kind from any worker, taken in turn; false when there is none.
bool courier_next(const struct tables *tables, enum ring_kind kind, uint32_t *turn, struct ring_message *ret_message);
bool courier_has_any(const struct tables *tables);

// Messages that rings refused since they were made: towards naru-control, and from it.
void courier_count_full(const struct tables *tables, uint64_t *ret_punts, uint64_t *ret_injects);
