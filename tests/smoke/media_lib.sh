# SPDX-License-Identifier: Apache-2.0
# Sourced by the smoke tests of media, after which they are in namespaces of their own: runs of the client, and what
# client and gateway must have counted.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
go_private

corpora=${NARU_CORPORA:-$root/../shared/corpora}
room=room{n}
counts_all=yes # each verdict comes from check, so their number says something

ctl() {
    "$build/mgmt-api/ctl/naru-ctl" --url "$http" "$@"
}

# TEXT GOT WANTED-PATTERN
check_is() {
    # shellcheck disable=SC2053: a pattern is meant
    if [[ $2 == $3 ]]; then check "$1" true; else check "$1: got $2, not $3" false; fi
}

# OPTIONS...: a run of the client in the rooms of $room, its report in $work/report.json. Succeeds if the client is content.
session() {
    local report=$work/report.json
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --json "$@" >"$report" 2>"$work/client.log" && return
    echo "        | naru-client session $*"
    jq -r '.failures[]' "$report" | head -n 6 | sed 's/^/        | /'
    head -n 3 "$work/client.log" | sed 's/^/        | /'
    return 1
}

# JQ-FILTER: whether it yields true for the client's report.
report() {
    jq -e "$1" "$work/report.json" >/dev/null
}

print_report() {
    jq -r '.totals | "        \(.connected) of \(.sessions) sessions, \(.received) of \(.expected) packets, " +
        "first keyframe \(.max_first_keyframe_ms) ms, longest gap \(.max_gap_ms) ms, p99 \(.latency_ms.p99) ms"' \
        "$work/report.json"
}

# JQ-FILTER COMMAND...: whether the JSON that the command prints fulfils the filter.
fulfils() {
    local filter=$1
    shift
    "$@" 2>/dev/null | jq -e "$filter" >/dev/null
}

# SECONDS JQ-FILTER COMMAND...: the same, within that time.
within() {
    local seconds=$1
    shift
    wait_for "$seconds" fulfils "$@" && return
    shift
    "$@" | jq -c . | cut -c1-600 | sed 's/^/        | /'
    return 1
}

check_nobody_left() {
    check "${1:-no session and no room is left}" within 10 '.sessions.now == 0 and .rooms == 0' ctl --json status
}

# NAME: how many packets were dropped under that name.
dropped() {
    ctl --json drops | jq --arg name "$1" '[.dropped[] | select(.name == $name) | .packets] | add // 0'
}

# What is dropped in the ordinary course of calls: the host's own chatter on the link, what crosses a session's beginning
# or end, the second answer to a check that was repeated, and the host's word that a client's socket is gone.
ordinary_drops='icmp_input_unhandled ip4_input_not_for_us ip4_input_unknown_protocol ip6_input_not_for_us
    ip6_input_unknown_protocol ip6_input_martian nd_input_unhandled rtp_rewrite_before_start udp_output_no_path
    inject_stale stun_reply_unknown_user stun_reply_unexpected_response dtls_punt_unchecked_source udp_classify_unknown_source'

# MORE-NAMES...: received + created = sent + consumed + dropped for each worker, and no reason beyond the ordinary ones.
check_accounts() {
    local others
    check 'the packet balance of every worker is 0' within 10 '[.workers[].balance] | length > 0 and all(. == 0)' \
        ctl --json drops
    others=$(ctl --json drops | jq -r --arg allowed "$ordinary_drops $*" \
        '[.dropped[] | select(.packets > 0) | select(.name as $n | $allowed | [splits("\\s+")] | index($n) | not) |
        "\(.name) \(.packets)"] | join(", ")')
    check_is 'nothing is dropped but for known reasons' "${others:-none}" none
}

# KIND: a small offer to publish (sendonly) or to watch (recvonly) audio.
offer() {
    printf '%s\r\n' v=0 'o=- 1 1 IN IP4 0.0.0.0' s=- 't=0 0' 'a=group:BUNDLE 0' \
        'm=audio 9 UDP/TLS/RTP/SAVPF 111' 'c=IN IP4 0.0.0.0' a=mid:0 "a=$1" a=rtcp-mux 'a=rtpmap:111 opus/48000/2' \
        a=ice-ufrag:smok 'a=ice-pwd:smokesmokesmokesmokesmoke' a=setup:actpass \
        "a=fingerprint:sha-256 $(printf 'AB:%.0s' $(seq 31))AB"
}

# PATH KIND [CURL-OPTIONS...]: posts such an offer; the answer is in $work/answer, its head in $work/head.
post_offer() {
    local path=$1 kind=$2
    shift 2
    offer "$kind" | curl -s -o "$work/answer" -D "$work/head" -w '%{http_code}' -H 'Content-Type: application/sdp' \
        --data-binary @- "$@" "$http$path"
}

# NAME: a field of the last answer's head.
head_field() {
    sed -n "s/^$1: *//Ip" "$work/head" | tr -d '\r' | head -n 1
}

# NAME: an attribute of the last answer.
answer_field() {
    sed -n "s/^a=$1://p" "$work/answer" | tr -d '\r' | head -n 1
}
