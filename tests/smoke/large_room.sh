#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# A room larger than one worker: viewers beyond the second go to the other one. All hear everything, get again what they
# lose, reach the publisher with their requests, and outlive moves of their shards and a kill of the dataplane.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

viewers='[.sessions[] | select(.role == "viewer")]'
publishers='[.sessions[] | select(.role == "publisher")]'

write_config <<'YAML'
gateway: {workers: 2}
rooms: {viewers-per-shard: 2}
YAML
start_gateway

room=whole{n}
session --viewers 6 --duration 4 --max-loss 0 &
clients=$!
check 'the room is spread over both workers' within 5 \
    '[.peers[].worker] | length == 7 and (unique == [0, 1])' ctl --json peers
check 'the publisher and two viewers stand on the shard of the room' within 2 \
    '(.peers[] | select(.role == "publisher").shard) as $home | [.peers[] | select(.shard == $home)] | length >= 3' \
    ctl --json peers
check 'a publisher and six viewers: nothing lost or changed' wait "$clients"
print_report
check 'nothing was missing in them' report "$viewers | map(.streams_in[]) | length == 12 and
    all(.lost == 0 and .sequence_breaks == 0 and .timestamp_breaks == 0 and .foreign == 0)"
check 'plaintexts went to the other worker by reference' within 1 \
    '[.created[] | select(.name == "shared").packets] | add > 400' ctl --json drops

room=lossy{n}
check 'one packet of twenty is lost on each way, and hardly one at the end' session --viewers 6 --duration 6 --lose 5 --max-loss 1
print_report
check 'each viewer threw packets away, and nearly all came again' report \
    "$viewers | map(.repair) | length == 6 and all(.lost > 5 and .repaired >= .lost * 0.7 and .wrong_ssrc == 0)"
check 'some of them from the history of the other worker' within 1 \
    '[.created[] | select(.name == "kept").packets] | add > 5' ctl --json drops

room=asking{n}
check 'all viewers ask for key frames' session --viewers 6 --duration 4 --pli-interval 1 --max-loss 0
check 'and the publisher hears of it, at most once in half a second' report \
    "$publishers | map(.rtcp.pli) | length == 1 and all(. >= 3 and . <= 10)"

room=moved{n}
session --viewers 6 --duration 8 --max-loss 1 &
clients=$!
check 'it is spread again' within 5 '[.peers[].worker] | length == 7 and (unique == [0, 1])' ctl --json peers
read -r home home_worker <<<"$(ctl --json peers | jq -r '.peers[] | select(.role == "publisher") | "\(.shard) \(.worker)"')"
read -r away away_worker <<<"$(ctl --json peers | jq -r "[.peers[] | select(.shard != $home)][0] | \"\(.shard) \(.worker)\"")"
moves=0
for order in "$home $away_worker" "$home $home_worker" "$away $home_worker" "$away $away_worker"; do
    read -r shard worker <<<"$order"
    ctl move shard "$shard" worker "$worker" >>"$work/moves" && moves=$((moves + 1))
    sleep 1
done
check_is 'its shards go together and apart again, times' "$moves" 4
check 'each goes on' wait "$clients"
print_report
check 'next to nothing is missing, nothing came twice or from elsewhere' report "$viewers | map(.streams_in[]) | length == 12 and
    all(.lost <= 20 and .duplicated == 0 and .ssrc_changes == 0 and .corrupted == 0 and .foreign == 0)"

room=killed{n}
session --viewers 6 --duration 8 --keep-going --max-loss 30 --max-gap 4000 >/dev/null &
clients=$!
check 'it is up once more' within 5 '[.peers[].state] | length == 7 and all(. == "connected")' ctl --json peers
sleep 2
kill -9 "$(pid_of dataplane)"
wait "$clients" || true
# Numbers go on some ahead, once: none is used twice.
check 'kill -9 of naru-dataplane: all go on, with the same keys' report \
    '[.failures[] | select(test("breaks in the sequence numbers") | not)] == []'
print_report
check 'each of the six hears what is sent after it' report "$viewers | map(.streams_in[]) | length == 12 and
    all(.received > .expected * 0.7 and .sequence_breaks <= 1 and .ssrc_changes == 0 and .corrupted == 0 and .foreign == 0)"

check_nobody_left
check_accounts handover_late rtx_receive_replayed worker_killed_in_flight udp_output_next_hop_unresolved
stop_gateway
finish
