// SPDX-License-Identifier: Apache-2.0
#include "stray.h"

#include "known_sources.h"
#include "martian.h"
#include "segment.h"

static bool is_for(const struct worker *worker, const struct port *port, const struct transport_address *local)
{
    const struct tables_limits *limits = &worker->tables->limits;
    uint32_t shard = shard_of_port(limits, local->port);
    return shard != limits->shards && worker->shard_worker[shard] == worker->index && port_has_address(port, local);
}

static enum drop_reason reason_of(const struct worker *worker, enum demux_kind kind, unsigned *stun)
{
    switch (kind) {
    case DEMUX_STUN:
        if (worker->unknown_credit >= STRAY_STUN_COST || (*stun)++ == 0)
            return DROP_NONE;
        return DROP_UDP_CLASSIFY_UNKNOWN_OVER_BUDGET;
    case DEMUX_DTLS:
        return DROP_DTLS_PUNT_UNCHECKED_SOURCE;
    case DEMUX_RTP:
    case DEMUX_RTCP:
        return DROP_UDP_CLASSIFY_UNKNOWN_SOURCE;
    default:
        return DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL;
    }
}

enum drop_reason stray_reason(const struct worker *worker, const struct port *port, const struct packet *packet,
                              enum demux_kind kind, unsigned *stun)
{
    if (known_sources_has(worker->known_sources, &packet->remote) || !is_for(worker, port, &packet->local) ||
        packet->remote.port == 0 || martian_has(port, &packet->remote, &packet->local))
        return DROP_NONE;
    return reason_of(worker, kind, stun);
}
