#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: chromium-control-gap-ms chromium-dataplane-gap-ms chromium-failed
# limit: 180
# quick: no
# A Chromium pair plays on through kill -9 of either process. (The part "browser" of tests/run.sh has the same test.)
set -euo pipefail

# Before it is alone: there is no registry in there.
browser=$(dirname "$(readlink -f "$0")")/../browser
[ -n "${NARU_SMOKE_PRIVATE:-}" ] || [ -d "$browser/node_modules/playwright-core" ] ||
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "$browser" --no-audit --no-fund >/dev/null
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# PROGRAM: the longest time without a new picture.
gap_of() {
    sed -n "s/^ok .*goes on after kill -9 of naru-$1 .*longest gap \([0-9]*\) ms.*/\1/p" "$work/browser" | sort -n | tail -n 1
}

"$root/tests/browser/run.sh" restart >"$work/browser" || true
grep -E '^(ok|FAILED)' "$work/browser"
score_at_most chromium-control-gap-ms "$(gap_of control)" 1000
score_at_most chromium-dataplane-gap-ms "$(gap_of dataplane)" 2000
score_at_most chromium-failed "$(grep -c '^FAILED' "$work/browser" || true)" 0
finish
