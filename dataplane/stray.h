// SPDX-License-Identifier: Apache-2.0
// Under a flood, when bursts come full: what only udp_classify would find out to be from nobody is dropped by
// flow_input, so that the queue does not overflow with it and live media is not what is lost.
#pragma once

#include "demux.h"
#include "packet.h"
#include "worker.h"

#define STRAY_STUN_COST 4000 // cycles that one STUN message of an unknown source is charged

// Why a datagram may be dropped at once: whole, with addresses of hosts, to an address and port of this worker, from a
// source without a flow, and no STUN that its budget still has room for. DROP_NONE: it goes the whole way, where all
// else has its name. *stun: messages that were let pass in this burst without room, one at most: where they end the
// budget is filled up again.
enum drop_reason stray_reason(const struct worker *worker, const struct port *port, const struct packet *packet,
                              enum demux_kind kind, unsigned *stun);
