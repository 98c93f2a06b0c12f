#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 90
# Rooms with publishers and viewers: everything arrives, once, where it belongs; and every packet is accounted for.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

start_gateway
check '50 rooms, a publisher and a viewer each: nothing lost or changed' session --sessions 50 --duration 5 --max-loss 0
print_report
check 'all 100 sessions were connected' report '.totals.connected == 100 and .totals.failed == 0'
check 'viewers got both kinds, without breaks, and nothing of other rooms' report \
    '[.sessions[] | select(.role == "viewer") | .streams_in] | length == 50 and all(length == 2 and
    all(.received > 100 and .lost == 0 and .sequence_breaks == 0 and .timestamp_breaks == 0 and .foreign == 0))'
check 'publishers got reports and transport-wide feedback' report \
    '[.sessions[] | select(.role == "publisher") | .rtcp] | all(.rr > 0 and .twcc > 0 and .twcc_packets > 100)'
check 'publishers were asked for a keyframe' report '[.sessions[] | select(.role == "publisher") | .rtcp] | all(.pli > 0)'
check 'viewers got sender reports' report '[.sessions[] | select(.role == "viewer") | .rtcp] | all(.sr > 0)'
check 'no RTCP was malformed' report '[.sessions[].rtcp.malformed] | all(. == 0)'
check_nobody_left

room=fan{n}
check '30 viewers of one room: nothing lost' session --viewers 30 --duration 3 --max-loss 0 --pli-interval 1
print_report
check 'the keyframes that 30 viewers asked for were bundled' report \
    '[.sessions[] | select(.role == "publisher") | .rtcp.pli] | all(. >= 1 and . <= 10)'

room=late{n}
check 'viewers that come 2 s late: nothing lost from then on' session --sessions 4 --viewer-delay 2 --duration 3 --max-loss 0
check 'they see a keyframe in under 2 s' report \
    '[.sessions[] | select(.role == "viewer") | .streams_in[] | select(.kind == "video") | .first_keyframe_ms] |
    length == 4 and all(. != null and . < 2000)'
print_report

room=leave
"$client" session --role publish --whip "$http/whip/$room" --duration 3 >"$work/publisher" 2>&1 &
publisher=$!
session --role watch --viewers 3 --retry 2 --duration 8 >/dev/null || true
check 'a publisher that leaves ends its viewers, who are told' report \
    '[.sessions[] | .dtls.closed_by_peer] | length == 3 and all'
check_nobody_left 'their sessions and the room are gone'
wait "$publisher" || true

check_accounts
stop_gateway
finish
