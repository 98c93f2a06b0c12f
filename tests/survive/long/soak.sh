#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh --soak: for an hour 20 sessions a second come, shake hands, send and go. Memory and descriptors of every process
# are noted each 10 s; the slope of memory over the time, and how many descriptors are left over when all have gone, are
# the result. An interrupted run goes on where it was: each part counts by itself, after its first minutes.
set -euo pipefail
results=${NARU_SURVIVE_RESULTS:?started by run.sh --soak}
seconds=${NARU_SOAK_SECONDS:-3600}
export NARU_SURVIVE_RESULTS=$results NARU_SOAK_SECONDS=$seconds
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

stamp=$(date +%F-%H%M)
samples=$results/soak-now.tsv # part, seconds of it, process, KiB, descriptors
rate=11                       # for each of the two loads, a part of whose time goes by with leaving
at_once=60
warm=$((seconds > 1500 ? 300 : seconds / 5)) # pools and arenas find their size

# NAME: whether the client has done what it was told.
has_closed() {
    local closed
    closed=$(grep -c closed "$work/$1.load" || true)
    [ "$closed" != "${seen[$1]:-0}" ] && seen[$1]=$closed
}

# A load that opens and closes for ever. NAME
load() {
    local -A seen=()
    while [ ! -e "$work/enough" ]; do
        echo "open $at_once $rate"
        echo close
        wait_for 60 has_closed "$1" || break
    done |
        "$client" load --whip "$http/whip/$1{n}" --audio --suite AEAD_AES_128_GCM >"$work/$1.load" 2>"$work/$1.log"
}

descriptors_of() {
    find "/proc/$(pid_of "$1")/fd" -mindepth 1 | wc -l
}

sample() {
    local process
    for process in supervise control dataplane; do
        printf '%s\t%s\t%s\t%s\t%s\n' "$part" "$1" "$process" "$(memory_of $process)" "$(descriptors_of $process)"
    done >>"$samples"
}

# PROCESS COLUMN: least squares over each part without its first minutes, per hour.
slope() {
    awk -F '\t' -v process="$1" -v column="$2" -v warm="$warm" '
        $3 == process && $2 >= warm { n[$1]++; x[$1] += $2; y[$1] += $column; row[++rows] = $0 }
        END {
            for (i = 1; i <= rows; i++) {
                split(row[i], at, "\t"); part = at[1]
                dx = at[2] - x[part] / n[part]; dy = at[column] - y[part] / n[part]
                over += dx * dy; under += dx * dx
            }
            if (under) printf "%.1f", 3600 * over / under; else print "nothing"
        }' "$samples"
}

sum_up() {
    local process
    for process in supervise control dataplane; do
        score_at_most "soak-$process-kib-per-hour" "$(slope $process 4)" 1024
        score_at_most "soak-$process-descriptors-left" $(($(descriptors_of $process) - ${descriptors[$process]})) 0
    done
    score_at_most soak-failed "$failed_sessions" 0
    score_at_least soak-sessions-per-second "$(jq -n "($sessions / $seconds_taken * 10 | round) / 10")" 15
}

touch "$samples"
done_before=$(awk -F '\t' '$2 > most[$1] { most[$1] = $2 } END { for (p in most) sum += most[p]; print sum + 0 }' "$samples")
part=$(awk -F '\t' '$1 >= next_part { next_part = $1 + 1 } END { print next_part + 0 }' "$samples")
left=$((seconds - done_before))
[ "$part" = 0 ] || echo "$done_before of $seconds s were done before"
configure </dev/null
start_gateway
declare -A descriptors
for process in supervise control dataplane; do descriptors[$process]=$(descriptors_of $process); done
began=$(now_ms)
load come &
loads=($!)
sleep 2
load go &
loads+=($!)
while elapsed=$((($(now_ms) - began) / 1000)) && [ $elapsed -lt $left ]; do
    sample $elapsed
    [ $((elapsed % 60)) -ge 10 ] || echo "$((done_before + elapsed)) of $seconds s: $(tail -n 3 "$samples" | awk -F '\t' '{ printf "%s %d KiB %d fds  ", $3, $4, $5 }')"
    sleep 10
done
sessions=$(ctl --json status | jq .sessions.created)
seconds_taken=$((($(now_ms) - began) / 1000))
failed_sessions=$(cat "$work"/*.load | jq -s '[.[].failed // 0] | add')
cat "$work"/*.load | jq -r 'select((.failed // 0) > 0) | "\(.failed) of \(.asked) failed, the last: \(.error)"' | sort | uniq -c
touch "$work/enough"
wait "${loads[@]}" || true
check_nobody_left
sleep 12 # HTTP connections that nobody closed
sum_up >"$results/soak-$stamp.txt"
cat "$results/soak-$stamp.txt"
mv "$samples" "$results/soak-$stamp.tsv"
finish
