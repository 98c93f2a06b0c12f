// SPDX-License-Identifier: Apache-2.0
// RTCP that this gateway sends: each hop ends the feedback of its peers and makes its own (RFC 3550 6.4, RFC 4585).
#include "bandwidth.h"
#include "rtcp_writer.h"
#include "tick.h"
#include "worker_random.h"

#include <string.h>

#define SECOND               1000000000ULL
#define REPORT_NS            SECOND // on average
#define FEEDBACK_MOST_NS     (2 * SECOND / 5)
#define FEEDBACK_PACKETS     4 // that a message should tell of
#define FEEDBACK_MESSAGE_MAX 1000

struct compound {
    struct rte_mbuf *mbuf;
    uint8_t *data;
    size_t size, capacity;
};

static bool compound_begin(struct worker *worker, const struct transport_entry *transport, struct compound *compound)
{
    compound->mbuf = worker_make_packet(worker, CREATE_RTCP);
    if (!compound->mbuf)
        return false;
    packet_of(compound->mbuf)->transport = transport->index;
    compound->data = packet_data(compound->mbuf);
    compound->size = 0;
    compound->capacity = RTE_MIN(rte_pktmbuf_tailroom(compound->mbuf), 1200);
    return true;
}

static void compound_add(struct compound *compound, int size)
{
    if (size > 0)
        compound->size += (size_t)size;
}

static void compound_send(struct worker *worker, struct compound *compound)
{
    rte_pktmbuf_append(compound->mbuf, (uint16_t)compound->size);
    worker_send(worker, &worker->rtcp_outbox, compound->mbuf);
}

#define COMPOUND_REST(compound) (compound)->data + (compound)->size, (compound)->capacity - (compound)->size

static uint64_t ns_to_ntp(uint64_t ns)
{
    return (ns / SECOND) << 32 | ((ns % SECOND) << 32) / SECOND;
}

static uint32_t ns_to_clock(uint64_t ns, uint32_t clock_rate)
{
    return (uint32_t)(uint64_t)((double)ns * clock_rate / 1e9);
}

// The publisher's own timeline goes on to the viewer, so that its audio and video stay in step. Before its first report
// there is none, and a clock of another's for one of the two would only set them apart. False: not known yet.
static bool map_clock(struct worker *worker, const struct route_entry *route, struct rtcp_sender_info *info)
{
    struct stream_state *source = tables_stream_state(worker->tables, route->stream);
    struct route_state *state = tables_route_state(worker->tables, (uint32_t)(route - worker->entries->routes));
    uint64_t reported = atomic_load_explicit(&source->sr_received, memory_order_acquire);
    if (!reported || source->generation != route->stream_generation)
        return false;
    uint64_t elapsed = worker->now > reported ? worker->now - reported : 0; // another worker's clock may be ahead
    info->ntp = counter_get(&source->sr_ntp) + ns_to_ntp(elapsed);
    info->rtp_timestamp = atomic_load_explicit(&source->sr_rtp, memory_order_relaxed) +
                          ns_to_clock(elapsed, route->clock_rate) + state->timestamp_offset;
    atomic_thread_fence(memory_order_acquire);
    return counter_get(&source->sr_received) == reported;
}

static void send_sender_report(struct worker *worker, struct transport_entry *transport, uint32_t index)
{
    const struct route_entry *route = entry_route(worker->entries, index);
    struct route_state *state = tables_route_state(worker->tables, index);
    uint64_t packets = counter_get(&state->packets);
    struct compound compound;
    struct rtcp_sender_info info = {
        .ssrc = route->ssrc, .packets = (uint32_t)packets, .octets = (uint32_t)counter_get(&state->octets)};
    if (packets == 0 || worker->now - counter_get(&state->last_sr) < transport->upkeep->report_interval ||
        !map_clock(worker, route, &info) || !compound_begin(worker, transport, &compound))
        return;
    compound_add(&compound, rtcp_write_sr(COMPOUND_REST(&compound), &info, NULL, 0));
    compound_add(&compound, rtcp_write_sdes_cname(COMPOUND_REST(&compound), route->ssrc, transport->upkeep->cname,
                                                  strlen(transport->upkeep->cname)));
    atomic_store_explicit(&state->last_sr_ntp, (uint32_t)(info.ntp >> 16), memory_order_relaxed);
    atomic_store_explicit(&state->last_sr, worker->now, memory_order_relaxed);
    compound_send(worker, &compound);
}

static void fill_report(struct worker *worker, struct stream_entry *stream, uint32_t index,
                        struct rtcp_report *ret_report)
{
    struct stream_state *state = tables_stream_state(worker->tables, index);
    uint64_t highest = stream->highest_index, received = stream->received;
    uint64_t expected = highest - stream->base_index + 1;
    uint64_t expected_now = expected - stream->expected_prior, received_now = received - stream->received_prior;
    uint64_t lost_now = expected_now > received_now ? expected_now - received_now : 0;
    uint64_t sr_received = counter_get(&state->sr_received);
    *ret_report = (struct rtcp_report){
        .ssrc = stream->media_ssrc,
        .fraction_lost = (uint8_t)(expected_now ? RTE_MIN(lost_now * 256 / expected_now, 255u) : 0),
        .lost = (int32_t)RTE_MIN((int64_t)(expected - received), 0x7fffff),
        .highest = (uint32_t)highest,
        .jitter = (uint32_t)stream->jitter,
        .last_sr = sr_received ? (uint32_t)(counter_get(&state->sr_ntp) >> 16) : 0,
        .delay = sr_received ? (uint32_t)((worker->now - sr_received) * 65536 / SECOND) : 0};
    stream->fraction_lost = ret_report->fraction_lost;
    stream->expected_prior = expected;
    stream->received_prior = received;
    atomic_store_explicit(&state->lost, expected > received ? expected - received : 0, memory_order_relaxed);
    atomic_store_explicit(&state->jitter, (uint32_t)stream->jitter, memory_order_relaxed);
}

static unsigned collect_reports(struct worker *worker, struct transport_entry *transport, struct rtcp_report *reports)
{
    unsigned count = 0;
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_entry *stream = entry_stream(worker->entries, transport->upkeep->streams[i]);
        if (stream->media_ssrc)
            fill_report(worker, stream, transport->upkeep->streams[i], &reports[count++]);
    }
    return count;
}

static uint32_t estimate(struct worker *worker, struct transport_entry *transport, const struct rtcp_report *reports,
                         unsigned count)
{
    const struct bandwidth_bounds bounds = {worker->config->bandwidth.min_kbps, worker->config->bandwidth.start_kbps,
                                            worker->config->bandwidth.max_kbps};
    uint8_t worst = 0;
    for (unsigned i = 0; i < count; i++)
        worst = RTE_MAX(worst, reports[i].fraction_lost);
    transport->upkeep->remb_kbps =
        bandwidth_estimate(transport->upkeep->remb_kbps, transport->upkeep->receive_kbps, worst, &bounds);
    return transport->upkeep->remb_kbps;
}

// A cap goes to senders that make their own estimate, too.
static void add_remb(struct worker *worker, struct transport_entry *transport, const struct rtcp_report *reports,
                     unsigned count, struct compound *compound)
{
    uint32_t ssrcs[ENTRY_MAX_STREAMS];
    for (unsigned i = 0; i < count; i++)
        ssrcs[i] = reports[i].ssrc;
    uint32_t kbps = transport->feedback == FEEDBACK_REMB ? estimate(worker, transport, reports, count) : UINT32_MAX;
    if (transport->upkeep->max_kbps)
        kbps = RTE_MIN(kbps, transport->upkeep->max_kbps);
    if (transport->feedback != FEEDBACK_NONE && kbps != UINT32_MAX)
        compound_add(compound, rtcp_write_remb(COMPOUND_REST(compound), transport->upkeep->rtcp_ssrc, kbps * 1000ULL,
                                               ssrcs, count));
}

static void send_receiver_report(struct worker *worker, struct transport_entry *transport)
{
    struct rtcp_report reports[ENTRY_MAX_STREAMS];
    struct compound compound;
    unsigned count = collect_reports(worker, transport, reports);
    if (count == 0 || !compound_begin(worker, transport, &compound))
        return;
    compound_add(&compound, rtcp_write_rr(COMPOUND_REST(&compound), transport->upkeep->rtcp_ssrc, reports, count));
    compound_add(&compound, rtcp_write_sdes_cname(COMPOUND_REST(&compound), transport->upkeep->rtcp_ssrc,
                                                  transport->upkeep->cname, strlen(transport->upkeep->cname)));
    add_remb(worker, transport, reports, count, &compound);
    compound_send(worker, &compound);
}

// A compound begins with a report and a name (RFC 4585 3.1), unless reduced size was negotiated (RFC 5506).
static void begin_feedback(const struct transport_entry *transport, struct compound *compound)
{
    if (transport->upkeep->reduced_rtcp)
        return;
    compound_add(compound, rtcp_write_rr(COMPOUND_REST(compound), transport->upkeep->rtcp_ssrc, NULL, 0));
    compound_add(compound, rtcp_write_sdes_cname(COMPOUND_REST(compound), transport->upkeep->rtcp_ssrc,
                                                 transport->upkeep->cname, strlen(transport->upkeep->cname)));
}

static void send_transport_feedback(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc)
{
    uint8_t message[FEEDBACK_MESSAGE_MAX];
    struct compound compound;
    int size;
    uint64_t unreported = transport->twcc.unreported;
    while ((size = twcc_write(&transport->twcc, transport->upkeep->rtcp_ssrc, media_ssrc, message, sizeof(message))) >
               0 &&
           compound_begin(worker, transport, &compound)) {
        begin_feedback(transport, &compound);
        memcpy(compound.data + compound.size, message, (size_t)size);
        compound_add(&compound, size);
        compound_send(worker, &compound);
    }
    uint64_t passed = worker->now - transport->upkeep->last_feedback;
    uint64_t fitting = unreported ? passed * FEEDBACK_PACKETS / unreported : FEEDBACK_MOST_NS;
    transport->upkeep->feedback_interval = RTE_MIN(RTE_MAX(fitting, TICK_FEEDBACK_NS), FEEDBACK_MOST_NS);
    transport->upkeep->last_feedback = worker->now;
    atomic_store_explicit(&tables_transport_state(worker->tables, transport->index)->transport_sequence,
                          transport->twcc.highest, memory_order_relaxed);
}

void report_pli(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc)
{
    struct compound compound;
    if (!compound_begin(worker, transport, &compound))
        return;
    begin_feedback(transport, &compound);
    compound_add(&compound, rtcp_write_pli(COMPOUND_REST(&compound), transport->upkeep->rtcp_ssrc, media_ssrc));
    compound_send(worker, &compound);
}

void report_nack(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc,
                 const uint16_t *sequences, unsigned count)
{
    struct compound compound;
    if (!compound_begin(worker, transport, &compound))
        return;
    begin_feedback(transport, &compound);
    compound_add(&compound,
                 rtcp_write_nack(COMPOUND_REST(&compound), transport->upkeep->rtcp_ssrc, media_ssrc, sequences, count));
    compound_send(worker, &compound);
}

static uint32_t any_media_ssrc(struct worker *worker, const struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++) {
        uint32_t ssrc = entry_stream(worker->entries, transport->upkeep->streams[i])->media_ssrc;
        if (ssrc)
            return ssrc;
    }
    return 0;
}

void report_tick(struct worker *worker, struct transport_entry *transport)
{
    if (transport->selected == ENTRY_NO_PATH)
        return;
    if (transport->feedback == FEEDBACK_TRANSPORT_CC &&
        worker->now - transport->upkeep->last_feedback >= TICK_FEEDBACK_NS)
        send_transport_feedback(worker, transport, any_media_ssrc(worker, transport));
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next)
        send_sender_report(worker, transport, i);
    if (worker->now - transport->upkeep->last_report >= transport->upkeep->report_interval) {
        rates_measure(worker, transport);
        transport->upkeep->report_interval = worker_jitter(worker, REPORT_NS);
        transport->upkeep->last_report = worker->now;
        send_receiver_report(worker, transport);
    }
}
