#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: control-kill-lost control-kill-sessions control-kill-api-ms control-kill-broken
# limit: 90
# quick: 60
# kill -9 of naru-control under live calls: media does not notice, and the interface is soon back.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

window=$(by_size 6 3)

configure </dev/null
start_gateway
start_calls "$(by_size 200 60)" --audio
sleep "$window"
strike control
sleep "$window"
check 'the successor has the same sessions' is_same_sessions
end_calls
score_lost control-kill-lost "$struck_ms" "$window"
score_at_most control-kill-sessions "$(lost_sessions 1000)" 0
score_at_most control-kill-api-ms "$back_ms" 2000
score_at_most control-kill-broken "$(broken_packets)" 0
check_nobody_left
finish
