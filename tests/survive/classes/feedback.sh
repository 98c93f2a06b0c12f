#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-feedback-pli-a-second class-feedback-rtx-percent class-feedback-junk-kept class-feedback-lost
# limit: 90
# quick: 60
# beside: yes
# Feedback of peers that hold the keys: storms of PLI, FIR and NACK (hazards F28, F29), RTCP, transport-wide feedback,
# header extensions and padding that lie (F18 to F21). What they ask for is bounded, and calls beside them lose nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

seconds=$(by_size 15 5)

# NAME OPTIONS...: hostile sessions in a room of that name, in the background; their report is in $work/NAME.json, and
# they are not asked whether they are content.
storm() {
    local name=$1
    shift
    "$client" session --whip "$http/whip/$name" --whep "$http/whep/$name" --json --duration "$seconds" "$@" \
        >"$work/$name.json" 2>"$work/$name.log" &
    storms+=($!)
}

start_gateway
begin_calls beside 2
storms=()
storm pli --viewers 5 --hostile pli,fir:400
storm nack --viewers 2 --video --video-rate 200 --lose 0.01 --hostile nack:200
storm junk --viewers 2 --hostile feedback,compound,padding,extensions,ssrcs,srtcp:3000
for process in "${storms[@]}"; do wait "$process" || true; done
for name in pli nack junk; do
    check "$name: nobody was hung up" jq -e '.totals.failed == 0 and ([.sessions[].dtls.closed_by_peer] | any | not)' \
        "$work/$name.json"
done
score_at_most class-feedback-pli-a-second "$(jq "[.sessions[] | select(.role == \"publisher\") | .rtcp.pli + .rtcp.fir] |
    add / $seconds * 10 | round / 10" "$work/pli.json")" 2.5 # two a second, and those of six that join and leave
check '  all of it was for the publisher' jq -e '[.sessions[] | select(.role == "publisher") | .rtcp.pli] | add > 1' \
    "$work/pli.json"
score_at_most class-feedback-rtx-percent "$(jq '[.sessions[] | select(.role == "viewer") |
    100 * (.repair.repaired + .repair.unasked) / ([.streams_in[].received] | add)] | max * 10 | round / 10' \
    "$work/nack.json")" 21 # a fifth
kept=$(ctl --json drops | jq '[.dropped[] | select(.name | IN("srtp_unprotect_bad_padding", "srtcp_unprotect_replayed",
    "srtcp_unprotect_bad_tag", "srtp_unprotect_ssrc_limit")) | .packets > 0] | all')
score class-feedback-junk-kept "$kept" true "$([ "$kept" = true ] && echo yes || echo no)"
room=after{n}
check 'a call after it loses nothing' session --duration 1 --max-loss 0
settle_calls beside class-feedback-lost
check_accounts srtp_unprotect_bad_padding srtcp_unprotect_replayed srtcp_unprotect_bad_tag srtp_unprotect_ssrc_limit \
    srtp_unprotect_replayed srtp_unprotect_malformed srtcp_unprotect_malformed srtp_unprotect_unknown_stream \
    rtp_route_unknown_payload_type
stop_gateway
finish
