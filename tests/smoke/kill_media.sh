#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# Under 20 pairs each process is killed and stopped: without naru-control nothing is lost; without naru-dataplane there is
# a gap; no session notices more, and every packet stays accounted for.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

# OPTIONS...: 20 pairs in the background, all connected.
start_calls() {
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 20 --keep-going --json "$@" \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check '40 sessions are connected' within 10 '.sessions.by_state.connected == 40' ctl --json status
    ids=$(session_ids)
}

# TEXT DATAPLANE-STARTS: each of them lets the sequence numbers go on some numbers ahead, once.
end_calls() {
    local others
    wait "$calls" || true
    others=$(jq -r '.failures[]' "$work/report.json" | grep -v 'breaks in the sequence numbers' || true)
    [ -z "$others" ] || head -n 6 <<<"$others" | sed 's/^/        | /'
    check "$1" [ -z "$others" ]
    print_report
    check 'no session saw another handshake or an end' report \
        '[.sessions[] | .error == "" and .ice.setup_ms != null and (.dtls.closed_by_peer | not)] | length == 40 and all'
    check 'no stream became another one' report "[.sessions[].streams_in[] | .ssrc_changes == 0 and .undeclared_ssrc == 0
        and .duplicated == 0 and .timestamp_breaks == 0 and .sequence_breaks <= $2] | length == 40 and all"
    check 'no packet was changed, replayed or of another room' report '[.sessions[] | .srtp_authentication_failed == 0 and
        .srtp_replayed == 0 and ([.streams_in[] | .corrupted == 0 and .foreign == 0] | all)] | all'
}

session_ids() {
    ctl --json peers | jq -r '[.peers[] | select(.room != "extra") | .id] | sort | join(" ")'
}

is_same_sessions() {
    [ "$(session_ids 2>/dev/null)" = "$ids" ]
}

epoch_of() {
    ctl --json status | jq -r --arg name "$1" '.processes[] | select(.name == $name) | .epoch'
}

# PROGRAM OLD-PID OLD-EPOCH
is_back() {
    [ -n "$(pid_of "$1")" ] && [ "$(pid_of "$1")" != "$2" ] && [ "$(epoch_of "$1")" -gt "$3" ] && is_ready
} 2>/dev/null

# SIGNAL SECONDS PROGRAM...: all of them are struck at once, and come back under a new epoch.
strike() {
    local signal=$1 seconds=$2 program began
    local -A pid epoch
    shift 2
    for program; do pid[$program]=$(pid_of "$program") epoch[$program]=$(epoch_of "$program"); done
    began=$(date +%s%N)
    kill "-$signal" "${pid[@]}"
    for program; do
        check "naru-$program is back within $seconds s of SIG$signal, under a later epoch" \
            wait_for "$seconds" is_back "$program" "${pid[$program]}" "${epoch[$program]}"
        echo "        after $((($(date +%s%N) - began) / 1000000)) ms"
    done
    check '  with the same sessions' wait_for 3 is_same_sessions
}

# A call of its own beside the others.
call_next() {
    "$client" session --whip "$http/whip/extra" --whep "$http/whep/extra" --duration 1 --retry 3 --max-loss 0
}

# ROOM: the id of its publisher.
publisher_of() {
    ctl --json peers | jq -r --arg room "$1" '.peers[] | select(.room == $room) | .id'
}

# A successor can still end what it adopted, by DTLS, and is told when a peer ends it.
end_adopted() {
    "$client" session --role publish --whip "$http/whip/bye{n}" --sessions 2 --duration 30 --json \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check 'two publishers are connected' within 10 '.sessions.by_state.connected == 2' ctl --json status
    ids=$(session_ids)
    strike KILL 2 control
    check 'DELETE of one that the former process set up' \
        curl -sf -o /dev/null -X DELETE --noproxy '*' "$http/whip/bye0/$(publisher_of bye0)"
    sleep 0.5
    kill -INT "$calls"
    wait "$calls" || true
    check '  its client was told by close_notify' report '.sessions[0].dtls.closed_by_peer'
    check '  and the other one was not' report '.sessions[1].dtls.closed_by_peer | not'
    check "  whose own close_notify ended its session" grep -q 'ended: closed by the peer' "$work/log"
}

start_gateway

end_adopted
check_nobody_left

start_calls --duration 5 --max-loss 0
strike KILL 2 control
check 'the next viewer of a room can join' "$client" session --role watch --whep "$http/whep/room0" --retry 3 --duration 1
end_calls 'naru-control killed: nothing was lost' 0
check 'DELETE of sessions of the former process works' report '[.sessions[].delete_status] | all(. == 200)'
check_nobody_left

start_calls --duration 10 --max-loss 30 --max-gap 2000
strike KILL 2 dataplane
check 'the next call comes up' call_next
strike KILL 3 control dataplane
check 'the next call comes up' call_next
end_calls 'naru-dataplane killed, then both: never silent for 2 s' 2
check_nobody_left

start_calls --duration 10 --max-loss 40 --max-gap 3000
strike STOP 3 control
strike STOP 3 dataplane
end_calls 'either one hung: never silent for 3 s' 1
check_nobody_left

check_accounts worker_killed_in_flight port_tx_full udp_output_next_hop_unresolved dtls_punt_ring_full
stop_gateway
note_facts
finish
