#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 240
# 500 publishers and their viewers come and go, and leave nothing: no session, no room, no transport, no memory. How long
# after them the memory is judged: NARU_LEAK_WAIT seconds (10).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

rounds=${NARU_LEAK_ROUNDS:-50} # of 10 rooms at once, a publisher and a viewer each
wait=${NARU_LEAK_WAIT:-10}
room=leak{n}

come_and_go() {
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 10 --cycles "$1" --duration 0.1 \
        --summary --json >"$work/rounds.json"
}

check_empty() {
    check_nobody_left
    check 'no worker has a transport' within 10 '[.workers[].transports] | all(. == 0)' ctl --json workers
}

# PROGRAM KIB-BEFORE SECONDS
print_memory() {
    echo "        naru-$1 after $3 s: $2 KiB before, $(memory_of "$1") KiB now"
}

# PROGRAM KIB-BEFORE
check_memory() {
    check "naru-$1 has at most 1 MiB more" [ $(($(memory_of "$1") - $2)) -le 1024 ]
}

start_gateway
check 'a warm-up of 50 publishers, for pools and caches to reach their size' come_and_go 5
check_empty
sleep 3
control=$(memory_of control)
dataplane=$(memory_of dataplane)
began=$SECONDS
check "$((rounds * 10)) publishers and viewers, 10 at a time, all came up" come_and_go "$rounds"
echo "        in $((SECONDS - began)) s"
check_empty
check 'none of them failed' fulfils ".sessions.failed == 0 and .sessions.created == $(((rounds + 5) * 20))" ctl --json status
sleep 10
print_memory control "$control" 10
print_memory dataplane "$dataplane" 10
if [ "$wait" -gt 10 ]; then
    sleep $((wait - 10))
    print_memory control "$control" "$wait"
    print_memory dataplane "$dataplane" "$wait"
fi
check_memory control "$control"
check_memory dataplane "$dataplane"
check_accounts
stop_gateway
finish
