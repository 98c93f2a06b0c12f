#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# kill -9, and a hang, of each process under media: it comes back by itself, under a new epoch, and the calls go on.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

epoch_of() {
    grep "naru-$1 started" "$work/log" | tail -n 1 | sed 's/.*epoch //'
}

is_back() {
    local pid
    pid=$(pid_of "$1") && [ "$pid" != "$2" ] && is_ready
}

# PROGRAM SIGNAL SECONDS
strike() {
    local pid epoch other=dataplane
    [ "$1" = control ] || other=control
    local other_pid
    pid=$(pid_of "$1") epoch=$(epoch_of "$1") other_pid=$(pid_of "$other")
    kill "-$2" "$pid"
    check "naru-$1 is back within $3 s after SIG$2" wait_for "$3" is_back "$1" "$pid"
    check "its epoch rose" [ "$(epoch_of "$1")" -gt "$epoch" ]
    check "its predecessor is gone" bash -c '! kill -0 "$0" 2>/dev/null' "$pid"
    check "naru-$other went on" [ "$(pid_of "$other")" = "$other_pid" ]
}

# Lost packets and a jump in the sequence numbers are the price of a dataplane's death; a lost call, a silence of more
# than MS, a packet twice or a packet under a wrong key are not.
calls_live() {
    jq -e --argjson ms "$2" '.totals | .connected == .sessions and .failed == 0 and .max_gap_ms < $ms and .duplicated == 0 and
        .corrupted == 0 and .foreign == 0 and .srtp_authentication_failed == 0 and .srtp_replayed == 0' \
        "$work/$1.json" >/dev/null
}

media_goes_on() {
    local name=$1
    shift
    run_client "$name" --sessions 2 --viewers 2 --duration 8 --keep-going --max-loss 30 --max-gap 5000 &
    local background=$!
    sleep 3
    strike "$@"
    wait "$background" || true
    check "the calls went on with the same keys: $(jq -r '.totals | "\(.received) of \(.expected) packets, longest gap \(.max_gap_ms) ms"' "$work/$name.json")" calls_live "$name" $(($3 * 1000))
    check_client "the next call comes up" "${name}next" --sessions 1 --duration 2
}

start_gateway
media_goes_on controlkill control KILL 2
media_goes_on dataplanekill dataplane KILL 2
media_goes_on controlhang control STOP 2
media_goes_on dataplanehang dataplane STOP 2
# Data channels have a process of their own, whose death is none of the calls'.
dataplane=$(pid_of dataplane)
media_goes_on sctpkill sctp KILL 5
check 'naru-dataplane went on' [ "$(pid_of dataplane)" = "$dataplane" ]
check_balance
stop_gateway
note_facts
finish
