#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# Rooms on two workers, one receive queue: software hands packets over; no room hears another.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

write_config <<'YAML'
gateway: {workers: 2}
YAML
start_gateway
"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 6 --viewers 2 --duration 4 --max-loss 0 \
    --json >"$work/report.json" 2>"$work/client.log" &
clients=$!
check 'the rooms are spread over both workers' within 5 '[.rooms[].worker] | length == 6 and (unique == [0, 1])' ctl --json rooms
check 'each worker has sessions' within 5 '[.workers[].transports] | length == 2 and all(. >= 6)' ctl --json workers
check '6 rooms, a publisher and two viewers each: nothing lost or changed' wait "$clients"
print_report
check 'no room heard another' report '[.sessions[] | .streams_in[].foreign] | length == 24 and all(. == 0)'
check 'nothing was missing in them' report '[.sessions[] | .streams_in[]] | all(.lost == 0 and .sequence_breaks == 0)'
# One queue to receive on, one to send on, both of worker 0: the other's packets are handed over twice.
check 'both workers did the forwarding, packets were handed over' within 1 '[.workers[] | .nodes |
    (map({(.name): .packets}) | add) | .rtp_rewrite > 1000 and .handoff_rx > 1000] | length == 2 and all' ctl --json workers
check_nobody_left
check_accounts
stop_gateway
finish
