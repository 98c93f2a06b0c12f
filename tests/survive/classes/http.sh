#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-http-served class-http-slowest-ms class-http-recovered-ms class-http-slow-seconds class-http-sdp-refused class-http-sdp-ms class-http-lost
# limit: 120
# quick: 60
# beside: yes
# HTTP clients that are slow, large or many (hazards F16, F36): whoever holds as many connections as he may keeps no other
# source out, all limits give their places back, and calls notice nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

abuse() {
    "$(dirname "$0")/http_abuse.py" 8080 "$@"
}

# SECONDS: asks again and again; in percent how often there was an answer, and the slowest of them in ms.
ask_for() {
    local end=$(($(now_ms) + 1000 * $1)) began asked=0 answered=0 slowest=0 took
    while [ "$(now_ms)" -lt "$end" ]; do
        began=$(now_ms) asked=$((asked + 1))
        ! curl -sf -o /dev/null --max-time 2 --noproxy '*' "$http/v1/status" || answered=$((answered + 1))
        took=$(($(now_ms) - began))
        [ "$took" -lt "$slowest" ] || slowest=$took
        sleep 0.05
    done
    echo "$((100 * answered / asked)) $slowest"
}

is_served() {
    curl -sf -o /dev/null --max-time 1 --noproxy '*' "$http/v1/status"
}

refused_by() {
    curl -s --noproxy '*' "$http/metrics" | sed -n "s/^naru_http_connections_refused_total{limit=\"$1\"} //p"
}

write_config <<'YAML'
limits: {http-header-seconds: 2, http-body-seconds: 2}
YAML
start_gateway
begin_calls calls 2

# One source with 10,000 connections.
abuse flood 10000 1 "$(by_size 20 5)" >"$work/flood.json" &
flood=$!
sleep 1
read -r served slowest < <(ask_for "$(by_size 18 3)")
score_at_least class-http-served "$served" 100
score_at_most class-http-slowest-ms "$slowest" 1000
room=meanwhile{n}
check 'a call comes up meanwhile' session --duration 1 --max-loss 0
wait "$flood"
jq -c . "$work/flood.json"
check 'refused connections of one source are counted' [ "$(refused_by source)" -gt 0 ]

# Many sources with all connections: others wait until the limit of time gives places back.
abuse flood 10000 100 3 >"$work/flood.json" &
flood=$!
sleep 2
wait "$flood"
began=$(now_ms)
wait_for 10 is_served || true
score_at_most class-http-recovered-ms $(($(now_ms) - began)) 4000
check 'refused connections in total are counted' [ "$(refused_by total)" -gt 0 ]

abuse slow >"$work/slow.json"
jq -c . "$work/slow.json"
score_at_most class-http-slow-seconds "$(jq '[.header, .body, .nothing] | max' "$work/slow.json")" 4.5
large=$work/large
head -c 400000 /dev/zero | tr '\0' x >"$large"
check_is 'a body of 400 KB' "$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/sdp' \
    --data-binary "@$large" "$http/whip/large")" 413
check_is 'a header of 60 KB' "$(curl -s -o /dev/null -w '%{http_code}' -H "X-Large: $(head -c 60000 "$large")" \
    "$http/healthz" || true)" '@(000|431|403)'
abuse descriptions >"$work/sdp.json"
jq -c .rows "$work/sdp.json"
score class-http-sdp-refused "$(jq .refused "$work/sdp.json")" true "$(jq -r 'if .refused then "yes" else "no" end' "$work/sdp.json")"
score_at_most class-http-sdp-ms "$(jq .most_ms "$work/sdp.json")" 250
settle_calls calls class-http-lost
check_accounts
stop_gateway
finish
