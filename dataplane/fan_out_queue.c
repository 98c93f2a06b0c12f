// SPDX-License-Identifier: Apache-2.0
#include "fan_out_queue.h"

#include <errno.h>

int fan_out_enqueue(struct worker *worker, struct rte_mbuf *mbuf, uint32_t stream_generation)
{
    struct fan_out_queue *queue = &worker->fan_out;
    // A finished packet needs a place too, until its walk has ended.
    if (queue->count + queue->finished_count >= WORKER_FAN_OUT_JOBS)
        return -ENOBUFS;
    queue->jobs[(queue->head + queue->count++) % WORKER_FAN_OUT_JOBS] =
        (struct fan_out_job){.source = mbuf, .stream_generation = stream_generation};
    return 0;
}
