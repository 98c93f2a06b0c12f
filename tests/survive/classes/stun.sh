#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-stun-victim-ratio class-stun-victim-media class-stun-answer-ratio class-stun-silent class-stun-errors-a-second class-stun-calls
# limit: 60
# quick: 60
# beside: yes
# STUN from sources that are not who they say: a victim of a spoofed nomination gets at most three times its bytes and no
# media (hazard F01, DESIGN 1.5), nobody is made a reflector (F06), lying lengths are not answered (F22).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

# MODE: what came of it, in $work/abuse.json.
abuse() {
    "$(dirname "$0")/stun_abuse.py" naru0 "$(ctl --json status | jq -r '.ports[0].mac')" "$1" "$work/credentials" viewer \
        >"$work/abuse.json"
    jq -c . "$work/abuse.json"
}

abuse_of() {
    jq "$1" "$work/abuse.json"
}

start_gateway
begin_calls calls 1 --credentials "$work/credentials"
sleep 1
abuse nominate
check 'checks were answered at all' [ "$(abuse_of .received)" -gt 0 ]
score_at_most class-stun-victim-ratio "$(abuse_of .ratio)" 3
score_at_most class-stun-victim-media "$(abuse_of '.media + .dtls')" 0
abuse answers
score_at_most class-stun-answer-ratio "$(abuse_of .answer)" 2.2
check 'with the check that goes to an address of a right request: at most three times' [ "$(abuse_of '.all <= 3')" = true ]
score class-stun-silent "$(abuse_of .silent)" true "$([ "$(abuse_of .silent)" = true ] && echo yes || echo no)"
abuse errors
check 'the limit was reached' [ "$(abuse_of .sent)" -gt 1000 ]
score_at_most class-stun-errors-a-second "$(abuse_of .a_second)" 14 # 10, and windows of a second that are cut
settle_calls calls class-stun-calls
check_accounts stun_reply_malformed stun_reply_unhandled stun_reply_bad_integrity stun_reply_error_over_rate \
    udp_classify_unknown_over_budget stun_reply_too_many_candidates udp_output_unproven
stop_gateway
finish
