#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one replay program over the seeds of some kinds: seeds.sh PROGRAM KIND...
# Without the corpora it says so and passes; under NARU_REQUIRE_CORPORA=1 it fails.
set -eu
set -eu

program=$1
shift
corpora=${NARU_CORPORA:-${NARU_SOURCE_ROOT:-.}/../shared/corpora}
for kind; do
    set -- "$@" "$corpora/seeds/$kind"
    shift
    [ -d "$corpora/seeds/$kind" ] && continue
    echo "skipped: no $corpora/seeds/$kind"
    [ "${NARU_REQUIRE_CORPORA:-}" = 1 ] && exit 1
    exit 0
done
exec "$program" "$@"
