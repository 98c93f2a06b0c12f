#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The committed picture of the packet graph is that of the graph that runs.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build=${NARU_BUILD:-build}
program=$build/dataplane/naru-dataplane
if [ ! -x "$program" ]; then
    echo "skipped: no program in $build"
    exit 77
fi
running=$(mktemp)
trap 'rm -f "$running"' EXIT
"$program" --print-graph >"$running"
if ! diff dataplane/graph.dot "$running"; then
    echo "dataplane/graph.dot is out of date: $program --print-graph > dataplane/graph.dot;" \
        "dot -Tsvg dataplane/graph.dot > dataplane/graph.svg"
    exit 1
fi
