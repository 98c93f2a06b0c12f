// SPDX-License-Identifier: Apache-2.0
// Authentic RTCP ends here: reports become state, key-frame requests go on to the publisher, once per half second.
#include "burst.h"
#include "rtcp.h"
#include "rtcp_feedback.h"
#include "rtx.h"
#include "tick.h"

static void take_sender_report(struct worker *worker, const struct transport_entry *transport,
                               const struct rtcp_packet *rtcp)
{
    struct rtcp_sender_info info;
    if (rtcp_parse_sender_info(rtcp, &info) < 0)
        return;
    for (unsigned i = 0; i < transport->stream_count; i++) {
        if (entry_stream(worker->entries, transport->upkeep->streams[i])->media_ssrc != info.ssrc)
            continue;
        struct stream_state *state = tables_stream_state(worker->tables, transport->upkeep->streams[i]);
        // Another worker's receivers are told of it, too (map_clock): whole, or not at all.
        atomic_store_explicit(&state->sr_received, 0, memory_order_relaxed);
        atomic_thread_fence(memory_order_release);
        atomic_store_explicit(&state->sr_ntp, info.ntp, memory_order_relaxed);
        atomic_store_explicit(&state->sr_rtp, info.rtp_timestamp, memory_order_relaxed);
        atomic_store_explicit(&state->sr_received, worker->now, memory_order_release);
    }
}

static uint32_t find_route(struct worker *worker, const struct transport_entry *transport, uint32_t ssrc)
{
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next)
        if (worker->entries->routes[i].ssrc == ssrc)
            return i;
    return PACKET_NONE;
}

static void take_reports(struct worker *worker, const struct transport_entry *transport, const struct rtcp_packet *rtcp)
{
    uint32_t sender;
    int count = rtcp_parse_reports(rtcp, &sender);
    for (int i = 0; i < count; i++) {
        struct rtcp_report report;
        rtcp_get_report(rtcp, (unsigned)i, &report);
        uint32_t route = find_route(worker, transport, report.ssrc);
        if (route == PACKET_NONE)
            continue;
        struct route_state *state = tables_route_state(worker->tables, route);
        atomic_store_explicit(&state->fraction_lost, report.fraction_lost, memory_order_relaxed);
        atomic_store_explicit(&state->cumulative_lost, report.lost < 0 ? 0 : (uint32_t)report.lost,
                              memory_order_relaxed);
        atomic_store_explicit(&state->jitter, report.jitter, memory_order_relaxed);
        // RFC 3550 6.4.1: the round trip is what passed since that report, less what the receiver held it.
        if (report.last_sr && report.last_sr == state->last_sr_ntp) {
            uint64_t passed = (worker->now - counter_get(&state->last_sr)) / 1000;
            uint64_t held = (uint64_t)report.delay * 1000000 / 65536;
            atomic_store_explicit(&state->rtt_us, (uint32_t)(passed > held ? passed - held : 0), memory_order_relaxed);
        }
    }
}

static void want_keyframe(struct worker *worker, const struct transport_entry *transport, uint32_t ssrc)
{
    uint32_t index = find_route(worker, transport, ssrc);
    if (index == PACKET_NONE)
        return;
    counter_add(&tables_route_state(worker->tables, index)->plis_received, 1);
    tick_request_keyframe_of(worker, &worker->entries->routes[index]);
}

static void want_packets(struct worker *worker, const struct transport_entry *transport,
                         const struct rtcp_feedback *feedback)
{
    uint32_t route = find_route(worker, transport, feedback->media_ssrc);
    int entries = rtcp_parse_nack(feedback);
    if (route == PACKET_NONE)
        return;
    counter_add(&tables_route_state(worker->tables, route)->nacks_received, 1);
    for (int i = 0; i < entries; i++) {
        uint16_t sequences[RTCP_NACK_BATCH_MAX];
        unsigned count = rtcp_get_nack(feedback, (unsigned)i, sequences);
        for (unsigned k = 0; k < count; k++)
            rtx_request(worker, route, sequences[k]);
    }
}

static void take_feedback(struct worker *worker, const struct transport_entry *transport,
                          const struct rtcp_packet *rtcp)
{
    struct rtcp_feedback feedback;
    if (rtcp_parse_feedback(rtcp, &feedback))
        return;
    if (rtcp_is_pli(&feedback))
        want_keyframe(worker, transport, feedback.media_ssrc);
    int firs = feedback.type == RTCP_PSFB && feedback.format == RTCP_FIR ? rtcp_parse_fir(&feedback) : 0;
    for (int i = 0; i < firs; i++) {
        struct rtcp_fir fir;
        rtcp_get_fir(&feedback, (unsigned)i, &fir);
        want_keyframe(worker, transport, fir.ssrc);
    }
    if (feedback.type == RTCP_RTPFB && feedback.format == RTCP_NACK)
        want_packets(worker, transport, &feedback);
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    const struct transport_entry *transport = entry_transport(worker->entries, packet_of(mbuf)->transport);
    struct rtcp_iterator iterator = rtcp_begin(packet_data(mbuf), mbuf->data_len);
    struct rtcp_packet rtcp;
    worker_works_on(worker, packet_of(mbuf)->transport);
    while (rtcp_next(&iterator, &rtcp)) {
        switch (rtcp.type) {
        case RTCP_SR:
            take_sender_report(worker, transport, &rtcp);
            take_reports(worker, transport, &rtcp);
            break;
        case RTCP_RR:
            take_reports(worker, transport, &rtcp);
            break;
        case RTCP_RTPFB:
        case RTCP_PSFB:
            take_feedback(worker, transport, &rtcp);
            break;
        default: // descriptions, goodbyes and extended reports say nothing that is acted on
            break;
        }
    }
    return packet_consume(mbuf, CONSUME_RTCP);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register rtcp_input = {
    .name = "rtcp_input",
    .process = process,
    .nb_edges = 2,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume"},
};
RTE_NODE_REGISTER(rtcp_input);
