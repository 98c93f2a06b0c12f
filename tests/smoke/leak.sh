#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 240
# 500 publishers and their viewers come and go, and leave nothing: no session, no room, no memory.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

cycles=${NARU_LEAK_CYCLES:-50} # of 10 rooms at once, a publisher and a viewer each
settle=${NARU_LEAK_SECONDS:-90}

sessions_left() {
    api /v1/peers '.peers | length'
}

nobody_left() {
    [ "$(sessions_left)" = 0 ]
}

cycle() {
    run_client "$1" --sessions 10 --viewers 1 --cycles "$2" --duration 0.1
}

check_memory() {
    local now
    now=$(memory_of "$1")
    check "naru-$1: $2 KiB before, $now KiB after (at most 1024 more)" [ $((now - $2)) -le 1024 ]
}

start_gateway
cycle warm 5 # pools and caches reach their size
wait_for 10 nobody_left || true
sleep 5
control=$(memory_of control)
dataplane=$(memory_of dataplane)
if cycle leak "$cycles"; then
    echo "ok      $((cycles * 10)) publishers came and left"
else
    echo "FAILED  $cycles rounds"
    tail -n 5 "$work/leak.log"
    failed=1
fi
check "no session is left after 10 s" wait_for 10 nobody_left
check "no room is left" [ "$(api /v1/rooms '.rooms | length')" = 0 ]
sleep "$settle"
check_memory control "$control"
check_memory dataplane "$dataplane"
check_balance
stop_gateway
finish
