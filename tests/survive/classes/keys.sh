#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-keys-ended class-keys-withheld class-keys-told class-keys-repeated class-keys-again class-keys-beside class-keys-lost
# limit: 60
# quick: 60
# beside: yes
# Sessions that are so old that no SRTP or SRTCP index is left under their keys (RFC 3711 9.2): each is ended by name, no
# index is used twice, who was ended comes again under new keys, and others in its room notice nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

near_end=$build/tests/survive/naru-near-end
[ -x "$near_end" ] || skip "$near_end is not built"

# NAME ROOM OPTIONS...: one client, in the background.
start_client() {
    local name=$1 room=$2
    shift 2
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --duration 100 --json --retry 3 \
        --suite AEAD_AES_128_GCM --credentials "$work/$name.credentials" "$@" >"$work/$name.json" 2>"$work/$name.log" &
    clients[$name]=$!
    check "$name is up" within 10 ".sessions.by_state.connected == 4 + ${#clients[@]}" ctl --json status
}

# NAME KIND: two indexes are left.
age() {
    "$near_end" "$(pid_of dataplane)" "$(jq -r '.local | split(":")[-1]' "$work/$1.credentials")" "$2" 2
}

ended() {
    grep -c 'ended: its SRTP keys are used up' "$work/log" || true
}

have_ended() {
    [ "$(ended)" -ge 2 ]
}

declare -A clients
others=()
start_gateway
"$client" observe --interface naru0 --from "$address4" --suite AEAD_AES_128_GCM >"$work/observed.json" &
observer=$!
begin_calls calls 2 --suite AEAD_AES_128_GCM
start_client publisher old --role publish
start_client rtp old --role watch --max-loss 100
start_client rtcp other --role publish # it gets feedback all the time
start_client beside old --role watch --max-loss 0
sleep 0.5
# Nobody is there to end them in time, the keeper first: naru-dataplane itself sends nothing beyond the last index.
for program in keeper supervise control; do others+=("$(pid_of $program)"); done
kill -STOP "${others[@]}"
age rtp rtp
age rtcp rtcp
sleep 2
kill -CONT "${others[2]}" "${others[1]}" "${others[0]}"
wait_for 5 have_ended || true
score class-keys-ended "$(ended)" 2 "$([ "$(ended)" = 2 ] && echo yes || echo no)"
score_at_least class-keys-withheld "$(dropped srtp_protect_keys_used_up)" 1
wait "${clients[rtp]}" "${clients[rtcp]}" || true
score_at_least class-keys-told "$(jq -s '[.[].sessions[0].dtls.closed_by_peer | select(.)] | length' "$work/rtp.json" \
    "$work/rtcp.json")" 2
again=no room=old
! session --role watch --duration 1 --max-loss 0 || again=yes
score class-keys-again $again yes $again
kill -TERM "$observer"
wait "$observer" || true
jq -c . "$work/observed.json"
score_at_most class-keys-repeated "$(jq '.rtp_repeated + .rtcp_repeated + .too_old' "$work/observed.json")" 0
kill "${clients[beside]}"
check 'who watches beside them noticed nothing' wait "${clients[beside]}"
score_at_most class-keys-beside "$(jq '.totals.expected - .totals.received' "$work/beside.json")" 0
kill "${clients[publisher]}"
check 'nor did the publisher' wait "${clients[publisher]}"
settle_calls calls class-keys-lost
check_accounts srtp_protect_keys_used_up
stop_gateway
finish
