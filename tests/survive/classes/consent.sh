#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-consent-seconds class-consent-ended class-consent-lost
# limit: 120
# quick: 60
# beside: yes
# A peer that shows no consent any more (RFC 7675, hazard F26): its media stops, within 31 s by default; a quick run asks
# with ice.consent-seconds: 5. The publisher and the other viewers notice nothing, and its session is freed.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

seconds=$(by_size 30 5)

# ROLE OPTIONS...: one client of the room "consent", in the background; its report is in $work/ROLE.json.
start_client() {
    local name=$1
    shift
    "$client" session --whip "$http/whip/consent" --whep "$http/whep/consent" --duration 100 --json --retry 3 "$@" \
        >"$work/$name.json" 2>"$work/$name.log" &
}

packets_of_silent() {
    ctl --json peers | jq --arg address "$silent_address" \
        '[.peers[] | select(.remote_address | endswith($address)) | .packets_sent] | add // 0'
}

has_more_than() {
    [ "$(packets_of_silent)" -gt "$1" ]
}

write_config <<YAML
ice: {consent-seconds: $seconds}
YAML
start_gateway
start_client publisher --role publish
publisher=$!
start_client viewer --role watch --max-loss 0
viewer=$!
check 'publisher and viewer are up' within 10 '.sessions.by_state.connected == 2' ctl --json status
start_client silent --role watch --credentials "$work/credentials"
silent=$!
check 'a second viewer is up' within 10 '.sessions.by_state.connected == 3' ctl --json status
silent_address=:$(jq -r '.local | split(":")[-1]' "$work/credentials")
check 'it gets media' wait_for 3 has_more_than 20
kill -STOP "$silent"
stopped_after=$("$(dirname "$0")/last_media.py" naru0 "${silent_address#:}" $((seconds + 5)))
score_at_most class-consent-seconds "$stopped_after" $((seconds + 1))
check '  not at once' [ "${stopped_after%.*}" -ge 1 ]
ended=no
! wait_for 5 fulfils '.sessions.now == 2' ctl --json status || ended=yes
score class-consent-ended $ended yes $ended
kill -CONT "$silent"
kill "$silent"
wait "$silent" || true
kill "$viewer"
check 'the other viewer lost nothing' wait "$viewer"
score_at_most class-consent-lost "$(jq '.totals.lost' "$work/viewer.json")" 0
kill "$publisher"
wait "$publisher" || true
check_accounts udp_output_no_path
stop_gateway
finish
