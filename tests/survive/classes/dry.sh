#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-dry-packets class-dry-wide-lost-percent class-dry-punts class-dry-flows class-dry-after class-dry-lost-percent
# limit: 90
# quick: 60
# beside: yes
# What runs dry in naru-dataplane: packet buffers, the ring of DTLS to naru-control, the table of five-tuples. Counted by
# name; calls lose nothing by it but what a queue of the kernel drops of a burst, and afterwards there is room again.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

# NAME SCORE: what calls lost.
score_percent() {
    score_at_most "$2" "$(jq '.totals | 100 * (.expected - .received) / .expected * 1000 | round / 1000' "$work/$1.json")" 1
}

dry_packets() {
    curl -s --noproxy '*' "$http/metrics" | sed -n 's/^naru_pool_ran_dry_total{worker="0",pool="packets"} //p'
}

# A room of 60, and each time the dataplane gets no CPU for a moment, what came meanwhile is for all of them at once.
dry_buffers() {
    local wide
    "$client" session --whip "$http/whip/wide{n}" --whep "$http/whep/wide{n}" --viewers 60 --video --video-rate 300 \
        --video-size 900 --duration 60 --json --summary >"$work/wide.json" 2>"$work/wide.log" &
    wide=$!
    check 'a wide room is up' within 20 '.sessions.by_state.connected == 65' ctl --json status
    for _ in {1..20}; do
        kill -STOP "$(pid_of dataplane)"
        sleep 0.15
        kill -CONT "$(pid_of dataplane)"
        sleep 0.5
        [ "$(dry_packets)" = 0 ] || break
    done
    score_at_least class-dry-packets "$(dry_packets)" 1
    sleep 1
    kill "$wide"
    wait "$wide" || true
    jq -c '.totals | {sent, received, expected}' "$work/wide.json"
    score_percent wide class-dry-wide-lost-percent
}

# Whoever would heal it is stopped too, the keeper first.
dry_tables() {
    "$(dirname "$0")/half_open.py" "$http" 300 --sources 8 --stopped "$(pid_of keeper)" "$(pid_of supervise)" \
        "$(pid_of control)" >"$work/half.json"
    jq -c . "$work/half.json"
    score_at_least class-dry-punts "$(dropped dtls_punt_ring_full)" 1
    score_at_least class-dry-flows "$(dropped stun_reply_flows_full)" 1
}

# Its devices take 2,048 packet buffers of them.
write_config <<'YAML'
memory: {heap-mb: 128, packet-buffers: 2248, history-mb: 8}
limits: {transports: 320, half-open-handshakes: 1024, half-open-handshakes-per-source: 1024, setup-seconds: 5}
dtls: {handshake-seconds: 2}
YAML
start_gateway
control=$(pid_of control) dataplane=$(pid_of dataplane)
begin_calls calls 2 --max-loss 1
dry_buffers
dry_tables
check 'who did not take up a session has none' within 20 '.sessions.by_state.connected == 4 and
    .sessions.now - (.sessions.by_state.failed // 0) == 4' ctl --json status
after=no room=after{n}
! session --sessions 2 --duration 1 --max-loss 0 || after=yes
score class-dry-after $after yes $after
check_is 'naru-control and naru-dataplane are the same' "$(pid_of control) $(pid_of dataplane)" "$control $dataplane"
kill "${calls_of[calls]}"
check 'calls: they noticed nothing' wait "${calls_of[calls]}"
score_percent calls class-dry-lost-percent
check_accounts dtls_punt_ring_full dtls_punt_over_budget stun_reply_flows_full udp_classify_unknown_over_budget \
    udp_output_unproven rtp_route_jobs_full
stop_gateway
finish
