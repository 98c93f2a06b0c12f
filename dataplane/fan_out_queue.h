// SPDX-License-Identifier: Apache-2.0
// The queue between rtp_route and fan_out: plaintext packets and how far each has come through its receivers.
#pragma once

#include "worker.h"

// 0 or -ENOBUFS: the queue is full.
int fan_out_enqueue(struct worker *worker, struct rte_mbuf *mbuf, uint32_t stream_generation);
