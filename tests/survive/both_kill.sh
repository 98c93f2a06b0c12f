#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: both-kill-sessions both-kill-gap-ms both-kill-api-ms both-kill-broken
# limit: 90
# quick: 60
# kill -9 of naru-control and naru-dataplane at once: only the memory is left, and that is enough.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

configure </dev/null
start_gateway
start_calls "$(by_size 200 60)" --audio
sleep 2
strike control dataplane
sleep 4
check 'the successors have the same sessions' is_same_sessions
end_calls
score_at_most both-kill-sessions "$(lost_sessions 3000)" 0
score_at_most both-kill-gap-ms "$(reported '.totals.max_gap_ms | round')" 3000
score_at_most both-kill-api-ms "$back_ms" 3000
score_at_most both-kill-broken "$(broken_packets)" 0
check_nobody_left
finish
