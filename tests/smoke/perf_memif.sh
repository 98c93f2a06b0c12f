#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# naru-perf over memif in its quick mode: the real dataplane starts, packets come back right, the report has figures, and
# the plot is a picture. Says nothing of speed.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

perf=$build/perf/naru-perf
[ -x "$perf" ] || skip "$perf is not built"
[ "$(nproc)" -ge 2 ] || skip "two processes need two CPUs"

# REPORT OPTIONS...
measure() {
    "$perf" memif --quick --json "${@:2}" >"$work/$1" 2>>"$work/log"
}

# FILTER REPORT
has() {
    jq -e "$1" "$2" >/dev/null
}

check 'a relay runs' measure report --only relay_cm_160 --plot "$work/plot.svg"
check 'packets were checked' has '.memif[0].verified > 100' "$work/report"
check 'it has a rate' has '.memif[0].packets_per_second_out > 0' "$work/report"
check 'packets have times' has '.memif[0].at_half.latency.p50_us > 0' "$work/report"
check 'the plot names it' grep -q relay_cm_160 "$work/plot.svg"
check 'viewers that lose packets run' measure rtx --only rtx_cm_1100
check 'they get them again' has '.memif[0].rtx | .asked > 0 and .resent > 0 and .verified > 0' "$work/rtx"
check 'publishers that lose packets run' measure nack --only nack_cm_1100
check 'they are asked for them' has '.memif[0].nack | .lost > 0 and .asked > 0.5 * .lost' "$work/nack"
check 'a restart ends' measure restart --only restart
check 'media comes back to all' has '.memif[0].all_live_ms > 0' "$work/restart"
finish
