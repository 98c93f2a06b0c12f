#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# What must be dropped is dropped under its name, harms no call, and every packet is accounted for.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

dropped() {
    api /v1/drops ".dropped[] | select(.name == \"$1\").packets"
}

write_config <<'YAML'
gateway: {workers: 2}
YAML
start_gateway
check_client "8 pairs over two workers" pairs --sessions 8 --viewers 2 --duration 3
check_balance
check_client "bad tags do not end a call" tags --sessions 1 --duration 4 --tamper bad-tag:50
check "they are counted" [ "$(dropped srtp_unprotect_bad_tag)" -ge 50 ]
check_client "nor do replayed packets" replays --sessions 1 --duration 4 --tamper replay:50
check "they are counted" [ "$(dropped srtp_unprotect_replayed)" -ge 50 ]
check_client "a wrong fingerprint fails the session" fingerprint --sessions 1 --duration 2 --tamper wrong-fingerprint
check_balance
stop_gateway
finish
