#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# A worker that media keeps busy takes no new sessions before media suffers: 503 and Retry-After, counted; the calls on it
# lose nothing, and when the media ends it takes sessions again. A flood of what is nobody's keeps no one out, and where
# another worker has cycles it takes the viewers.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

is_overloaded() {
    fulfils ".workers[0].overloaded == $1" ctl --json workers
}

# STATUS PATH KIND: {n} is another number each time.
gets() {
    tries=$((${tries:-0} + 1))
    [ "$(post_offer "${2/\{n\}/$tries}" "$3")" = "$1" ]
}

# TEXT STATUS PATH KIND: soon, for the load goes up and down.
offer_gets() {
    check "$1: $2" wait_for 10 gets "$2" "$3" "$4"
}

# LIMIT WORKERS: a gateway with calls on it, or none.
start_with() {
    write_config <<YAML
gateway: {workers: $2}
limits: {worker-load: $1}
YAML
    start_gateway
}

start_calls() {
    check 'an idle worker has no load' within 5 '.workers[0].load < 0.02' ctl --json workers
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 2 --duration 60 --max-loss 1 --json \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check '4 sessions are connected' within 10 '.sessions.by_state.connected == 4' ctl --json status
}

end_calls() {
    kill "$calls" || true
    check 'the calls on it lost nothing that counts' wait "$calls" # a packet, where others take the CPU
    print_report
    check_accounts udp_classify_unknown_source udp_classify_unknown_over_budget
    stop_gateway
}

start_busy_room() {
    "$client" session --whip "$http/whip/busy" --whep "$http/whep/busy" --viewers 10 --audio --audio-rate 2000 --duration 60 \
        --max-loss 100 --retry 30 --summary >"$work/busy.log" 2>&1 &
    busy=$!
}

end_busy_room() {
    kill "$busy" || true
    wait "$busy" || true
}

start_with 10 1
start_calls
"$client" junk --to "$address4:16384" --kind rtp --rate 20000 --sources 20 --count 80000 --json >"$work/junk" 2>&1 &
junk=$!
loads=()
while kill -0 "$junk" 2>/dev/null; do
    loads+=("$(ctl --json workers | jq '.workers[0].load * 1000 | round')")
    sleep 0.2
done
mean=$(printf '%s\n' "${loads[@]}" | sort -n | sed -n "$(((${#loads[@]} + 1) / 2))p") # others may take the CPU at times
echo "        $mean thousandths under a flood of $(jq .sent "$work/junk") packets, of ${loads[*]}"
check 'a flood of strangers makes the worker no busier' [ "$mean" -lt 80 ]
check '  though it came' [ $((2 * $(dropped udp_classify_unknown_source))) -gt "$(jq .sent "$work/junk")" ]
offer_gets '  and who comes is taken' 201 /whip/flooded{n} sendonly
end_calls

start_with 5 1
start_calls
start_busy_room
check 'media makes the worker busy' wait_for 20 is_overloaded true
offer_gets 'a new room' 503 /whip/more{n} sendonly
check_is '  with Retry-After' "$(head_field Retry-After)" 5
check '  and the reason' grep -q 'limits.worker-load' "$work/answer"
offer_gets 'a viewer of a room that is there' 503 /whep/room0 recvonly
check 'both are counted' fulfils '.sessions | .refused_by_reason.worker_load >= 2 and .refused >= 2' ctl --json status
check '  and named in the metrics' grep -q '^naru_sessions_refused_total{reason="worker_load"} [1-9]' \
    <(curl -s --noproxy '*' "$http/metrics")
check '  and shown' grep -q 'refused: [1-9][0-9]* worker_load' <(ctl status)
check 'the gateway is ready all the time' is_ready
end_busy_room
check 'after it the worker is not overloaded any more' wait_for 10 is_overloaded false
offer_gets 'a new room' 201 /whip/more{n} sendonly
offer_gets 'a viewer' 201 /whep/room0 recvonly
end_calls

# With a second worker the room's viewers go there.
start_with 5 2
start_busy_room
check 'media makes the worker of the room busy' wait_for 20 fulfils '[.workers[].overloaded] | any' ctl --json workers
home=$(ctl --json peers | jq '.peers[] | select(.role == "publisher").worker')
"$client" session --role watch --whep "$http/whep/busy" --audio --audio-rate 2000 --duration 2 --max-loss 100 --retry 30 \
    --json >"$work/watch.json" 2>"$work/client.log" &
viewer=$!
check 'viewers of it come to the other one' wait_for 30 fulfils "[.peers[].worker] | any(. != $home)" ctl --json peers
check '  and get its media' wait "$viewer"
end_busy_room
check_nobody_left
stop_gateway
finish
