#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 90
# A worker that media keeps busy takes no new sessions before media suffers: 503 and Retry-After, counted; the calls on it
# lose nothing, and when the media ends it takes sessions again. A flood of what is nobody's keeps no one out.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

is_overloaded() {
    fulfils ".workers[0].overloaded == $1" ctl --json workers
}

# TEXT STATUS PATH KIND
offer_gets() {
    check_is "$1: $2" "$(post_offer "$3" "$4")" "$2"
}

write_config <<'YAML'
limits: {worker-load: 5}
YAML
start_gateway
check 'an idle worker has no load' within 5 '.workers[0].load < 0.02' ctl --json workers
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 2 --duration 40 --max-loss 0 --json \
    >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '4 sessions are connected' within 10 '.sessions.by_state.connected == 4' ctl --json status
check 'they are no load' within 10 '.workers[0] | .load < 0.04 and (.overloaded | not)' ctl --json workers

"$client" junk --to "$address4:16384" --kind rtp --rate 20000 --sources 20 --count 80000 --json >"$work/junk" 2>&1 &
junk=$!
most=0
while kill -0 "$junk" 2>/dev/null; do
    load=$(ctl --json workers | jq '.workers[0].load * 1000 | round')
    [ "$load" -le "$most" ] || most=$load
    sleep 0.2
done
echo "        at most $most thousandths under a flood of $(jq .sent "$work/junk") packets"
check 'a flood of strangers makes the worker no busier' [ "$most" -lt 50 ]
check '  though it came' [ $((2 * $(dropped udp_classify_unknown_source))) -gt "$(jq .sent "$work/junk")" ]
offer_gets '  and a new room' 201 /whip/flooded sendonly

"$client" session --whip "$http/whip/busy" --whep "$http/whep/busy" --viewers 10 --audio --audio-rate 2000 --duration 40 \
    --max-loss 100 --summary >"$work/busy.log" 2>&1 &
busy=$!
check 'media makes the worker busy' wait_for 20 is_overloaded true
sleep 1 # who of them came too late has been told so
before=$(ctl --json status | jq .sessions.refused_by_reason.worker_load)
offer_gets 'a new room' 503 /whip/more sendonly
check_is '  with Retry-After' "$(head_field Retry-After)" 5
check '  and the reason' grep -q 'limits.worker-load' "$work/answer"
offer_gets 'a viewer of a room that is there' 503 /whep/room0 recvonly
check 'both are counted' fulfils \
    ".sessions | .refused_by_reason.worker_load == $((before + 2)) and .refused == $((before + 2))" ctl --json status
check '  and named in the metrics' grep -q "^naru_sessions_refused_total{reason=\"worker_load\"} $((before + 2))\$" \
    <(curl -s --noproxy '*' "$http/metrics")
check '  and shown' grep -q "refused: $((before + 2)) worker_load" <(ctl status)
check 'the gateway is ready all the time' is_ready
kill "$busy" || true
wait "$busy" || true
check 'after it the worker is not overloaded any more' wait_for 10 is_overloaded false
offer_gets 'a new room' 201 /whip/more sendonly
offer_gets 'a viewer' 201 /whep/room0 recvonly
kill "$calls" || true
check 'the calls on it lost nothing' wait "$calls"
print_report
check_accounts udp_classify_unknown_source udp_classify_unknown_over_budget
stop_gateway
finish
