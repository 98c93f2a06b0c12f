#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# Adaptive idling: both processes together take less than 15 % of a core while nothing happens, and media still comes.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

seconds=10
write_config <<'YAML'
gateway: {idle: adaptive, workers: 2}
YAML
start_gateway
sleep 2
before=$(($(ticks_of control) + $(ticks_of dataplane)))
sleep $seconds
after=$(($(ticks_of control) + $(ticks_of dataplane)))
percent=$(((after - before) * 100 / seconds / $(getconf CLK_TCK)))
check "idle with two workers: $percent % of a core (< 15)" [ $percent -lt 15 ]
check_client "a call after it" call --sessions 1 --duration 2
check_balance
stop_gateway
finish
