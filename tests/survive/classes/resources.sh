#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-resources-files-served class-resources-files-idle class-resources-files-lost class-resources-pools
# limit: 120
# quick: 60
# beside: yes
# What runs dry: naru-control's file descriptors (64), and the pools of sessions, streams, routes and rooms. Refused
# clearly, counted, taken up again; calls notice nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"
. "$(dirname "$(readlink -f "$0")")/control_with.sh"

few_files() {
    local began ticks percent served=no
    control_with 'ulimit -n 64'
    write_config <<'YAML'
limits: {http-header-seconds: 2}
YAML
    start_gateway
    bin_directory=
    check_is 'naru-control may open 64 files' "$(awk '/^Max open files/ { print $4 }' "/proc/$(pid_of control)/limits")" 64
    begin_calls files 2 --keep-going
    "$(dirname "$0")/http_abuse.py" 8080 flood 300 50 4 >"$work/flood.json" &
    sleep 2
    ticks=$(ticks_of control) began=$(now_ms)
    sleep 1
    percent=$((1000 * ($(ticks_of control) - ticks) / ($(now_ms) - began))) # there are 100 ticks a second
    wait $!
    jq -c . "$work/flood.json"
    check 'who waited is worked off' wait_for 20 is_backlog_empty
    ! wait_for 20 is_ready || served=yes
    score class-resources-files-served $served yes $served
    score_at_most class-resources-files-idle "$percent" 60 # it does not spin
    room=files-after{n}
    check 'a call comes up after it' session --duration 1 --max-loss 0 --retry 10 --connect-timeout 20
    settle_calls files class-resources-files-lost
    stop_gateway
}

# What connected before is worked off: nobody waits to be accepted any more.
is_backlog_empty() {
    [ "$(ss -Htln 'sport = :8080' | awk '{ waiting += $2 } END { print waiting + 0 }')" = 0 ]
}

# PATH KIND: the status of an offer there.
status_of() {
    post_offer "$1" "$2" || true
}

dry_pools() {
    local statuses=() number
    write_config <<'YAML'
limits: {transports: 4, streams: 3, routes: 2, rooms: 2, setup-seconds: 5}
YAML
    start_gateway
    statuses+=("$(status_of /whip/one sendonly)" "$(status_of /whip/two sendonly)" "$(status_of /whip/three sendonly)")
    statuses+=("$(status_of /whep/one recvonly)" "$(status_of /whep/two recvonly)" "$(status_of /whep/one recvonly)")
    check_is 'sessions beyond a pool get 503' "${statuses[*]}" '201 201 503 201 201 503'
    check 'they are counted' [ "$(ctl --json status | jq .sessions.refused)" = 2 ]
    check_nobody_lives 'what nobody takes up is given back'
    number=0
    for _ in 1 2 3; do
        room=pool{n}
        ! session --audio --duration 0.5 --max-loss 0 --retry 10 --connect-timeout 20 || number=$((number + 1))
    done
    score_at_least class-resources-pools "$number" 3
    check_accounts
    stop_gateway
}

few_files
dry_pools
finish
