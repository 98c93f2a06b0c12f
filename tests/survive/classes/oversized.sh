#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-oversized-named class-oversized-back class-oversized-changed class-oversized-lost class-oversized-lost-6
# limit: 60
# quick: 60
# beside: yes
# Fragments of IPv4 and IPv6, frames over the MTU and lengths that lie, from strangers and under the address and port of a
# session's own peer (hazard F17): each dropped under its name, none answered or put together, calls lose nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

# NAME: both ends of a publisher, as words.
ends_of() {
    ctl --json peers | jq -r --arg room "$1" 'first(.peers[] | select(.room == $room and .role == "publisher") |
        "\(.remote_address) \(.local_address | split(":")[-1])")'
}

state_of_calls() {
    ctl --json peers | jq -S '[.peers[] | {id, state, remote_address, streams: [.streams[] | {mid, ssrc}]}] | sort_by(.id)'
}

# How many of the names saw less than was sent under them, within the time that it takes to count.
unnamed() {
    ctl --json drops | jq --slurpfile before "$work/before.json" --slurpfile sent "$work/sent.json" \
        '[., $before[0] | .dropped | map({(.name): .packets}) | add] as [$now, $past] |
        [$sent[0].sent | to_entries[] | select($now[.key] - $past[.key] < .value) | .key] | join(" ")'
}

start_gateway
ip link set dev naru1 mtu 2000
ip link set dev naru0 mtu 2000
begin_calls four 2
begin_calls six 1 --family 6
sleep 1
state_of_calls >"$work/before"
ctl --json drops >"$work/before.json"
read -r peer4 port4 < <(ends_of four0)
read -r peer6 port6 < <(ends_of six0)
"$(dirname "$0")/oversized.py" naru0 "$(ctl --json status | jq -r '.ports[0].mac')" "$address4" "$peer4" "$port4" \
    "$address6" "$peer6" "$port6" "$(by_size 200 40)" >"$work/sent.json"
jq -c . "$work/sent.json"
wait_for 5 fulfils '. == ""' unnamed || true
score class-oversized-named "$(unnamed)" '""' "$([ "$(unnamed)" = '""' ] && echo yes || echo no)"
score_at_most class-oversized-back "$(jq '.errors + .to_strangers' "$work/sent.json")" 0
state_of_calls >"$work/after"
score_at_most class-oversized-changed "$(diff "$work/before" "$work/after" | wc -l)" 0
check 'a call beside it comes up' session --duration 1 --max-loss 0
settle_calls four class-oversized-lost
settle_calls six class-oversized-lost-6
check_accounts port_rx_too_long ip4_input_fragment ip6_input_fragment ip4_input_malformed ip6_input_malformed \
    udp_classify_malformed srtp_unprotect_bad_tag
stop_gateway
finish
