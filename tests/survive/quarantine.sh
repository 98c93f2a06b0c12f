#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: quarantine-crashes quarantine-named quarantine-sessions quarantine-loops quarantine-loops-named quarantine-loops-sessions
# limit: 90
# quick: 60
# beside: yes
# A session whose packets crash the worker, or hold it in an endless loop, is named after the second time and served no
# more: the others go on. A dataplane with such a defect is built beside the real one (brittle/).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

brittle=$build/tests/survive/naru-dataplane-brittle
[ -x "$brittle" ] || skip "$brittle is not built"
payload=777
export NARU_POISON_SIZE=$((payload + 16)) # with the tag of AES-GCM

# The same programs, but for one.
replace_dataplane() {
    mkdir -p "$work/build/mgmt-api/ctl"
    ln -s "$build/mgmt-api/naru-control" "$build/deploy/supervise/embedded-device.sh" "$work/build"
    ln -s "$build/mgmt-api/ctl/naru-ctl" "$work/build/mgmt-api/ctl"
    ln -s "$brittle" "$work/build/naru-dataplane"
    build=$work/build
}

# Which of log, CLI and metrics name the session.
places_of() {
    local places=0
    ! grep -q "session $1 failed: quarantined" "$work/log" || places=$((places + 1))
    ! ctl status | grep "1 quarantined.*$1" >/dev/null || places=$((places + 1))
    ! curl -s --noproxy '*' "$http/metrics" | grep '^naru_sessions_quarantined_total 1$' >/dev/null || places=$((places + 1))
    echo $places
}

is_named() {
    [ "$(places_of "$1")" = 3 ]
}

# NAME SCORE MOST: one poisoned publisher beside good calls.
poison() {
    local name=$1 id epoch pairs=5
    start_gateway
    start_calls $pairs --audio
    "$client" session --role publish --whip "$http/whip/poison{n}" --audio --audio-size $payload --duration 30 --keep-going \
        --suite AEAD_AES_128_GCM --json >"$work/poison.json" 2>"$work/poison.log" &
    poisoned=$!
    check 'the poisoned session is there' within 5 '[.peers[] | select(.room == "poison0")] | length == 1' ctl --json peers
    id=$(ctl --json peers | jq -r '.peers[] | select(.room == "poison0") | .id')
    check 'it is quarantined' within 15 '.sessions.quarantined == 1' ctl --json status
    wait_for 3 is_named "$id" || true
    score_at_least "$name-named" "$(places_of "$id")" 3
    epoch=$(epoch_of dataplane)
    sleep "$(by_size 3 1.5)"
    check_is 'the dataplane lives on' "$(epoch_of dataplane)" "$epoch"
    score_at_most "$2" "$(grep -cE "naru-dataplane ended: .*signal|naru-dataplane hangs" "$work/log")" "$3"
    check_is 'who made it does not come again' "$(post_offer /whip/poison0 sendonly)" 429
    check '  for that reason' fulfils '.sessions.refused_by_reason.quarantined == 1' ctl --json status
    kill -INT "$poisoned"
    wait "$poisoned" || true
    end_calls
    score_at_most "$name-sessions" "$(lost_sessions 10000)" 0
    check_nobody_left
    stop_gateway
    rm "$work/log"
}

configure </dev/null
replace_dataplane
poison quarantine quarantine-crashes 2
export NARU_POISON_LOOPS=1
poison quarantine-loops quarantine-loops 4 # each one hangs, and ends
finish
