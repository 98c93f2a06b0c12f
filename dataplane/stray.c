// SPDX-License-Identifier: Apache-2.0
#include "stray.h"

#include "demux.h"
#include "glance.h"
#include "known_sources.h"
#include "martian.h"
#include "segment.h"

static enum drop_reason reason_of(const struct worker *worker, enum demux_kind kind, unsigned *stun)
{
    switch (kind) {
    case DEMUX_STUN: // as many as the budget has room for; one at least, for where it ends the budget is filled up
                     // again
        if (*stun == 0 || (int64_t)(*stun + 1) * STRAY_STUN_COST <= worker->unknown_credit) {
            (*stun)++;
            return DROP_NONE;
        }
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

// As udp_input and udp_classify would; DROP_NONE: it goes the whole way, where all else has its name.
static enum drop_reason judge(const struct worker *worker, const struct port *port, const struct rte_mbuf *mbuf,
                              unsigned *stun)
{
    const struct tables_limits *limits = &worker->tables->limits;
    struct glance glance;
    struct transport_address remote, local;
    if (!glance_at(port, mbuf, &glance) || !glance_addresses(&glance, &remote, &local) ||
        known_sources_has(worker->known_sources, &remote) || !port_has_address(port, &local) ||
        martian_has(port, &remote, &local))
        return DROP_NONE;
    if (!glance_has_good_checksum(&glance, port, mbuf))
        return DROP_UDP_CLASSIFY_BAD_CHECKSUM;
    uint32_t shard = shard_of_port(limits, local.port);
    if (shard == limits->shards || remote.port == 0)
        return DROP_UDP_CLASSIFY_NO_SHARD;
    return worker->shards.phase[shard] == SHARD_OWNED ? reason_of(worker, glance.kind, stun) : DROP_NONE;
}

uint16_t stray_drop(struct worker *worker, const struct port *port, struct rte_mbuf **mbufs, uint16_t count)
{
    struct rte_mbuf *strays[WORKER_BURST];
    unsigned stray_count = 0, stun = 0;
    uint16_t kept = 0;
    for (uint16_t i = 0; i < count; i++)
        rte_prefetch0(rte_pktmbuf_mtod(mbufs[i], void *));
    for (uint16_t i = 0; i < count; i++) {
        enum drop_reason reason = judge(worker, port, mbufs[i], &stun);
        if (reason == DROP_NONE) {
            mbufs[kept++] = mbufs[i];
            continue;
        }
        counter_add(&worker->state->dropped[reason], 1);
        strays[stray_count++] = mbufs[i];
    }
    if (stray_count == 0)
        worker->strangers &= ~(1u << port->index);
    worker->walk.strays += stray_count;
    rte_pktmbuf_free_bulk(strays, stray_count);
    return kept;
}
