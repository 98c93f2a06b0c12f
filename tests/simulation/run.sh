#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs naru-simulate over the stored seeds, one twice, then over new ones, and with OpenSSL under a stepped clock.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=${NARU_BUILD:-$(dirname "$(dirname "$here")")/build}
simulate=$build/tests/simulation/naru-simulate
seconds=0 # of new seeds, beside the one that there always is
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

usage() {
    cat <<TEXT
usage: tests/simulation/run.sh [--seconds N] [--help]

Runs the seeds of tests/simulation/seeds, one of them twice (the traces must be the same), one new seed, and real OpenSSL
handshakes under a stepped clock. \$NARU_BUILD is the build (default build/).
--seconds   then new seeds for so long; each that fails is told, with the command that repeats it

  tests/simulation/run.sh
  NARU_BUILD=build-sanitize tests/simulation/run.sh --seconds 600
TEXT
}

while [ $# -gt 0 ]; do
    case $1 in
    --seconds) [ $# -gt 1 ] && seconds=$2 && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done
[ -x "$simulate" ] || { echo "skipped: there is no $simulate (it needs libsrtp2 and DPDK's net_ring)" && exit 77; }

failed=0
# What failed is kept apart from the rest: its last lines and how to repeat it.
simulate() {
    local result=0
    "$simulate" "$@" >"$work/out" 2>"$work/err" || result=$?
    grep '^seed' "$work/out" || true
    [ $result != 77 ] || { cat "$work/err" && exit 77; }
    [ $result != 0 ] || return 0
    failed=$((failed + 1))
    grep -v '^naru-dataplane: port' "$work/err" | tail -n 30 || true
    echo "FAILED  naru-simulate $* (exit status $result)"
}

trace_of() {
    sed -n 's/.*trace \([0-9a-f]*\),.*/\1/p' "$work/out"
}

# New ones every time; the number is printed, so that a failure can be repeated.
new_seed() {
    od -An -N4 -tu4 /dev/urandom | tr -d ' '
}

is_first=yes
while read -r arguments; do
    # shellcheck disable=SC2086: several words
    simulate $arguments
    if [ -n "$is_first" ]; then
        first=$(trace_of) is_first=
        # shellcheck disable=SC2086
        simulate $arguments
        [ "$(trace_of)" = "$first" ] || { echo "FAILED  the same seed gives another trace" && failed=$((failed + 1)); }
    fi
done < <(grep -v '^#' "$here/seeds")
simulate --dtls openssl --seed 1 --sessions 100 --seconds 30 --faults clock
simulate --dtls openssl --seed 2 --sessions 100 --seconds 30 --faults clock,loss,reorder,duplicate,delay,kill-dataplane
simulate --seed "$(new_seed)" --sessions 200
for ((end = SECONDS + seconds; SECONDS < end; )); do
    simulate --seed "$(new_seed)" --sessions 200
done
echo "simulation: $failed runs failed"
[ $failed = 0 ]
