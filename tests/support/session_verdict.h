// SPDX-License-Identifier: Apache-2.0
// Sums up a finished set of sessions, and says what is wrong with it.
#pragma once
#include "session_set.h"

#define VERDICT_FAILURES_MAX 40

struct session_totals {
    unsigned sessions, connected, failed;
    uint64_t sent, received, unique, expected, lost, duplicated, reordered, corrupted, foreign;
    uint64_t srtp_authentication_failed, srtp_replayed, tampered, keyframes;
    double max_gap_ms, max_first_packet_ms, max_first_keyframe_ms, max_ice_ms, max_dtls_ms;
    struct latency_histogram latency;
};

struct verdict {
    bool ok;
    unsigned failure_count; // may pass VERDICT_FAILURES_MAX
    char failures[VERDICT_FAILURES_MAX][360];
    struct session_totals totals;
};

// Packets that the stream should have brought; knows the sender's count where it is in this process.
uint64_t verdict_expected(const struct session *session, const struct media_sink *sink);
void verdict_reach(const struct session_set *set, struct verdict *ret_verdict);
// The whole report on stdout, as JSON or for people.
void session_report(const struct session_set *set, const struct verdict *verdict, const char *label);
