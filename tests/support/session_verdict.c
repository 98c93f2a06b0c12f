// SPDX-License-Identifier: Apache-2.0
#include "session_verdict.h"

#include "byte_order.h"
#include <stdarg.h>
#include <stdio.h>

static void __attribute__((format(printf, 3, 4)))
complain(struct verdict *verdict, const struct session *session, const char *format, ...)
{
    verdict->ok = false;
    if (verdict->failure_count >= VERDICT_FAILURES_MAX) {
        verdict->failure_count++;
        return;
    }
    char *text = verdict->failures[verdict->failure_count++];
    size_t room = sizeof(verdict->failures[0]);
    int size = session->viewer < 0 ? snprintf(text, room, "room %u publisher: ", session->room)
                                   : snprintf(text, room, "room %u viewer %d: ", session->room, session->viewer);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + size, room - (size_t)size, format, arguments);
    va_end(arguments);
}

static const struct media_source *source_of(const struct session *publisher, enum media_kind kind)
{
    for (unsigned i = 0; publisher && i < publisher->source_count; i++)
        if (publisher->sources[i].kind == kind)
            return &publisher->sources[i];
    return NULL;
}

// Only while both ends are up is the sender's last packet due as well.
uint64_t verdict_expected(const struct session *session, const struct media_sink *sink)
{
    const struct media_source *source = source_of(session->publisher, sink->kind);
    if (!source || !sink->unique || sink->source_changes || session->closed_by_peer)
        return media_sink_expected(sink);
    return source->sent - sink->first_sequence;
}

static void judge_sink(struct verdict *verdict, const struct session *session, const struct media_sink *sink)
{
    const char *kind = sink->kind == MEDIA_AUDIO ? "audio" : "video";
    uint64_t expected = verdict_expected(session, sink);
    if (!sink->unique)
        complain(verdict, session, "no %s arrived", kind);
    double lost = expected ? 100.0 * (double)(expected - sink->unique) / (double)expected : 0;
    if (lost > session->options->max_loss_percent)
        complain(verdict, session, "%s lost %lu of %lu packets (%.2f %%)", kind, expected - sink->unique, expected,
                 lost);
    if (session->options->max_gap_ms > 0 && ns_to_ms(sink->gap_ns) > session->options->max_gap_ms)
        complain(verdict, session, "%s was silent for %.0f ms", kind, ns_to_ms(sink->gap_ns));
    const struct {
        uint64_t count;
        const char *what;
    } rows[] = {
        {sink->corrupted, "corrupted packets"},
        {sink->foreign, "packets of another room or stream"},
        {sink->duplicated, "duplicates"},
        {sink->ssrc_changes, "changes of SSRC"},
        {sink->undeclared_ssrc, "packets with an SSRC that the answer does not name"},
        {sink->wrong_payload_type, "packets with a wrong payload type"},
        {sink->wrong_mid, "packets with a wrong MID"},
        {sink->sequence_breaks, "breaks in the sequence numbers"},
        {sink->timestamp_breaks, "breaks in the timestamps"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].count)
            complain(verdict, session, "%s: %lu %s", kind, rows[i].count, rows[i].what);
}

// The handshake must have been tried, and must have been refused or ended by the gateway.
static void judge_wrong_fingerprint(struct verdict *verdict, const struct session *session)
{
    if (session->publisher && session->publisher->state == SESSION_FAILED && !session->answered_ns)
        return; // a viewer that had nothing to watch
    if (session->exchanged_media)
        complain(verdict, session, "media or RTCP was exchanged although the fingerprint is wrong");
    else if (!session->nominated_ns)
        complain(verdict, session, "it never came to a handshake: %s", session->error);
    else if (session->connected_ns && session->state != SESSION_FAILED && !session->closed_by_peer)
        complain(verdict, session, "the handshake succeeded although the fingerprint is wrong");
}

static void judge_session(struct verdict *verdict, const struct session *session)
{
    const struct client_options *options = session->options;
    if (options->tamper == TAMPER_WRONG_FINGERPRINT) {
        judge_wrong_fingerprint(verdict, session);
        return;
    }
    if (session->state == SESSION_FAILED || !session->connected_ns) {
        complain(verdict, session, "%s", session->error[0] ? session->error : session_state_text(session->state));
        return;
    }
    for (unsigned i = 0; i < session->sink_count; i++)
        judge_sink(verdict, session, &session->sinks[i]);
    if (session->srtp.rtp.authentication_failed + session->srtp.rtcp.authentication_failed)
        complain(verdict, session, "%lu RTP and %lu RTCP packets failed authentication",
                 session->srtp.rtp.authentication_failed, session->srtp.rtcp.authentication_failed);
    if (session->srtp.rtp.replayed + session->srtp.rtcp.replayed)
        complain(verdict, session, "%lu RTP and %lu RTCP packets were replays", session->srtp.rtp.replayed,
                 session->srtp.rtcp.replayed);
    if (session->rtcp.malformed || session->counters.malformed_rtp)
        complain(verdict, session, "%lu malformed RTCP and %lu malformed RTP packets", session->rtcp.malformed,
                 session->counters.malformed_rtp);
    if (session->tamper.left)
        complain(verdict, session, "%u packets were still to be tampered with", session->tamper.left);
    if (options->keep_going)
        return;
    if (session->ice.consent_expired)
        complain(verdict, session, "consent expired");
    if (session->closed_by_peer)
        complain(verdict, session, "the gateway closed the session");
    if (session->delete_status && session->delete_status / 100 != 2)
        complain(verdict, session, "DELETE was answered with %ld", session->delete_status);
}

static void raise_to(double *most, double value)
{
    if (value > *most)
        *most = value;
}

static void add_sink(struct session_totals *totals, const struct session *session, const struct media_sink *sink)
{
    uint64_t expected = verdict_expected(session, sink);
    totals->received += sink->received;
    totals->unique += sink->unique;
    totals->expected += expected;
    totals->lost += expected > sink->unique ? expected - sink->unique : 0;
    totals->duplicated += sink->duplicated;
    totals->reordered += sink->reordered;
    totals->corrupted += sink->corrupted;
    totals->foreign += sink->foreign;
    totals->keyframes += sink->keyframes;
    raise_to(&totals->max_gap_ms, ns_to_ms(sink->gap_ns));
    if (sink->first_ns)
        raise_to(&totals->max_first_packet_ms, ns_to_ms(sink->first_ns - session->connected_ns));
    if (sink->first_keyframe_ns)
        raise_to(&totals->max_first_keyframe_ms, ns_to_ms(sink->first_keyframe_ns - session->connected_ns));
    latency_merge(&totals->latency, &sink->latency);
}

static void add_session(struct session_totals *totals, const struct session *session)
{
    totals->sessions++;
    totals->connected += session->connected_ns != 0;
    totals->failed += session->state == SESSION_FAILED;
    totals->srtp_authentication_failed +=
        session->srtp.rtp.authentication_failed + session->srtp.rtcp.authentication_failed;
    totals->srtp_replayed += session->srtp.rtp.replayed + session->srtp.rtcp.replayed;
    totals->tampered += session->tamper.sent;
    if (session->nominated_ns)
        raise_to(&totals->max_ice_ms, ns_to_ms(session->nominated_ns - session->answered_ns));
    if (session->connected_ns)
        raise_to(&totals->max_dtls_ms, ns_to_ms(session->connected_ns - session->nominated_ns));
    for (unsigned i = 0; i < session->source_count; i++)
        totals->sent += session->sources[i].sent;
    for (unsigned i = 0; i < session->sink_count; i++)
        add_sink(totals, session, &session->sinks[i]);
}

void verdict_reach(const struct session_set *set, struct verdict *ret_verdict)
{
    *ret_verdict = (struct verdict){.ok = true};
    for (unsigned i = 0; i < set->count; i++) {
        add_session(&ret_verdict->totals, &set->sessions[i]);
        judge_session(ret_verdict, &set->sessions[i]);
    }
}
