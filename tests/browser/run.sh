#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Chromium against a running naru; as root, for each test makes interfaces of its own. Last line: "N passed, M failed".
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
export NARU_BUILD=${NARU_BUILD:-$root/build}
declare -A limits=([quickstart]=60 [publish_watch]=90 [suites]=90 [variants]=90 [restart]=100 [bandwidth]=130 [rooms]=60 [signalling]=100 [peers]=190
    [interop]=100 [lossy_channels]=150 [channels]=$((190 + ${NARU_CHANNEL_MESSAGES:-0} / 10)) [tcp]=90 [lan]=60)
order='quickstart publish_watch suites variants restart bandwidth rooms peers signalling interop channels lossy_channels tcp lan'

usage() {
    cat <<TEXT
usage: tests/browser/run.sh [--list] [TEST]...

Drives Debian's Chromium against the programs in \$NARU_BUILD (now $NARU_BUILD). Tests: $order
TEXT
}

fail() {
    echo "run.sh: $1" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null || fail "$1 is missing: deploy/packages.sh build run test"
}

case ${1:-} in
-h | --help) usage && exit 0 ;;
--list) tr ' ' '\n' <<<"$order" && exit 0 ;;
-*) usage >&2 && exit 2 ;;
esac

[ "$(id -u)" = 0 ] || fail 'needs root: it makes network interfaces'
for tool in node npm chromium ip ethtool certutil; do need "$tool"; done
[ -x "$NARU_BUILD/deploy/supervise/naru-supervise" ] || fail "no naru-supervise in $NARU_BUILD: ninja -C $NARU_BUILD"
if [ ! -d "$here/node_modules/playwright-core" ]; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "$here" --no-audit --no-fund
fi

NARU_BROWSER_SCRATCH=$(mktemp -d /tmp/naru-browser.XXXXXX)
export NARU_BROWSER_SCRATCH
running=

# A test ends its own gateway and browser; what a killed one left is ended by its recorded process id.
end_leftovers() {
    local file pid
    for file in "$NARU_BROWSER_SCRATCH"/*/run/keeper.pid; do
        [ -f "$file" ] || continue
        pid=$(cat "$file")
        echo "run.sh: ending a gateway that was left running ($pid)"
        kill "$pid" 2>/dev/null || continue
        timeout 15 tail --pid="$pid" -f /dev/null || kill -9 "$pid" 2>/dev/null || true
    done
}

cleanup() {
    trap - EXIT INT TERM
    if [ -n "$running" ]; then
        kill "$running" 2>/dev/null || true
        wait "$running" 2>/dev/null || true
    fi
    end_leftovers
    rm -rf "$NARU_BROWSER_SCRATCH"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

results=$NARU_BROWSER_SCRATCH/results

# NAME STATUS: what a test that was stopped could not say itself.
explain_end() {
    case $2 in
    0 | 1) grep -q '^FAILED' "$NARU_BROWSER_SCRATCH/$1.out" || [ "$2" = 0 ] || echo "FAILED  $1: ended early" ;;
    124 | 137) echo "FAILED  $1: stopped after ${limits[$1]} s" ;;
    *) echo "FAILED  $1: exit status $2" ;;
    esac
}

keep_logs() {
    local log
    for log in "$NARU_BROWSER_SCRATCH"/*/naru.log; do
        [ ! -s "$log" ] || cp "$log" "/tmp/naru-browser-$(basename "$(dirname "$log")").log"
    done
    echo "        the gateways' logs: /tmp/naru-browser-*.log"
}

run_test() {
    local name=$1 result=0 out=$NARU_BROWSER_SCRATCH/$1.out shower
    echo "--- $name"
    : >"$out"
    timeout --kill-after=20 "${limits[$name]}" node "$here/$name.js" >"$out" 2>&1 </dev/null &
    running=$!
    tail -n +1 -s 0.2 -f --pid="$running" "$out" &
    shower=$!
    wait "$running" || result=$?
    running=
    wait "$shower"
    explain_end "$name" "$result" | tee -a "$out"
    cat "$out" >>"$results"
    [ "$result" = 0 ] || keep_logs
    end_leftovers
}

: >"$results"
# shellcheck disable=SC2086: a word each
for name in ${*:-$order}; do
    [ -n "${limits[$name]:-}" ] || fail "no test $name; there are: $order"
    [ ! -f "$here/$name.js" ] || run_test "$name"
done
passed=$(grep -c '^ok ' "$results" || true)
failed=$(grep -c '^FAILED' "$results" || true)
echo "$SECONDS seconds"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
