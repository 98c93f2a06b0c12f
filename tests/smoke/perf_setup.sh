#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# naru-perf setup measures: the sessions of a short run come up, what they sent is authentic, and every figure is there.
# No figure is judged: the machine is shared.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
counts_all=yes

perf=$build/perf/naru-perf
[ "$(id -u)" = 0 ] || skip "needs root"
[ -x "$perf" ] || skip "$perf is not built"
[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

figure() {
    jq -e "$1" "$work/setup.json" >/dev/null
}

timeout 90 "$perf" setup --quick --json >"$work/setup.json" || true
check 'all sessions came up' figure '.setup.idle.failed == 0 and .setup.cost.failed == 0 and .setup.idle.sessions == 200'
check 'their packets were taken, none was refused' figure '.setup.idle.rtp_accepted >= 400 and .setup.idle.rtp_refused == 0'
check 'what a session and a handshake cost' figure '.setup.cost | .cpu_us > 10 and .handshake_us > 10 and .cpu_ratio > 0'
check 'how long it takes, and how many at once' figure '.setup.cost | .p99_ms >= .p50_ms and .p50_ms > 0 and .highest_rate > 0'
check 'what an idle one holds' figure '.setup.idle.bytes > 1000'
[ "$failed" = 0 ] || jq -c .setup "$work/setup.json" || true
finish
