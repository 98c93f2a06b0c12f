#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# What is drained takes nothing new and keeps what it has, also over a restart of naru-control: a room, a shard, a
# worker, the gateway.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

# TEXT STATUS PATH KIND
offer_gets() {
    check_is "$1: $2" "$(post_offer "$3" "$4")" "$2"
}

worker_of() {
    ctl --json rooms | jq --arg name "$1" '.rooms[] | select(.name == $name) | .worker'
}

kill_control() {
    local before
    before=$(pid_of control)
    kill -KILL "$before"
    check 'naru-control was killed, and is back' wait_for 10 is_another "$before"
}

is_another() {
    [ "$(pid_of control)" != "$1" ] && curl -sf -o /dev/null --noproxy '*' "$http/healthz"
}

is_not_ready() {
    [ "$(curl -s -o /dev/null -w '%{http_code}' --noproxy '*' "$http/readyz")" = 503 ]
}

write_config <<'YAML'
gateway: {workers: 2}
shards: {count: 2}
YAML
start_gateway
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 2 --duration 80 --max-loss 0 --json \
    >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '4 sessions are connected' within 10 '.sessions.by_state.connected == 4' ctl --json status
check 'a room on each worker' within 5 '[.rooms[].worker] | sort == [0, 1]' ctl --json rooms
on0=$(ctl --json rooms | jq -r '.rooms[] | select(.worker == 0) | .name')
on1=$(ctl --json rooms | jq -r '.rooms[] | select(.worker == 1) | .name')

check 'a room is drained' ctl drain room "$on0"
offer_gets '  a viewer' 503 "/whep/$on0" recvonly
check_is '    with Retry-After' "$(head_field Retry-After)" 10
offer_gets '  a viewer of the other' 201 "/whep/$on1" recvonly
kill_control
offer_gets '  a viewer after that' 503 "/whep/$on0" recvonly
check '  and opened' ctl undrain room "$on0"
offer_gets '  a viewer' 201 "/whep/$on0" recvonly

check 'shard 0 is drained' ctl drain shard 0
offer_gets '  a viewer of its room' 503 "/whep/$on0" recvonly
offer_gets '  a new room' 201 /whip/new1 sendonly
check_is '    goes to the other worker' "$(worker_of new1)" 1
check '  and opened' ctl undrain shard 0

check 'worker 1 is drained' ctl drain worker 1
kill_control
check '  and still is' fulfils '[.workers[].draining] == [false, true]' ctl --json workers
offer_gets '  a viewer of its room' 503 "/whep/$on1" recvonly
offer_gets '  a viewer of the other' 201 "/whep/$on0" recvonly
offer_gets '  a new room' 201 /whip/new2 sendonly
check_is '    goes to the other worker' "$(worker_of new2)" 0
check 'worker 0 too' ctl drain worker 0
offer_gets '  a new room' 503 /whip/new3 sendonly
check '  and opened, both' eval 'ctl undrain worker 0 && ctl undrain worker 1'

check 'the gateway is drained' ctl drain gateway
check '  and not ready' is_not_ready
kill_control
check '  and still not ready' is_not_ready
offer_gets '  a new room' 503 /whip/new3 sendonly
offer_gets '  a viewer' 503 "/whep/$on0" recvonly
check '  counted' fulfils '.draining and .sessions.refused_by_reason.draining == 2' ctl --json status
check '  and opened' ctl undrain gateway
check '  and ready' wait_for 2 is_ready
offer_gets '  a new room' 201 /whip/new3 sendonly
check 'what is not there cannot be drained' eval '! ctl drain shard 2 2>/dev/null && ! ctl drain room none 2>/dev/null'

kill "$calls" || true
check 'the calls lost nothing all the time' wait "$calls"
print_report
check_accounts
stop_gateway
finish
