#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# kill -9 of naru-supervise under media: not a packet is lost, the next one takes over what runs, watches it and starts
# it again. The keeper's death is the gateway's end.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

# PROGRAM FILTER: a field of what status tells of it.
process() {
    ctl --json status | jq -r --arg name "$1" ".processes[] | select(.name == \$name) | $2"
}

start_calls() {
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 10 --keep-going --json "$@" \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check '20 sessions are connected' within 10 '.sessions.by_state.connected == 20' ctl --json status
}

taken_over() {
    [ "$(pid_of supervise)" != "$1" ] && [ "$(process dataplane .adoptions)" = "$2" ]
} 2>/dev/null

# TIMES-BEFORE: kills the supervisor; control and dataplane go on untouched.
kill_supervisor() {
    local former began control dataplane
    former=$(pid_of supervise) control=$(pid_of control) dataplane=$(pid_of dataplane)
    began=$(date +%s%N)
    kill -9 "$former"
    check 'the next supervisor took over' wait_for 3 taken_over "$former" $(($1 + 1))
    echo "        after $((($(date +%s%N) - began) / 1000000)) ms"
    check_is '  naru-control went on' "$(pid_of control)" "$control"
    check_is '  naru-dataplane went on' "$(pid_of dataplane)" "$dataplane"
}

is_back() {
    [ -n "$(pid_of "$1")" ] && [ "$(pid_of "$1")" != "$2" ] && is_ready
} 2>/dev/null

# SIGNAL PROGRAM SECONDS
strike() {
    local pid began
    pid=$(pid_of "$2")
    began=$(date +%s%N)
    kill "-$1" "$pid"
    check "an adopted naru-$2 is back within $3 s of SIG$1" wait_for "$3" is_back "$2" "$pid"
    echo "        after $((($(date +%s%N) - began) / 1000000)) ms"
    check '  its predecessor is gone' bash -c '! kill -0 "$0" 2>/dev/null' "$pid"
}

start_gateway
keeper=$supervisor
check_is 'the process that was started is the keeper' "$(pid_of keeper)" "$keeper"

start_calls --duration 6 --max-loss 0
for times in 0 1 2; do kill_supervisor "$times"; done
check 'a call that begins now comes up' "$client" session --whip "$http/whip/extra" --whep "$http/whep/extra" --duration 1 --max-loss 0
wait "$calls" || true
check 'the supervisor killed three times: nothing was lost' report '.failures == []'
print_report
check_is 'status counts its restarts' "$(process supervise .restarts)" 3
check_nobody_left

start_calls --duration 10 --max-loss 40 --max-gap 3000
strike KILL dataplane 2
check 'status says that nobody saw how' fulfils '[.events[] | select(.process == "dataplane" and .event == "vanished")] | length == 1' ctl --json status
kill_supervisor 3
strike STOP dataplane 3
check_is 'status says that it hung' "$(process dataplane .last_end)" 'hung for * ms, killed'
strike KILL control 2
check 'all three at once come back' bash -c 'kill -9 $0' "$(pid_of supervise) $(pid_of control) $(pid_of dataplane)"
check '  within 3 s' wait_for 3 is_ready
wait "$calls" || true
check 'no session ended' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | length == 20 and all'
print_report
check_nobody_left
check_accounts worker_killed_in_flight port_tx_full udp_output_next_hop_unresolved dtls_punt_ring_full udp_output_unproven

others="$(pid_of supervise) $(pid_of control) $(pid_of dataplane)"
all_gone() {
    local pid
    for pid in $others; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}
kill -9 "$keeper"
wait "$keeper" 2>/dev/null || true
supervisor=
check 'the keeper killed: everything ends' wait_for 8 all_gone
check '  and is removed' bash -c '! ip link show naru1 >/dev/null 2>&1'
note_facts
finish
