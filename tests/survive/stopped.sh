#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: stopped-control-ms stopped-dataplane-ms stopped-fenced stopped-repeated stopped-sessions
# limit: 120
# quick: 60
# SIGSTOP of either process, as a debugger or a swapping host may do it: noticed, healed, and whoever wakes up too late
# sends nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

pairs=$(by_size 50 10)

is_healed() {
    [ -n "$(pid_of "$1")" ] && [ "$(pid_of "$1")" != "$2" ] && is_ready
}

# PROGRAM: stops it, and lets it go on once its successor is there.
stop() {
    local pid began
    pid=$(pid_of "$1") began=$(now_ms)
    kill -STOP "$pid"
    check "naru-$1 has a successor" wait_for 5 is_healed "$1" "$pid"
    score_at_most "stopped-$1-ms" $(($(now_ms) - began)) 2000
    ! kill -CONT "$pid" 2>/dev/null || awake=$((awake + 1))
}

awake=0
start_gateway
"$client" session --whip "$http/whip/room{n}" --whep "$http/whep/room{n}" --sessions "$pairs" --audio --duration 60 \
    --keep-going --json --max-loss 50 --max-gap 2500 >"$work/report.json" 2>"$work/client.log" &
calls=$!
check 'all sessions are connected' within 20 ".sessions.by_state.connected == 2 * $pairs" ctl --json status
sleep 1
stop control
sleep 1
stop dataplane
sleep "$(by_size 4 1)"
kill -INT "$calls"
wait "$calls" || true
print_report
score_at_most stopped-fenced "$awake" 0
score_at_most stopped-repeated "$(jq '.totals.srtp_replayed' "$work/report.json")" 0
score_at_most stopped-sessions "$(jq '[.sessions[] | select(.dtls.closed_by_peer or .error != "" or
    ([.streams_in[] | .gap_ms > 2500] | any))] | length' "$work/report.json")" 0
finish
