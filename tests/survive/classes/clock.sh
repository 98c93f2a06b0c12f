#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-clock-lost class-clock-sessions class-clock-restarts class-clock-calls
# limit: 60
# quick: 60
# beside: yes
# The wall clock of naru-control jumps an hour and ten years, forth and back (hazard F35): timers follow the monotonic one,
# so that established sessions lose nothing, none expires, and new ones come up.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"
. "$(dirname "$(readlink -f "$0")")/control_with.sh"

library=$(find /usr/lib -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
[ -n "$library" ] || skip 'needs the package faketime'
control_with "export LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_NO_CACHE=1 \
FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1"
echo '+0' >"$work/clock"
write_config <<'YAML'
ice: {consent-seconds: 6}
YAML
start_gateway
check 'naru-control has a clock of its own' grep -q libfaketime "/proc/$(pid_of control)/maps"
epoch=$(epoch_of control)
begin_calls calls 5
ids=$(session_ids)
came_up=0
for step in +1h +10y -1h -10y +0; do
    echo "$step" >"$work/clock"
    sleep "$(by_size 4 0.5)" # and the call takes longer than what is looked at once a second
    room=step{n}
    ! session --duration 1 --max-loss 0 || came_up=$((came_up + 1))
done
score_at_least class-clock-calls "$came_up" 5
check 'the sessions are the same' [ "$(session_ids)" = "$ids" ]
score_at_most class-clock-sessions "$(ctl --json status | jq .sessions.failed)" 0
score_at_most class-clock-restarts $(($(epoch_of control) - epoch)) 0
settle_calls calls class-clock-lost
check_accounts
stop_gateway
finish
