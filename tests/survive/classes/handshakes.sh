#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-handshakes-spray class-handshakes-punted class-handshakes-memory-kib class-handshakes-per-source class-handshakes-freed class-handshakes-fingerprints
# limit: 90
# quick: 60
# beside: yes
# DTLS before it is over: ClientHellos of strangers (hazard F01), handshakes that never end and fragments that never
# complete (F09), and fingerprints in all their forms (F10).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

stranger=198.51.100.1

half_open() {
    "$(dirname "$0")/half_open.py" "$http" "$@"
}

# MODE PORT: a call whose offers say their fingerprints so; whether it came about, in $work/MODE.
call_with() {
    local mode=$1 proxy url=http://127.0.0.1:$2
    "$(dirname "$0")/rewrite_offers.py" "$http" "$2" "$mode" &
    proxy=$!
    wait_for 10 curl -s -o /dev/null --noproxy '*' "$url/healthz" || true
    "$client" session --whip "$url/whip/$mode" --whep "$url/whep/$mode" --duration 1 --json --connect-timeout 5 \
        >"$work/$mode.json" 2>/dev/null || true
    kill "$proxy"
    wait "$proxy" 2>/dev/null || true
    jq '.totals.connected == 2 and .totals.failed == 0 and .totals.received > 0' "$work/$mode.json" >"$work/$mode"
}

write_config <<'YAML'
dtls: {handshake-seconds: 3}
limits: {setup-seconds: 5, half-open-handshakes: 60, half-open-handshakes-per-source: 40}
YAML
ip address add "$stranger/32" dev lo
start_gateway

# Calls come up while 10,000 ClientHellos a second come from addresses that passed no check.
"$client" junk --to "$address4:16384" --kind dtls --bind "$stranger" --sources 50 --rate 10000 \
    --count "$(by_size 100000 40000)" --json >"$work/junk.json" &
spray=$!
room=spray{n}
session --sessions 8 --duration 2 --max-loss 0 || true
score_at_least class-handshakes-spray "$(jq '[.sessions[] | select(.error == "" and .ice.setup_ms != null)] | length' \
    "$work/report.json")" 16
print_report
wait "$spray"
sleep 0.5
score_at_most class-handshakes-punted "$(($(jq .sent "$work/junk.json") - $(dropped dtls_punt_unchecked_source)))" \
    "$(($(jq .sent "$work/junk.json") / 50))" # those that a queue lost on the way
check 'none of them was answered' [ "$(jq .received "$work/junk.json")" = 0 ]

before=$(memory_of control)
half_open 60 >"$work/half.json"
jq -c . "$work/half.json"
score_at_most class-handshakes-per-source "$(jq .admitted "$work/half.json")" 40
check '  the others were told so, with 429' [ "$(jq .refused "$work/half.json")" = 20 ]
score_at_most class-handshakes-memory-kib "$((($(memory_of control) - before) / 40))" 192
check '  punts have a budget' [ "$(dropped dtls_punt_over_budget)" -gt 0 ]
check '  another source is served meanwhile' \
    [ "$(post_offer /whip/other sendonly --interface 127.0.0.2)" = 201 ]
check_nobody_lives 'half-open sessions are given up in time'
score_at_least class-handshakes-freed "$(half_open 10 | jq .admitted)" 10

declare -A wanted=([several]=true [mixed-case]=true [missing]=false [wrong]=false [weak]=false [several-wrong]=false)
port=8090 calls=()
for mode in "${!wanted[@]}"; do
    call_with "$mode" "$port" &
    calls+=($!)
    port=$((port + 1))
done
wait "${calls[@]}"
right=0
for mode in "${!wanted[@]}"; do
    check "fingerprints, $mode: a call: ${wanted[$mode]}" [ "$(cat "$work/$mode")" = "${wanted[$mode]}" ]
    [ "$(cat "$work/$mode")" != "${wanted[$mode]}" ] || right=$((right + 1))
done
score_at_least class-handshakes-fingerprints "$right" 6
check_nobody_lives 'no session and no room is left'
check_accounts dtls_punt_over_budget dtls_punt_ring_full srtp_unprotect_no_keys srtcp_unprotect_no_keys
stop_gateway
finish
