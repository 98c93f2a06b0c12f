#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-srtp-injected class-srtp-injected-rtcp class-srtp-replayed class-srtp-forged class-srtp-ssrcs class-srtp-same-ssrc class-srtp-fragments class-srtp-lost
# limit: 90
# quick: 60
# Media of strangers, and damaged or repeated media from the right address (hazards F02, F03, F12 to F15, F17): dropped
# under its name, counted, and nothing of it reaches a viewer or changes a session.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

rate=$(by_size 10000 5000)
count=$((rate * $(by_size 3 1)))
strangers=198.51.100

# What all sessions are, as far as it must not change.
state_of_calls() {
    ctl --json peers | jq -S '[.peers[] | {id, state, remote_address, srtp_suite, streams: [.streams[] | {mid, ssrc}]}] |
        sort_by(.id)'
}

# NAME...: how many packets were dropped under these names.
dropped_of() {
    ctl --json drops | jq --arg names "$*" '[.dropped[] | select(.name as $n | $names | split(" ") | index($n)) |
        .packets] | add // 0'
}

# SCORE NAMES COMMAND...: what the command sends is dropped under these names, nearly all of it: a queue may overflow.
floods() {
    local id=$1 names=$2 before sent
    shift 2
    # shellcheck disable=SC2086: a list
    before=$(dropped_of $names)
    sent=$("$@" | jq .sent)
    sleep 0.5
    # shellcheck disable=SC2086: a list
    score_at_least "$id" "$((100 * ($(dropped_of $names) - before) / sent))" 95
}

# Of 5 addresses of strangers in turn.
junk() {
    "$client" junk --to "$address4:16384" --count "$count" --rate "$rate" --json "$@"
}

# KIND: packets of a run of the client that were tampered with.
tampered() {
    "$client" session --whip "$http/whip/$1" --whep "$http/whep/$1" --duration "$(by_size 4 3)" --max-loss 0 --json --tamper "$1:1000" \
        >"$work/$1.json" 2>"$work/$1.log" || echo "FAILED  $1: $(jq -c .failures "$work/$1.json")" >&2
    jq '{sent: .totals.tampered}' "$work/$1.json"
}

for host in 1 2 3 4 5; do ip address add "$strangers.$host/32" dev lo; done
start_gateway
begin_calls calls 3
sleep 1
state_of_calls >"$work/before"
from_nobody='udp_classify_unknown_source'
floods class-srtp-injected "$from_nobody" junk --kind rtp --bind "$strangers.1" --sources 5
floods class-srtp-injected-rtcp "$from_nobody" junk --kind rtcp --bind "$strangers.2" --sources 5
tampered bad-tag >"$work/forged" &
forged=$!
floods class-srtp-replayed srtp_unprotect_replayed tampered replay
wait "$forged"
score_at_least class-srtp-forged "$((100 * $(dropped_of srtp_unprotect_bad_tag) / $(jq .sent "$work/forged")))" 95

room=flood{n}
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --duration "$(by_size 10 3)" --json \
    --hostile ssrcs:3000 >"$work/report.json" 2>"$work/client.log" || true
score_at_most class-srtp-ssrcs "$(jq '[.sessions[] | select(.error != "" or .dtls.closed_by_peer)] | length' \
    "$work/report.json")" 0
check '  more SSRCs than a stream binds' [ "$(dropped_of srtp_unprotect_ssrc_limit)" -gt 1000 ]

room=same{n}
check 'two publishers of the same SSRCs' session --sessions 2 --ssrc 77 --duration 2 --max-loss 0
score_at_most class-srtp-same-ssrc "$(jq '[.sessions[].streams_in[] | .lost + .foreign + .corrupted] | add' \
    "$work/report.json")" 0
check '  their viewers got SSRCs of their own' report \
    '[.sessions[].streams_in[].ssrc] | length == 4 and (unique | length) == 4 and (index(77) | not)'

floods class-srtp-fragments 'ip4_input_fragment' "$(dirname "$0")/fragments.py" "$address4" 16384 "$(by_size 500 200)"
state_of_calls >"$work/after"
check 'no session changed' diff "$work/before" "$work/after"
settle_calls calls class-srtp-lost
check_accounts srtp_unprotect_replayed srtp_unprotect_bad_tag srtp_unprotect_ssrc_limit ip4_input_fragment port_rx_too_long
stop_gateway
finish
