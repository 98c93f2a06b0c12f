#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: adopted-fingerprint adopted-restarts adopted-lost adopted-sessions adopted-told adopted-heard adopted-deletes adopted-half-done
# limit: 90
# quick: 45
# beside: yes
# After kill -9 of naru-control its successor does for old sessions what it does for its own: old URLs and ETags, ICE
# restarts, close_notify both ways, the same certificate. Handshakes that were half done are over, and leave nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

pairs=$(by_size 20 4)

fingerprint() {
    post_offer "/whip/$1" sendonly >/dev/null
    answer_field fingerprint
}

# How many publishers of room name NAME there are.
count_of() {
    ctl --json peers | jq --arg name "$1" '[.peers[] | select(.room | startswith($name))] | length'
}

publisher_of() {
    ctl --json peers | jq -r --arg room "$1" '.peers[] | select(.room == $room) | .id'
}

configure </dev/null
start_gateway
before=$(fingerprint half)
start_calls "$pairs" --audio --ice-restart 3
"$client" session --role publish --whip "$http/whip/bye{n}" --sessions 2 --duration 60 --keep-going --audio --json \
    >"$work/bye.json" 2>"$work/bye.log" &
bye=$!
check 'two publishers more are connected' within 10 ".sessions.by_state.connected == 2 * $pairs + 2" ctl --json status
deleted=$(publisher_of bye0)
# In the middle of their handshakes
"$client" session --role publish --whip "$http/whip/rush{n}" --sessions 40 --duration 5 --connect-timeout 2 --audio \
    --json >"$work/rush.json" 2>"$work/rush.log" &
rush=$!
wait_for 5 grep -q 'publisher of room rush1' "$work/log" || true
strike control
check_is 'a session whose offer alone was there is gone' "$(count_of half)" 0
after=$(fingerprint after)
score adopted-fingerprint "$([ "$after" = "$before" ] && echo same || echo "another")" same \
    "$([ -n "$before" ] && [ "$after" = "$before" ] && echo yes || echo no)"
sleep 4
check_is 'DELETE of an adopted session' \
    "$(curl -s -o /dev/null -w '%{http_code}' -X DELETE --noproxy '*' "$http/whip/bye0/$deleted")" 200
sleep 0.5
kill -INT "$bye"
wait "$bye" || true
wait "$rush" || true
score_at_least adopted-told "$(jq '[.sessions[0].dtls.closed_by_peer | select(.)] | length' "$work/bye.json")" 1
score_at_least adopted-heard "$(grep -c 'ended: closed by the peer' "$work/log")" 1
check 'those of the handshakes under way that were not done are gone' within 35 ".sessions.now == 2 * $pairs + 1" \
    ctl --json status
score_at_most adopted-half-done "$(($(ctl --json status | jq .sessions.now) - 2 * pairs - 1))" 0
curl -s -o /dev/null -X DELETE --noproxy '*' "$http$(head_field Location)"
end_calls
score_at_least adopted-restarts "$(reported '[.sessions[] | select(.restart_status == 200)] | length')" $((2 * pairs))
score_at_least adopted-deletes "$(reported '[.sessions[] | select(.delete_status == 200)] | length')" $((2 * pairs))
score_at_most adopted-lost "$(reported .totals.lost)" 0
score_at_most adopted-sessions "$(lost_sessions 1000)" 0
check_nobody_left
finish
