// SPDX-License-Identifier: Apache-2.0
// Writes the intent and the state segment of this release to stdout: tests/vectors/segments.sh keeps them.
#include "former_release.h"
#include "release.h"

#include <stdio.h>
#include <unistd.h>

static void fill(struct tables *tables)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct transport_intent transport = former_transport(i);
        struct stream_intent stream = former_stream(i);
        struct route_intent route = former_route(i);
        for (int slot = 0; slot < 2; slot++) { // both, so that what follows a slot is not empty
            record_publish(&tables_stream(tables, i)->head, &stream, sizeof(stream));
            record_publish(&tables_route(tables, i)->head, &route, sizeof(route));
            record_publish(&tables_transport(tables, i)->head, &transport, sizeof(transport));
        }
        atomic_store(&tables_transport_state(tables, i)->srtcp_index, FORMER_WINDOW + i);
        atomic_store(&tables_transport_state(tables, i)->rtcp_senders[15].ssrc, 3000 + i);
        atomic_store(&tables_stream_state(tables, i)->bindings[3].ssrc, 1000 + i);
        atomic_store(&tables_stream_state(tables, i)->packets_given_up, 5 + i);
        atomic_store(&tables_route_state(tables, i)->highest_index, FORMER_INDEX + i);
        atomic_store(&tables_route_state(tables, i)->rtx_octets, 6 + i);
    }
    struct shard_intent shard = {.generation = 1};
    record_publish(&tables_shard(tables, 0)->head, &shard, sizeof(shard));
    atomic_store(&tables_worker_state(tables, 0)->received, 99);
    atomic_store(&tables->segments[SEGMENT_INTENT]->ssrcs_issued, 4711);
    atomic_store(&tables->segments[SEGMENT_STATE]->ssrcs_issued, 0);
}

int main(void)
{
    struct tables tables;
    int fds[SEGMENT_KINDS], read_only;
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        if (segment_create((enum segment_kind)kind, &former_limits, false, &fds[kind], &read_only))
            return 1;
    if (tables_attach(TABLES_DATAPLANE, fds, &tables)) // leaves the names of its counters
        return 1;
    tables_detach(&tables);
    if (tables_attach(TABLES_SUPERVISE, fds, &tables))
        return 1;
    fill(&tables);
    for (int kind = SEGMENT_INTENT; kind <= SEGMENT_STATE; kind++)
        if (fwrite(tables.segments[kind], tables.sizes[kind], 1, stdout) != 1)
            return 1;
    return fflush(stdout) ? 1 : 0;
}
