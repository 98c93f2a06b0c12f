#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: supervise-kill-lost supervise-kill-sessions supervise-kill-back-ms supervise-kill-adopted supervise-kill-gap-ms supervise-kill-broken
# limit: 90
# quick: 60
# kill -9 of naru-supervise under live calls: nobody notices, and the next one takes over what runs, and starts it again
# when it dies.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

window=$(by_size 6 3)

configure </dev/null
start_gateway
start_calls "$(by_size 200 60)" --audio
sleep "$window"
others="$(pid_of control) $(pid_of dataplane)"
strike supervise
sleep "$window"
check_is 'the programs went on' "$(pid_of control) $(pid_of dataplane)" "$others"
killed_at=$struck_ms killed_ms=$back_ms
strike control dataplane
sleep 3
check 'the gateway has the same sessions' is_same_sessions
end_calls
score_lost supervise-kill-lost "$killed_at" "$window"
score_at_most supervise-kill-sessions "$(lost_sessions 3000)" 0
score_at_most supervise-kill-back-ms "$killed_ms" 2000
score_at_most supervise-kill-adopted "$back_ms" 3000
score_at_most supervise-kill-gap-ms "$(reported '.totals.max_gap_ms | round')" 3000
score_at_most supervise-kill-broken "$(broken_packets)" 0
check_nobody_left
finish
