#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Side by side: the same packets through a bare forwarder, rtpengine, Janus and naru.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: perf/peers/run.sh [--json] [--quick] [--only CASE] [--raw FILE] [--verbose] [--list]

Installs what is missing (Debian's rtpengine and Janus; no service is started), makes network namespaces and a veth pair,
runs each server on one core with the load generator on another, finds its highest rate without loss (below 0.1 %), and
prints what a packet costs in CPU-us. What comes out is decrypted by libsrtp2 and compared. Takes it all down again.
Needs root, two cores that nothing else uses, and about 12 minutes.

  --json       one object on stdout: {"rtpengine_1100": {"value": x, "goal": y, "ok": true}, ...}
  --quick      one run instead of five, and what no goal needs left out: a look, not a result; under 4 minutes
  --only CASE  the cases whose name begins with CASE; the goals that need others are left out
  --raw FILE   all figures as JSON; cases that the file has already and that are not run again stay
  --verbose    a line on stderr for each window
  --list       the names of the cases

Exit status: 0 all goals are met, 1 some are missed or a case failed, 2 wrong arguments.

  perf/peers/run.sh
  perf/peers/run.sh --only rtpengine_cm --verbose
  perf/peers/run.sh --json --raw perf/baseline/peers.json
TEXT
}

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
build=${NARU_BUILD:-$root/build}
generator=$build/perf/peers/generator/naru-peers
work=/run/peers # on a tmpfs of this run's own
generator_cpu=0 server_cpu=1

# name; goals need it (quick runs these); server; arguments of start_SERVER; of the generator. naru without a kernel is
# measured beside the server that it is compared with: a shared machine is not equally fast all the time.
cases='
forwarder_1100            yes forwarder - --payload 1100 --guess 250000
forwarder_160             no  forwarder - --payload 160 --guess 250000
rtpengine_cm_1100         yes rtpengine - --in sha1_80 --out sha1_32 --payload 1100 --guess 48000
naru_device_cm_1100       yes device    - peers_cm_1100
naru_memif_cm_1100        no  memif     - relay_cm_1100
rtpengine_gcm_1100        yes rtpengine - --in gcm_128 --out gcm_256 --payload 1100 --guess 58000
naru_device_gcm_1100      yes device    - peers_gcm_1100
naru_memif_gcm_1100       no  memif     - relay_gcm_1100
rtpengine_cm_160          yes rtpengine - --in sha1_80 --out sha1_32 --payload 160 --guess 70000
naru_device_cm_160        yes device    - peers_cm_160
naru_memif_cm_160         no  memif     - relay_cm_160
rtpengine_gcm_160         yes rtpengine - --in gcm_128 --out gcm_256 --payload 160 --guess 70000
naru_device_gcm_160       yes device    - peers_gcm_160
naru_memif_gcm_160        no  memif     - relay_gcm_160
janus_1100                no  janus     - --flows 1 --copies 50 --payload 1100 --guess 500
janus_loop_1100           yes janus     1 --flows 1 --copies 50 --payload 1100 --guess 700
naru_device_fanout50_1100 yes device    - peers_fanout50_cm_1100
naru_memif_fanout50_1100  no  memif     - fanout50_cm_1100
naru_veth_cm_1100         yes naru      - --payload 1100 --guess 150000
naru_veth_gcm_1100        no  naru      - --in gcm_128 --out gcm_128 --payload 1100 --guess 150000
naru_veth_cm_160          no  naru      - --payload 160 --guess 150000
'

json= quick= only= raw= verbose=
original=("$@")
while [ $# -gt 0 ]; do
    case $1 in
    --json) json=yes ;;
    --quick) quick=yes ;;
    --verbose) verbose=yes ;;
    --only) only=${2:?} && shift ;;
    --raw) raw=$(readlink -m "${2:?}") && shift ;;
    --list) awk 'NF { print $1 }' <<<"$cases" && exit 0 ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done

fail() {
    echo "run.sh: $1" >&2
    exit 1
}

prepare() {
    [ "$(id -u)" = 0 ] || fail "needs root: interfaces, namespaces, DPDK"
    [ "$(nproc --all)" -ge 2 ] || fail "needs two cores: one for the server, one for the load"
    "$root/deploy/packages.sh" peers >/dev/null
    [ -x "$generator" ] && [ -x "$build/perf/naru-perf" ] && return
    "$root/deploy/packages.sh" build run test >/dev/null
    [ -d "$build" ] || meson setup "$build" "$root" >/dev/null
    ninja -C "$build" >/dev/null
}

if [ -z "${NARU_PEERS_PRIVATE:-}" ]; then
    grep -q "^${only:-[a-z]}" <<<"$cases" || { echo "run.sh: no case begins with $only: see --list" >&2 && exit 2; }
    prepare
    exec env NARU_PEERS_PRIVATE=1 unshare --net --mount "$0" "${original[@]}"
fi

. "$here/servers.sh"
trap tear_down EXIT

# NAME SERVER ARGUMENT OPTIONS...: a server's figures on stdout.
measure() {
    local server=$2 argument=${3#-}
    local more=(--runs 5 --seconds 0.6)
    shift 3
    [ -z "$quick" ] || more=(--runs 1 --seconds 0.6)
    [ -z "$verbose" ] || more+=(--verbose)
    ulimit -c 0
    "start_$server" "$argument" || { show_log "$server" && return 1; }
    taskset -c $generator_cpu "$generator" measure --server "$server" --interface gen0 --own $own --address $media \
        --control "$(control_of "$server")" --token $token --pid "$server_pid" --cpu $server_cpu "${more[@]}" "$@" ||
        { show_log "$server" && return 1; }
}

# One scenario of naru-perf, in the same form: the median of three processes.
measure_device() {
    local runs=3
    [ -z "$quick" ] || runs=1
    for _ in $(seq $runs); do
        taskset -c $server_cpu "$build/perf/naru-perf" pipeline --json ${quick:+--quick} --only "$4" 2>>"$work/device.log"
    done | jq -es --arg name "$4" '.[0].machine as $machine | [.[].pipeline[] | select(.name == $name)] | sort_by(.whole) as $runs
        | $runs[length / 2 | floor] | select(.verified > 0) | {server: "naru, no kernel", in: .suite, out: .sent_suite, payload,
            copies: .viewers, rate: .packets_per_second, cpu_us: (1e6 / .packets_per_second), cycles: .whole, $machine,
            runs: [$runs[] | {cycles: .whole, rate: .packets_per_second, drops, verified}]}' || { show_log device && return 1; }
}

# The real naru-dataplane between two processes, no kernel: its highest rate without loss, its whole core counted. One
# suite for both legs.
measure_memif() {
    "$build/perf/naru-perf" memif --json ${quick:+--quick} --only "$4" 2>>"$work/memif.log" |
        jq -e --arg name "$4" '.machine as $machine | .memif[] | select(.name == $name and .verified > 0) | {server: "naru, memif",
            in: (if $name | test("_cm_") then "sha1_80" else "gcm_128" end), out: "the same", payload: ($name | sub(".*_"; "") | tonumber),
            copies: (if $name | test("fanout50") then 50 else 1 end), rate: .packets_per_second_out,
            cpu_us: (1e6 / .packets_per_second_out), $machine, at_highest, at_half}' || { show_log memif && return 1; }
}

run_case() {
    local name=$1 server=$2
    echo "$name ..." >&2
    local measure=measure
    case $server in device | memif) measure=measure_$server ;; esac
    $measure "$@" >"$work/$name.json" ||
        { failed="${failed:-} $name" && rm -f "$work/$name.json"; }
    stop_server
}

run_cases() {
    local name wanted server argument options
    while read -r name wanted server argument options; do
        [ -n "$name" ] || continue
        [[ $name == "$only"* ]] || continue
        [ -z "$quick" ] || [ -n "$only" ] || [ "$wanted" = yes ] || continue
        # shellcheck disable=SC2086: a word each
        run_case "$name" "$server" "$argument" $options </dev/null
    done <<<"$cases"
}

# What was measured now stands above what --raw has kept.
collect() {
    local kept='{}'
    [ -z "$raw" ] || [ ! -s "$raw" ] || kept=$(cat "$raw")
    find "$work" -maxdepth 1 -name '*.json' | sort | while read -r file; do
        jq --arg name "$(basename "$file" .json)" '{key: $name, value: .}' "$file"
    done | jq -s --argjson kept "$kept" '$kept + from_entries'
}

failed=
make_namespaces
run_cases
collect >"$work/all"
[ -z "$raw" ] || cp "$work/all" "$raw"
jq --argjson all "$([ -n "$only" ] && echo false || echo true)" -f "$here/goals.jq" "$work/all" >"$work/goals"
if [ -n "$json" ]; then
    cat "$work/goals"
else
    jq -r -f "$here/table.jq" "$work/all"
    jq -r 'to_entries[] | "\(.key): \(.value.value // "not measured"), goal \(.value.goal): \(if .value.ok then "met" else "missed" end)"' \
        "$work/goals"
fi
[ -z "$failed" ] || fail "did not run:$failed"
jq -e 'all(.[]; .ok)' "$work/goals" >/dev/null
