// SPDX-License-Identifier: Apache-2.0
#include "session_verdict.h"

#include "byte_order.h"
#include <jansson.h>
#include <stdio.h>

static void put(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void put_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, json_real((double)(int64_t)(value * 1000 + 0.5) / 1000));
}

static void put_text(json_t *object, const char *key, const char *value)
{
    json_t *text = json_string(value); // NULL: not UTF-8, which a gateway's error text may be
    json_object_set_new(object, key, text ? text : json_string("(not UTF-8)"));
}

// Null: it never happened.
static void put_elapsed(json_t *object, const char *key, uint64_t from, uint64_t to)
{
    if (to)
        put_real(object, key, to > from ? ns_to_ms(to - from) : 0);
    else
        json_object_set_new(object, key, json_null());
}

static void put_latency(json_t *object, const struct latency_histogram *latency)
{
    json_t *values = json_object();
    put_real(values, "p50", latency_percentile(latency, 50));
    put_real(values, "p95", latency_percentile(latency, 95));
    put_real(values, "p99", latency_percentile(latency, 99));
    put_real(values, "max", ns_to_ms(latency->max_ns));
    json_object_set_new(object, "latency_ms", values);
}

static const char *kind_text(enum media_kind kind)
{
    return kind == MEDIA_AUDIO ? "audio" : "video";
}

static json_t *source_json(const struct media_source *source)
{
    json_t *object = json_object();
    put_text(object, "kind", kind_text(source->kind));
    put(object, "ssrc", source->ssrc);
    put(object, "payload_type", source->payload_type);
    put(object, "sent", source->sent);
    put(object, "bytes", source->bytes);
    put(object, "frames", source->frames);
    put(object, "keyframes", source->keyframes);
    put(object, "late", source->late);
    return object;
}

static json_t *sink_json(const struct session *session, const struct media_sink *sink)
{
    json_t *object = json_object();
    uint64_t expected = verdict_expected(session, sink);
    put_text(object, "kind", kind_text(sink->kind));
    put(object, "ssrc", sink->ssrc);
    put(object, "received", sink->received);
    put(object, "expected", expected);
    put(object, "lost", expected > sink->unique ? expected - sink->unique : 0);
    put(object, "duplicated", sink->duplicated);
    put(object, "reordered", sink->reordered);
    put(object, "corrupted", sink->corrupted);
    put(object, "foreign", sink->foreign);
    put(object, "bytes", sink->bytes);
    put(object, "keyframes", sink->keyframes);
    put(object, "padding_only", sink->padding_only);
    put(object, "source_changes", sink->source_changes);
    put(object, "ssrc_changes", sink->ssrc_changes);
    put(object, "undeclared_ssrc", sink->undeclared_ssrc);
    put(object, "wrong_payload_type", sink->wrong_payload_type);
    put(object, "wrong_mid", sink->wrong_mid);
    put(object, "sequence_breaks", sink->sequence_breaks);
    put(object, "timestamp_breaks", sink->timestamp_breaks);
    put_real(object, "jitter_ms", sink->jitter / (sink->kind == MEDIA_AUDIO ? 48 : 90));
    put_elapsed(object, "first_packet_ms", session->connected_ns, sink->first_ns);
    put_elapsed(object, "first_keyframe_ms", session->connected_ns, sink->first_keyframe_ns);
    put_real(object, "gap_ms", ns_to_ms(sink->gap_ns));
    put_elapsed(object, "gap_end_ms", session->connected_ns, sink->gap_end_ns);
    put_elapsed(object, "last_packet_ms", session->connected_ns, sink->last_ns);
    put_latency(object, &sink->latency);
    return object;
}

static json_t *repair_json(const struct repair *repair)
{
    json_t *object = json_object();
    put(object, "lost", repair->lost);
    put(object, "repaired", repair->repaired);
    put(object, "unasked", repair->repairs_unasked);
    put(object, "nacks_sent", repair->nacks_sent);
    put(object, "wrong_ssrc", repair->wrong_ssrc);
    put(object, "withheld", repair->withheld);
    put(object, "resent", repair->resent);
    put(object, "unknown", repair->resend_unknown);
    return object;
}

static json_t *rtcp_json(const struct session *session)
{
    const struct rtcp_counters *rtcp = &session->rtcp;
    const struct {
        const char *key;
        uint64_t value;
    } rows[] = {
        {"sent", session->rtcp_sent},
        {"plis_sent", session->counters.plis_sent},
        {"twcc_sent", session->twcc_sent},
        {"compounds", rtcp->compounds},
        {"sr", rtcp->sr},
        {"rr", rtcp->rr},
        {"sdes", rtcp->sdes},
        {"bye", rtcp->bye},
        {"pli", rtcp->pli},
        {"fir", rtcp->fir},
        {"nack", rtcp->nack},
        {"nack_packets", rtcp->nack_packets},
        {"twcc", rtcp->twcc},
        {"twcc_packets", rtcp->twcc_packets},
        {"remb", rtcp->remb},
        {"remb_bps", rtcp->remb_bps},
        {"remb_min_bps", rtcp->remb_min_bps},
        {"remb_max_bps", rtcp->remb_max_bps},
        {"worst_fraction_lost", rtcp->worst_fraction_lost},
        {"other", rtcp->other},
        {"malformed", rtcp->malformed},
        {"authentication_failed", session->srtp.rtcp.authentication_failed},
        {"replayed", session->srtp.rtcp.replayed},
    };
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        put(object, rows[i].key, rows[i].value);
    return object;
}

static json_t *ice_json(const struct session *session)
{
    char text[SOCKET_TEXT_SIZE];
    const struct ice_agent *ice = &session->ice;
    const struct ice_counters *counters = &ice->counters;
    json_t *object = json_object();
    put_text(object, "selected", socket_address_text(&ice->selected, text));
    put_text(object, "mapped", socket_address_text(&ice->mapped, text));
    put_elapsed(object, "setup_ms", session->answered_ns, session->nominated_ns);
    put(object, "requests_sent", counters->requests_sent);
    put(object, "responses_ok", counters->responses_ok);
    put(object, "responses_bad_integrity", counters->responses_bad_integrity);
    put(object, "error_responses", counters->error_responses);
    put(object, "last_error_code", counters->last_error_code);
    put(object, "requests_received", counters->requests_received);
    put(object, "requests_refused", counters->requests_refused);
    put(object, "malformed", counters->malformed);
    put(object, "consents", counters->consents);
    put(object, "conflicts", counters->conflicts);
    put(object, "role_changes", counters->role_changes);
    put(object, "nominations_received", counters->nominations_received);
    put(object, "restarts", ice->restarts_done);
    put_text(object, "role", ice->lite ? "lite" : ice->controlling ? "controlling" : "controlled");
    put_text(object, "peer", !ice->peer_asks ? "silent" : ice->peer_is_controlling ? "controlling" : "controlled");
    json_object_set_new(object, "peer_is_lite", json_boolean(session->remote.ice_lite));
    json_object_set_new(object, "consent_expired", json_boolean(ice->consent_expired));
    return object;
}

static json_t *dtls_json(const struct session *session)
{
    const struct dtls_peer *dtls = &session->dtls;
    json_t *object = json_object();
    put_text(object, "role", dtls->server ? "server" : "client");
    put_elapsed(object, "setup_ms", session->nominated_ns, session->connected_ns);
    put(object, "largest_datagram", dtls->largest_datagram);
    put(object, "datagrams_sent", dtls->datagrams_sent);
    put(object, "retransmissions", dtls->retransmissions);
    json_object_set_new(object, "alert_received", json_integer(dtls->alert_received));
    json_object_set_new(object, "alert_sent", json_integer(dtls->alert_sent));
    json_object_set_new(object, "closed_by_peer", json_boolean(session->closed_by_peer));
    return object;
}

// Monotonic, as in the timeline.
static json_t *keyframe_requests_json(const struct session *session)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < session->keyframe_request_count; i++)
        json_array_append_new(list, json_integer((json_int_t)(session->keyframe_requests_ns[i] / NS_PER_MS)));
    return list;
}

static json_t *session_json(const struct session *session)
{
    json_t *object = json_object(), *out = json_array(), *in = json_array();
    put(object, "index", session->index);
    put(object, "room", session->room);
    put_text(object, "role", session->viewer < 0 ? "publisher" : "viewer");
    if (session->viewer >= 0)
        put(object, "viewer", (uint64_t)session->viewer);
    put_text(object, "state", session_state_text(session->state));
    put_text(object, "error", session->error);
    put_elapsed(object, "stopped_ms", session->connected_ns, session->stopped_ns);
    put(object, "http_status", (uint64_t)session->http_status);
    put(object, "delete_status", (uint64_t)session->delete_status);
    put(object, "restart_status", (uint64_t)session->restart_status);
    put_text(object, "suite", session->suite ? session->suite->name : "none");
    json_object_set_new(object, "ice", ice_json(session));
    json_object_set_new(object, "dtls", dtls_json(session));
    put(object, "srtp_authentication_failed", session->srtp.rtp.authentication_failed);
    put(object, "srtp_replayed", session->srtp.rtp.replayed);
    put(object, "tampered", session->tamper.sent);
    put(object, "hostile", session->hostile.sent);
    put(object, "early_media", session->counters.early_media);
    put(object, "unexpected_source", session->counters.unexpected_source);
    put(object, "send_errors", session->counters.send_errors);
    put(object, "malformed_rtp", session->counters.malformed_rtp);
    put(object, "unknown", session->counters.unknown);
    for (unsigned i = 0; i < session->source_count; i++)
        json_array_append_new(out, source_json(&session->sources[i]));
    for (unsigned i = 0; i < session->sink_count; i++)
        json_array_append_new(in, sink_json(session, &session->sinks[i]));
    json_object_set_new(object, "streams_out", out);
    json_object_set_new(object, "streams_in", in);
    json_object_set_new(object, "rtcp", rtcp_json(session));
    if (session->timeline)
        json_object_set_new(object, "keyframe_requests_ms", keyframe_requests_json(session));
    if (session->repair)
        json_object_set_new(object, "repair", repair_json(session->repair));
    return object;
}

static json_t *totals_json(const struct session_totals *totals)
{
    json_t *object = json_object();
    put(object, "sessions", totals->sessions);
    put(object, "connected", totals->connected);
    put(object, "failed", totals->failed);
    put(object, "sent", totals->sent);
    put(object, "received", totals->received);
    put(object, "expected", totals->expected);
    put(object, "lost", totals->lost);
    put(object, "duplicated", totals->duplicated);
    put(object, "reordered", totals->reordered);
    put(object, "corrupted", totals->corrupted);
    put(object, "foreign", totals->foreign);
    put(object, "keyframes", totals->keyframes);
    put(object, "tampered", totals->tampered);
    put(object, "srtp_authentication_failed", totals->srtp_authentication_failed);
    put(object, "srtp_replayed", totals->srtp_replayed);
    put_real(object, "max_gap_ms", totals->max_gap_ms);
    put_real(object, "max_first_packet_ms", totals->max_first_packet_ms);
    put_real(object, "max_first_keyframe_ms", totals->max_first_keyframe_ms);
    put_real(object, "max_ice_ms", totals->max_ice_ms);
    put_real(object, "max_dtls_ms", totals->max_dtls_ms);
    put_latency(object, &totals->latency);
    return object;
}

static json_t *timeline_json(const struct timeline *timeline)
{
    json_t *object = json_object(), *sent = json_array(), *received = json_array();
    put(object, "began_ms", timeline->began_ns / NS_PER_MS);
    put(object, "step_ms", TIMELINE_STEP_NS / NS_PER_MS);
    for (unsigned i = 0; i < timeline->count; i++) {
        json_array_append_new(sent, json_integer(timeline->sent[i]));
        json_array_append_new(received, json_integer(timeline->received[i]));
    }
    json_object_set_new(object, "sent", sent);
    json_object_set_new(object, "received", received);
    return object;
}

static void print_json(const struct session_set *set, const struct verdict *verdict, const char *label)
{
    json_t *report = json_object(), *failures = json_array(), *sessions = json_array();
    put_text(report, "run", label);
    json_object_set_new(report, "ok", json_boolean(verdict->ok));
    put(report, "failure_count", verdict->failure_count);
    for (unsigned i = 0; i < verdict->failure_count && i < VERDICT_FAILURES_MAX; i++) {
        json_t *text = json_string(verdict->failures[i]);
        json_array_append_new(failures, text ? text : json_string("(not UTF-8)"));
    }
    json_object_set_new(report, "failures", failures);
    json_object_set_new(report, "totals", totals_json(&verdict->totals));
    if (set->timeline)
        json_object_set_new(report, "timeline", timeline_json(set->timeline));
    for (unsigned i = 0; !set->options->summary && i < set->count; i++)
        json_array_append_new(sessions, session_json(&set->sessions[i]));
    json_object_set_new(report, "sessions", sessions);
    json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(report);
}

static void print_text(const struct verdict *verdict, const char *label)
{
    const struct session_totals *totals = &verdict->totals;
    printf("%s: %s: %u of %u sessions connected, sent %lu, received %lu of %lu, lost %lu, duplicated %lu, "
           "reordered %lu, corrupted %lu, foreign %lu, longest gap %.0f ms, latency p50 %.2f p99 %.2f ms\n",
           label, verdict->ok ? "ok" : "FAILED", totals->connected, totals->sessions, totals->sent, totals->received,
           totals->expected, totals->lost, totals->duplicated, totals->reordered, totals->corrupted, totals->foreign,
           totals->max_gap_ms, latency_percentile(&totals->latency, 50), latency_percentile(&totals->latency, 99));
    for (unsigned i = 0; i < verdict->failure_count && i < VERDICT_FAILURES_MAX; i++)
        printf("  %s\n", verdict->failures[i]);
    if (verdict->failure_count > VERDICT_FAILURES_MAX)
        printf("  and %u more\n", verdict->failure_count - VERDICT_FAILURES_MAX);
}

void session_report(const struct session_set *set, const struct verdict *verdict, const char *label)
{
    if (set->options->json)
        print_json(set, verdict, label);
    else
        print_text(verdict, label);
    fflush(stdout);
}
