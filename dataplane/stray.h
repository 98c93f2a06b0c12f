// SPDX-License-Identifier: Apache-2.0
// Under a flood, when bursts come full and strangers are among them: what only udp_classify would find out to be from
// nobody is dropped where it arrives, so that the queue does not overflow with it and live media is not what is lost.
#pragma once

#include "worker.h"

#define STRAY_FULL_BURST 32   // more than some devices never hand over at once
#define STRAY_STUN_COST  4000 // cycles that one STUN message of an unknown source is charged

// Drops, by name, whole datagrams from hosts to an address of the port: with a wrong checksum, to no shard, and to one
// of this worker from a source without a flow, but for STUN that its budget still has room for. Of at most WORKER_BURST
// packets; what stays stands in front, in its order. Returns how many.
uint16_t stray_drop(struct worker *worker, const struct port *port, struct rte_mbuf **mbufs, uint16_t count);

static inline bool stray_suspects(const struct worker *worker, const struct port *port, uint16_t count)
{
    return count >= STRAY_FULL_BURST && worker->strangers & 1u << port->index;
}

// Such a packet has gone the whole way.
static inline void stray_note(struct worker *worker, uint16_t port)
{
    worker->strangers |= 1u << port;
}
