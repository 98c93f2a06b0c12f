#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: random-kills random-kills-repeated random-kills-silent random-kills-sessions random-kills-broken random-kills-unseen
# limit: 1500
# quick: 90
# Kills of any process under load, one by one and in quick succession, now and then while no packet reaches the clients.
# An observer on the gateway's link records each SRTP and SRTCP index, RTX included, delivered or not: none comes twice.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

kills=$(by_size 300 10)
struck=0
RANDOM=$((seed % 32768))

# MS
sleep_ms() {
    sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}

# PROGRAM...: kills each that has a process; those that wait for their restart have none.
kill_hard() {
    local program pid
    for program; do
        pid=$(pid_of "$program") || continue
        [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null && struck=$((struck + 1))
    done
    true
}

random_victims() {
    case $((RANDOM % (5 + 2 * kept))) in
    0 | 1) echo control ;;
    2 | 3) echo dataplane ;;
    4) echo control dataplane ;;
    5) echo supervise ;;
    6) echo supervise control dataplane ;;
    esac
}

# Media and RTCP leave the gateway but reach nobody: clients report nothing new, and the gateway cannot know why.
mute() {
    nft add table inet mute
    nft add chain inet mute in '{ type filter hook input priority 0; }'
    # RFC 7983: the first two bits of RTP and RTCP
    nft add rule inet mute in iifname naru0 udp sport 16384-32767 @th,64,2 2 drop
}

unmute() {
    nft delete table inet mute 2>/dev/null || true
}

is_up() {
    [ -n "$(pid_of "$1")" ]
}

# Kills on the heels of each other: as soon as the next process is there, or some 100 ms later.
kill_in_succession() {
    local times=$((2 + RANDOM % 4)) i victims
    for ((i = 0; i < times && struck < kills; i++)); do
        victims=$(random_victims)
        # shellcheck disable=SC2086: a word each
        for program in $victims; do wait_for 6 is_up "$program" || true; done
        sleep_ms $((RANDOM % 500))
        # shellcheck disable=SC2086
        kill_hard $victims
    done
}

round() {
    local muted=no
    [ $((RANDOM % 3)) != 0 ] || { muted=yes && mute; }
    case $((RANDOM % 3)) in
    0) kill_in_succession ;;
    # shellcheck disable=SC2046
    *) kill_hard $(random_victims) ;;
    esac
    sleep_ms $((RANDOM % 1000))
    unmute
    [ $muted = no ] || sleep_ms $((RANDOM % 500))
    sleep_ms $((RANDOM % $(by_size 2000 1000)))
}

are_all_ready() {
    ctl --json status 2>/dev/null | jq -e '[.processes[].ready] | all' >/dev/null
}

configure </dev/null
start_gateway
# Where a keeper stands above the supervisor, that one may die as well.
kept=$([ -n "$(pid_of keeper)" ] && echo 1 || echo 0)
"$client" observe --interface naru0 --from "$address4" --suite AEAD_AES_128_GCM --sparse 97 >"$work/observed.json" &
observer=$!
start_calls "$(by_size 40 20)" --audio --video --video-rate 50 --video-size 300 --lose 2 --pli-interval 5
echo "        seed $seed: $kills kills"
while [ "$struck" -lt "$kills" ]; do
    before=$struck
    round
    [ $((struck / 25)) = $((before / 25)) ] || echo "        $struck kills after $SECONDS s"
done
check 'all processes are there again' wait_for 15 are_all_ready
sleep 3
check 'the gateway has the same sessions' is_same_sessions
kill -TERM "$observer"
wait "$observer" || true
end_calls
observed() {
    jq -r "$1" "$work/observed.json"
}
jq -c . "$work/observed.json"
score_at_least random-kills "$struck" "$kills"
score_at_most random-kills-repeated "$(observed '.rtp_repeated + .rtcp_repeated + .too_old')" 0
score_at_most random-kills-silent "$(observed .silent)" 0
score_at_most random-kills-sessions "$(lost_sessions 60000)" 0
score_at_most random-kills-broken "$(broken_packets)" 0
# What the observer itself missed would make its word worthless.
score_at_most random-kills-unseen "$(observed '.unseen + .unrecorded + .malformed')" 0
finish
