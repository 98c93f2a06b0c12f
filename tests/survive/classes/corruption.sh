#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-corruption-writes class-corruption-dataplane class-corruption-silence class-corruption-balance class-corruption-borders class-corruption-lost
# limit: 300
# quick: 60
# A naru-control that has gone mad: another program takes its place and writes anything into intent records, change notices
# and rings, while media flows. naru-dataplane neither ends nor hangs, every packet stays accounted for, sessions whose
# records are left alone notice nothing, and what a process only reads it cannot write.
# NARU_CORRUPTION_SECONDS says how long (120, quick 4).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

hostile=$build/tests/survive/naru-hostile-control
[ -x "$hostile" ] || skip "$hostile is not built"
seconds=${NARU_CORRUPTION_SECONDS:-$(by_size 120 4)}

# NAME ROOMS OPTIONS...: calls in the background; their report comes in $work/NAME.json.
start_rooms() {
    local name=$1 rooms=$2
    shift 2
    "$client" session --whip "$http/whip/$name{n}" --whep "$http/whep/$name{n}" --sessions "$rooms" --duration 3600 \
        --keep-going --json --summary --timeline --max-loss 100 "$@" >"$work/$name.json" 2>"$work/$name.log" &
}

# All that could heal or disturb: the keeper first, it would start the others again.
stop_others() {
    local program
    others=()
    for program in keeper supervise control; do others+=("$(pid_of "$program")"); done
    kill -STOP "${others[@]}"
}

# Lost within the attack's time, of those that were left alone.
lost_of_spared() {
    jq --argjson from "$1" --argjson to "$2" '.timeline as $t | [$t.sent, $t.received] | transpose | to_entries |
        map(select($t.began_ms + .key * $t.step_ms | . >= $from and . < $to) | .value) |
        {sent: (map(.[0]) | add // 0), lost: (map(.[0] - .[1]) | add // 0)}' "$work/spared.json"
}

write_config <<YAML
gateway: {workers: 2, idle: adaptive}
rooms: {viewers-per-shard: 2}
limits: {transports: 256, streams: 512, routes: 512}
memory: {huge-pages: off, heap-mb: 128, packet-buffers: 16384, history-mb: 8}
YAML
start_gateway
control=$(pid_of control) dataplane=$(pid_of dataplane)
"$hostile" --control "$control" --borders "$dataplane" >"$work/borders" || true
sed 's/^/        /' "$work/borders"
score_at_most class-corruption-borders "$(grep -c 'OPEN' "$work/borders" || true)" 0
check '  each way was tried' [ "$(grep -c refused "$work/borders")" -ge 8 ]

start_rooms spared 3 --audio --video --video-rate 30
spared=$!
check 'calls are up' within 20 '.sessions.by_state.connected == 6' ctl --json status
"$hostile" --control "$control" --list >"$work/spared"
start_rooms victims 4 --viewers 3 --audio --video --video-rate 30 --lose 2 --pli-interval 1
victims=$!
check 'and the victims beside them' within 20 '.sessions.by_state.connected == 22' ctl --json status
sleep 1
stop_others
echo "        seed $seed: $seconds s"
began=$(monotonic_ms)
"$hostile" --control "$control" --spare "$work/spared" --seconds "$seconds" --seed "$seed" >"$work/attack.json" || true
ended=$(monotonic_ms)
jq -c . "$work/attack.json"
score_at_least class-corruption-writes "$(jq .all_writes "$work/attack.json")" $((seconds * 1000))
same=no
[ "$(pid_of dataplane)" != "$dataplane" ] || ! kill -0 "$dataplane" 2>/dev/null || [ "$(jq .ended "$work/attack.json")" != false ] || same=yes
score class-corruption-dataplane $same yes $same
score_at_most class-corruption-silence "$(jq .longest_silence_ms "$work/attack.json")" 5000
kill -INT "$spared" "$victims"
wait "$spared" || true
wait "$victims" || true
balanced=no
! "$hostile" --control "$control" --balance || balanced=yes
score class-corruption-balance $balanced yes $balanced
lost_of_spared "$began" "$ended" >"$work/lost"
jq -c . "$work/lost"
check '  they had media all the time' [ "$(jq .sent "$work/lost")" -gt $((seconds * 100)) ]
# The writer takes its share of the CPUs, and workers do what it orders: lost is what was not in time, not who was cut off.
score_at_most class-corruption-lost "$(jq 'if .sent == 0 then 100 else 100 * .lost / .sent end' "$work/lost")" 20

# What naru-control finds in its own memory now is not its own: the next one begins anew, or ends what it cannot read.
# Nor may it keep naru-dataplane from working, or its successors from starting.
"$hostile" --control "$control" --block
sleep 0.5
check_is 'naru-dataplane is not fenced by it' "$(pid_of dataplane) $(kill -0 "$dataplane" && echo lives)" "$dataplane lives"
kill -KILL "$control"
kill -CONT "${others[@]}" 2>/dev/null || true
check 'the next naru-control serves' wait_for 20 is_ready
check_is 'naru-dataplane is still the same' "$(pid_of dataplane)" "$dataplane"
stop_gateway
finish
