#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# The huge pages that naru-perf takes for a run go back to the kernel however the run ends.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
counts_all=yes

perf=$build/perf/naru-perf
pool=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
[ "$(id -u)" = 0 ] || skip "needs root"
[ -x "$perf" ] || skip "$perf is not built"
[ -w "$pool" ] || skip "this machine's pool of huge pages cannot be changed"
before=$(cat "$pool")

has_more() {
    [ "$(cat "$pool")" -gt "$before" ]
}

is_back() {
    [ "$(cat "$pool")" = "$before" ]
}

for signal in TERM HUP SEGV KILL; do
    "$perf" pipeline --quick >/dev/null 2>&1 &
    process=$!
    if ! wait_for 10 has_more; then
        kill -KILL "$process" 2>/dev/null || true
        [ "$signal" != TERM ] || skip "there are enough free pages, or none can be had"
    fi
    sleep 0.2
    kill -"$signal" "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
    check "after SIG$signal the pool has $before pages again" wait_for 5 is_back
done
finish
