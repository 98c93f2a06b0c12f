#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh --fuzz: the shared memory of a running gateway, and each fuzz target, for 10 minutes; corpora are kept and grow from
# run to run. As many targets at a time as NARU_FUZZ_JOBS. An interrupted run leaves out the targets that it has done.
set -euo pipefail
results=${NARU_SURVIVE_RESULTS:?started by run.sh --fuzz}
seconds=${NARU_FUZZ_SECONDS:-600}
jobs=${NARU_FUZZ_JOBS:-$(nproc)}
root=$(dirname "$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")")
build=${NARU_FUZZ_BUILD:-$root/build-fuzz}
done_now=$results/fuzz-now.tsv # target, verdict, executions, inputs in the corpus

cd "$root"
. tests/lib/parts.sh
[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" -Dsanitize=true -Dfuzz=true >"$results/fuzz-build.log"
ninja -C "$build" >>"$results/fuzz-build.log" || { tail -n 20 "$results/fuzz-build.log" && exit 1; }
touch "$done_now"

# TARGET: its verdict, and how much it did.
fuzz() {
    local name=$1 corpus=$results/corpus/$1 log=$results/fuzz-$1.log verdict=ok seeds options
    mkdir -p "$corpus"
    mapfile -t seeds < <(seeds_of "$name")
    # Short lists of steps reach little.
    case $name in segments_*) options=(-len_control=0 -max_len=512) ;; *) options=() ;; esac
    UBSAN_OPTIONS=print_stacktrace=1 "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        "${options[@]}" -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$corpus-" "$corpus" "${seeds[@]}" >"$log" 2>&1 || verdict=FAILED
    printf '%s\t%s\t%s\t%s\n' "$name" $verdict "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
        "$(find "$corpus" -type f | wc -l)" >>"$done_now"
    [ $verdict = ok ] || tail -n 30 "$log"
}

# The same of a gateway that runs, with media flowing; its verdict, and how many words were written.
corrupt() {
    local name=live_segments log=$results/fuzz-live_segments.log verdict=ok
    ! grep -q "^$name	" "$done_now" || return 0
    echo "$(date +%T) $name for $seconds s"
    NARU_SURVIVE_SEED=${NARU_SURVIVE_SEED:-$((SRANDOM % 1000000))} NARU_CORRUPTION_SECONDS=$seconds \
        tests/survive/classes/corruption.sh >"$log" 2>&1 || verdict=FAILED
    printf '%s\t%s\t%s\t%s\n' $name $verdict "$(jq -rR 'fromjson? | objects | .all_writes // empty' "$log")" 0 >>"$done_now"
    [ $verdict = ok ] || tail -n 30 "$log"
}

trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
corrupt
for program in "$build"/tests/fuzz/fuzz_*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    name=$(basename "$program" | sed 's/^fuzz_//')
    ! grep -q "^$name	" "$done_now" || continue
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
    echo "$(date +%T) $name for $seconds s"
    fuzz "$name" &
done
wait
mv "$done_now" "$results/fuzz-$(date +%F-%H%M).tsv"
awk -F '\t' '{ printf "%-7s fuzz-%-24s %14s executions   %6d inputs\n", $2, $1, $3, $4 } $2 != "ok" { bad = 1 } END { exit bad }' \
    "$(ls -t "$results"/fuzz-*.tsv | head -n 1)"
