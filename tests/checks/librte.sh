#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Only the dataplane and the load generator are linked to DPDK: naru-control and the others are debugged like any program.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${NARU_BUILD:-build}
failed=0 seen=0
for name in naru-control naru-supervise naru-sctp naru-ctl; do
    program=$(find "$build" -type f -name "$name" -perm -u+x 2>/dev/null | head -1 || true)
    [ -n "$program" ] || continue
    seen=$((seen + 1))
    if ldd "$program" | grep librte; then
        echo "$name is linked to DPDK"
        failed=1
    fi
done
if [ "$seen" = 0 ]; then
    echo "skipped: no program in $build"
    exit 77
fi
exit $failed
