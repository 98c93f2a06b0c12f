#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: dataplane-kill-sessions dataplane-kill-gap-ms dataplane-kill-handshakes dataplane-kill-plis dataplane-kill-broken
# limit: 90
# quick: 60
# kill -9 of naru-dataplane under live calls: they go on with the same keys, and each video publisher is asked once for a
# key frame. The aim of the gap is 200 ms.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

created() {
    ctl --json status | jq .sessions.created
}

configure </dev/null
start_gateway
start_calls "$(by_size 200 60)" --video --video-rate 50 --video-size 300
sessions=$(created)
sleep 2
strike dataplane
sleep 5
check 'the gateway has the same sessions' is_same_sessions
handshakes=$(($(created) - sessions))
end_calls
score_at_most dataplane-kill-sessions "$(lost_sessions 3000)" 0
score_at_most dataplane-kill-gap-ms "$(reported '.totals.max_gap_ms | round')" 1000
score_at_most dataplane-kill-handshakes "$handshakes" 0
score_at_most dataplane-kill-plis "$(reported "[.sessions[] | select(.role == \"publisher\") |
    [.keyframe_requests_ms[] | select(. >= $struck_ms)] | length | select(. != 1)] | length")" 0
score_at_most dataplane-kill-broken "$(broken_packets)" 0
check_nobody_left
finish
