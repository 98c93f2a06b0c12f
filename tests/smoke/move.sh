#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# A shard goes from one worker to the other and back, twenty times, under calls: no session ends, no index comes twice,
# no packet goes astray, and every packet is accounted for.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

moves=20

is_on() {
    fulfils ".shards[$1] | .worker == $2 and (.moving | not)" ctl --json shards
}

write_config <<'YAML'
gateway: {workers: 2}
shards: {count: 4}
YAML
start_gateway
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 8 --viewers 2 --duration 60 --keep-going \
    --json >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '24 sessions are connected' within 10 '.sessions.by_state.connected == 24' ctl --json status
check 'some of them on shard 0, which worker 0 has' within 5 '.shards[0] | .sessions >= 3 and .worker == 0' ctl --json shards
ids=$(ctl --json peers | jq -r '[.peers[].id] | sort | join(" ")')
moved=0 slow=0
for ((i = 1; i <= moves; i++)); do
    began=$(date +%s%3N)
    ctl move shard 0 worker $((i % 2)) >>"$work/moves" || break
    is_on 0 $((i % 2)) && moved=$((moved + 1))
    [ $(($(date +%s%3N) - began)) -lt 500 ] || slow=$((slow + 1))
    sleep 0.3
done
check_is "shard 0 went to and fro, times" "$moved" "$moves"
check_is '  each within half a second' "$slow" 0
check 'a worker that is not there gets none' eval '! ctl move shard 0 worker 2 2>"$work/error"'
check 'new sessions come to the shard where it is' within 10 '.sessions.by_state.connected == 24' ctl --json status
check_is 'the sessions are the same' "$(ctl --json peers | jq -r '[.peers[].id] | sort | join(" ")')" "$ids"
kill "$calls" || true
wait "$calls" || true
print_report
check 'no session saw another handshake or an end' report \
    '[.sessions[] | .error == "" and .ice.setup_ms != null and (.dtls.closed_by_peer | not)] | length == 24 and all'
check 'no packet came twice, none was changed, none of another room' report \
    '[.sessions[] | .srtp_authentication_failed == 0] + [.sessions[].streams_in[] | .duplicated == 0 and .foreign == 0 and
    .ssrc_changes == 0] | all'
lost=$(jq '[.sessions[].streams_in[].lost] | add' "$work/report.json")
check "all in all $lost packets are missing, at most 5 a move" [ "$lost" -le $((5 * moves)) ]
check_nobody_left
check_accounts handover_late
stop_gateway
finish
