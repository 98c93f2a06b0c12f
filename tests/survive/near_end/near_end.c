// SPDX-License-Identifier: Apache-2.0
// naru-near-end: makes a session old. Writes into the state of a running naru-dataplane, beside it, that nearly all of
// a session's indexes were used. For tests/survive/classes/keys.sh.
#include "packet_index.h"
#include "segment.h"
#include "srtcp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "naru-near-end PID PORT rtp|rtcp LEFT: the session whose peer sends from PORT has LEFT indexes of SRTP, of each\n"
    "stream that it gets (when naru-dataplane starts again), or of SRTCP (at once) left. PID: of naru-dataplane.\n"
    "Exit status: 0, else 1: there is no such session.\n";

static int attach(int dataplane, struct tables *ret_tables)
{
    int fds[SEGMENT_KINDS];
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        char path[64];
        snprintf(path, sizeof(path), "/proc/%d/fd/%d", dataplane, FD_INTENT + kind);
        fds[kind] = open(path, (kind == SEGMENT_INTENT ? O_RDONLY : O_RDWR) | O_CLOEXEC);
        if (fds[kind] < 0)
            return -errno;
    }
    return tables_attach(TABLES_DATAPLANE, fds, ret_tables);
}

static bool has_peer(const struct tables *tables, uint32_t transport, uint16_t port)
{
    struct transport_path path;
    if (!record_read(&tables_transport_state(tables, transport)->path.head, &path, sizeof(path)) || !path.generation)
        return false;
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++)
        if (path.candidates[i].flags && path.candidates[i].remote.port == port)
            return true;
    return false;
}

static void age_routes(const struct tables *tables, struct record_link link, uint64_t left)
{
    struct route_intent intent;
    const struct route_intent_record *record;
    while ((record = tables_route(tables, link.index)) && link.generation &&
           record_read(&record->head, &intent, sizeof(intent)) && intent.generation == link.generation) {
        atomic_store(&tables_route_state(tables, link.index)->highest_index, SRTP_INDEX_MAX - left);
        link = intent.next;
    }
}

static int age(const struct tables *tables, uint16_t port, bool is_rtcp, uint32_t left)
{
    uint32_t transport = 0;
    struct transport_intent intent;
    while (transport < tables->limits.transports && !has_peer(tables, transport, port))
        transport++;
    if (transport == tables->limits.transports ||
        !record_read(&tables_transport(tables, transport)->head, &intent, sizeof(intent)))
        return -ENOENT;
    if (is_rtcp)
        atomic_store(&tables_transport_state(tables, transport)->srtcp_index, SRTCP_INDEX_MAX + 1 - left);
    else
        age_routes(tables, intent.first_route, left);
    explicit_bzero(&intent, sizeof(intent));
    return 0;
}

int main(int argc, char **argv)
{
    struct tables tables;
    if (argc != 5) {
        fputs(help, stderr);
        return 2;
    }
    int error = attach(atoi(argv[1]), &tables);
    if (!error)
        error = age(&tables, (uint16_t)atoi(argv[2]), !strcmp(argv[3], "rtcp"), (uint32_t)atoi(argv[4]));
    if (error)
        fprintf(stderr, "naru-near-end: %s\n", strerror(-error));
    return error ? 1 : 0;
}
