// SPDX-License-Identifier: Apache-2.0
// The packet buffers of all workers and devices.
#pragma once

#include "packet.h"

// NULL: rte_errno says why.
struct rte_mempool *packet_pool_create(const char *name, unsigned buffers, unsigned cache);
