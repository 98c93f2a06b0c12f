#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 180
# The comparison with other servers runs: packets come back from rtpengine, Janus and the forwarder, decrypted and compared.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
missing=$("$root/deploy/packages.sh" --missing peers)
[ -z "$missing" ] || { echo "skipped: not installed: $(echo $missing)" && exit 77; }
[ "$(id -u)" = 0 ] || { echo "skipped: needs root" && exit 77; }
[ "$(nproc --all)" -ge 2 ] || { echo "skipped: needs two cores" && exit 77; }
raw=$(mktemp)
trap 'rm -f "$raw"' EXIT
failed=0

# CASE CHECKED-PACKETS
check() {
    if "$root/perf/peers/run.sh" --quick --json --only "$1" --raw "$raw" >/dev/null &&
        jq -e --arg name "$1" --argjson least "$2" '.[$name] | .rate > 0 and .cpu_us > 0 and
            (.runs | length == 1 and all(.loss < 0.001 and .checked >= $least and .packets > 0))' "$raw" >/dev/null; then
        echo "ok      $1: $(jq -r --arg name "$1" '.[$name] | "\(.rate | round) packets/s, \(.cpu_us) us each"' "$raw")"
    else
        echo "FAILED  $1"
        failed=1
    fi
}

check forwarder_160 200
check rtpengine_gcm_1100 200
check janus_loop_1100 50
exit $failed
