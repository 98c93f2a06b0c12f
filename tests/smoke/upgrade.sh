#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# Each program is replaced by what its file holds now, under media: the supervisor and naru-control without a lost packet,
# naru-dataplane with a short gap. A file that cannot take over refuses, and nothing is stopped for it.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

bin=$work/bin
mkdir "$bin"

# PROGRAM: a file of its own, with a new inode, as a package manager leaves it.
install_program() {
    local from=$build/dataplane/$1
    [ -f "$from" ] || from=$build/mgmt-api/$1
    [ -f "$from" ] || from=$build/deploy/supervise/$1
    [ -f "$from" ] || from=$build/sctp/$1
    cp "$from" "$bin/$1.new"
    mv "$bin/$1.new" "$bin/$1"
}

# PROGRAM TEXT: one that says that it cannot.
install_refusing() {
    printf '#!/bin/sh\necho "%s: %s" >&2\nexit 1\n' "$1" "$2" >"$bin/$1.new"
    chmod +x "$bin/$1.new"
    mv "$bin/$1.new" "$bin/$1"
}

upgrade() {
    ctl --config "$work/naru.yaml" upgrade "$1" >"$work/upgrade" 2>&1
}

not() {
    ! "$@"
}

# PROGRAM: runs from the file that stands there.
is_new() {
    [ "$(readlink "/proc/$(pid_of "$1")/exe")" = "$bin/naru-$1" ]
}

process() {
    ctl --json status | jq -r --arg name "$1" ".processes[] | select(.name == \$name) | $2"
}

pids() {
    echo "$(pid_of keeper) $(pid_of supervise) $(pid_of control) $(pid_of dataplane)"
}

# TIMES: since the last supervisor took over.
tried_again() {
    [ "$(tac "$work/log" | sed '/naru-control taken over/q' | grep -c 'the supervisor ended (exit code')" -ge "$1" ]
}

taken_over() {
    [ "$(pid_of supervise)" != "$1" ] && [ "$(process supervise .pid)" = "$(pid_of supervise)" ]
} 2>/dev/null

start_calls() {
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 10 --keep-going --json "$@" \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check '20 sessions are connected' within 10 '.sessions.by_state.connected == 20' ctl --json status
}

for program in naru-supervise naru-control naru-dataplane naru-sctp embedded-device.sh; do install_program "$program"; done
supervise=$bin/naru-supervise
write_config </dev/null
"$supervise" --config "$work/naru.yaml" --bin-dir "$bin" >>"$work/log" 2>&1 &
supervisor=$!
check 'the gateway becomes ready' wait_for 15 is_ready

start_calls --duration 14 --max-loss 0
for program in control supervise; do
    others=$(pids)
    install_program "naru-$program"
    check "the old naru-$program runs from the former file" not is_new "$program"
    check "upgrade $program" upgrade "$program"
    sed 's/^/        | /' "$work/upgrade"
    check '  it runs from the new file' is_new "$program"
    [ "$program" != supervise ] || check_is '  with the same pid, keeper and programs' "$(pids)" "$others"
done
for program in control dataplane supervise; do
    others=$(pids)
    install_refusing "naru-$program" 'the shared memory cannot be taken over: state: its records have another shape'
    check "upgrade $program to one that cannot is refused" not upgrade "$program"
    check '  with its reason' grep -q "^refused: naru-$program goes on as it is; the new one says: naru-$program: the shared memory" "$work/upgrade"
    check_is '  and nothing was stopped' "$(pids)" "$others"
    install_program "naru-$program"
done
for program in supervise control; do
    former=$(pid_of supervise) others="$(pid_of keeper) $(pid_of control) $(pid_of dataplane)"
    rm "$bin/naru-$program"
    [ "$program" = control ] || install_refusing naru-supervise 'the memory is of another release'
    kill -9 "$former"
    check "the supervisor killed, and naru-$program unusable: it is tried again" wait_for 6 tried_again 2
    install_program "naru-$program"
    check '  the next one takes over once the file is back' wait_for 6 taken_over "$former"
    check_is '  and nothing else was stopped' "$(pid_of keeper) $(pid_of control) $(pid_of dataplane)" "$others"
done
wait "$calls" || true
check 'nothing was lost' report '.failures == []'
print_report
check_is 'status tells of the upgrade' "$(process control .last_end)" upgrade
check_nobody_left

start_calls --duration 6 --max-loss 30 --max-gap 1500
install_program naru-dataplane
check 'upgrade dataplane' upgrade dataplane
sed 's/^/        | /' "$work/upgrade"
check '  it runs from the new file' is_new dataplane
sleep 1
for program in supervise dataplane control; do install_program "naru-$program"; done
check 'upgrade all' upgrade all
for program in supervise dataplane control; do check "  naru-$program is the new one" is_new "$program"; done
wait "$calls" || true
check 'no session ended' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | length == 20 and all'
check 'never silent for 1.5 s' report '.totals.max_gap_ms < 1500'
print_report
check_nobody_left
check_accounts worker_killed_in_flight port_tx_full udp_output_next_hop_unresolved dtls_punt_ring_full udp_output_unproven
stop_gateway
note_facts
finish
