#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-disk-back class-disk-lost
# limit: 60
# quick: 60
# beside: yes
# Neither the run directory nor the log has room left: calls come up and go on, and naru-control comes back.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

control_pid() {
    ctl --json status | jq '.processes[] | select(.name == "control") | .pid'
}

# By what it says of itself: there may be no room for a pid file.
is_another() {
    is_ready && [ "$(control_pid)" != "$1" ]
} 2>/dev/null

mkdir -p "$run"
mount -t tmpfs -o size=64k tmpfs "$run"
ln -s /dev/full "$work/log"
start_gateway
begin_calls calls 2 --keep-going
dd if=/dev/zero of="$run/rubbish" bs=4k 2>/dev/null || true
check 'the disk is full' [ "$(df --output=avail "$run" | tail -n 1)" -eq 0 ]
room=full{n}
check 'a call comes up' session --duration 1 --max-loss 0
pid=$(control_pid) back=no
kill -KILL "$pid"
! wait_for 10 is_another "$pid" || back=yes
score class-disk-back $back yes $back
check 'the next call comes up' session --duration 1 --max-loss 0
settle_calls calls class-disk-lost
rm "$run/rubbish"
stop_gateway
finish
