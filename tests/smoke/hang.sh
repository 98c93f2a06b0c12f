#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# A hang is a crash: SIGSTOP of either program, and of the one thread that serves packets, is noticed and healed within 2 s.
# The old one is dead before its successor starts, and there is nobody who could be woken up again.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

process() {
    ctl --json status | jq -r --arg name "$1" ".processes[] | select(.name == \$name) | $2"
}

is_back() {
    [ -n "$(pid_of "$1")" ] && [ "$(pid_of "$1")" != "$2" ] && is_ready
} 2>/dev/null

# PROGRAM PID COMMAND...: the command makes it hang.
heal() {
    local pid=$2 began
    began=$(date +%s%N)
    "${@:3}"
    check "naru-$1 is back within 2 s" wait_for 2 is_back "$1" "$pid"
    echo "        after $((($(date +%s%N) - began) / 1000000)) ms"
    check '  the old one is dead' bash -c '! kill -CONT "$0" 2>/dev/null' "$pid"
    check_is '  status says why' "$(process "$1" .last_end)" 'hung for * ms, killed'
}

# PID: its thread that serves packets stands still, and the others go on: ptrace stops a single thread.
stop_worker() {
    local task
    for task in /proc/"$1"/task/*; do
        [[ $(cat "$task/comm") == *worker* ]] && break
    done
    python3 - "${task##*/}" <<'PYTHON' &
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
task = int(sys.argv[1])
if libc.ptrace(PTRACE_SEIZE, task, 0, 0) or libc.ptrace(PTRACE_INTERRUPT, task, 0, 0):
    sys.exit(f'ptrace: {ctypes.get_errno()}')
os.waitpid(task, WALL)  # it stands still
os.waitpid(task, WALL)  # it was killed; a traced thread is its tracer's to reap
PYTHON
}

start_gateway
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 5 --keep-going --json --duration 14 \
    --max-loss 60 --max-gap 2500 >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '10 sessions are connected' within 10 '.sessions.by_state.connected == 10' ctl --json status

heal control "$(pid_of control)" kill -STOP "$(pid_of control)"
heal dataplane "$(pid_of dataplane)" kill -STOP "$(pid_of dataplane)"
heal dataplane "$(pid_of dataplane)" stop_worker "$(pid_of dataplane)"
check_is 'three restarts are counted' "$(($(process control .restarts) + $(process dataplane .restarts)))" 3
wait "$calls" || true
check 'no session ended' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | length == 10 and all'
check 'no packet came twice, changed or under a wrong key' report '[.sessions[] | .srtp_authentication_failed == 0 and
    .srtp_replayed == 0 and ([.streams_in[] | .duplicated == 0 and .corrupted == 0 and .foreign == 0] | all)] | all'
check 'never silent for 2.5 s' report '.totals.max_gap_ms < 2500'
print_report
check_nobody_left
check_accounts worker_killed_in_flight port_tx_full udp_output_next_hop_unresolved dtls_punt_ring_full udp_output_unproven
stop_gateway
note_facts
finish
