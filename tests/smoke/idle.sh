#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# Adaptive idling: both processes together take less than 15 % of a core while nothing happens, also beside a session that
# is silent but for its reports and consent, and media still comes.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

seconds=4

# TEXT
check_idle() {
    local before after percent
    before=$(($(ticks_of control) + $(ticks_of dataplane)))
    sleep $seconds
    after=$(($(ticks_of control) + $(ticks_of dataplane)))
    percent=$(((after - before) * 100 / seconds / $(getconf CLK_TCK)))
    check "$1: $percent % of a core (< 15)" [ "$before" -gt 0 -a $percent -lt 15 ]
}

for workers in 1 2; do
    write_config <<<"gateway: {idle: adaptive, workers: $workers}"
    start_gateway
    sleep 1
    check_idle "idle, $workers worker(s)"
    [ $workers = 2 ] || { check_accounts && stop_gateway; }
done
"$client" session --role publish --whip "$http/whip/quiet" --audio --audio-rate 1 --duration 60 >"$work/quiet" 2>&1 &
quiet=$!
check 'a session is connected' within 10 '.sessions.by_state.connected == 1' ctl --json status
check_idle 'idle beside a session with a packet a second'
kill "$quiet"
check 'it lived on' wait "$quiet"
check 'calls after it' session --sessions 2 --duration 2 --max-loss 0
check_accounts
stop_gateway
finish
