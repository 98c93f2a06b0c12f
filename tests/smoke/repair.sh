#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 90
# Packets get lost on both sides of the gateway, one in twenty: all are repaired by NACK and RTX, and all are accounted for.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

viewers='[.sessions[] | select(.role == "viewer")]'
publishers='[.sessions[] | select(.role == "publisher")]'

start_gateway
for suite in AES_CM_128_HMAC_SHA1_80 AEAD_AES_128_GCM; do
    room=$suite{n}
    check "$suite: one packet of twenty is lost on each way, and hardly one at the end" session --sessions 4 --viewers 3 \
        --duration 6 --lose 5 --max-loss 1 --suite "$suite"
    print_report
    check 'viewers threw packets away, and nearly all came again' report \
        "$viewers | map(.repair) | length == 12 and (map(.lost) | add) > 100 and
        (map(.repaired) | add) >= (map(.lost) | add) * 0.8"
    check 'under the SSRC that the answer named for it' report "$viewers | map(.repair.wrong_ssrc) | add == 0"
    check 'without a break in numbers or time, or a changed byte' report "$viewers | map(.streams_in[]) |
        all(.sequence_breaks == 0 and .timestamp_breaks == 0 and .corrupted == 0 and .foreign == 0)"
    check 'publishers withheld packets, were asked, and sent them' report \
        "$publishers | map(.repair) | length == 4 and (map(.withheld) | add) > 30 and
        (map(.resent) | add) >= (map(.withheld) | add) * 0.8"
done

room=plain{n}
check 'without RTX nobody asks a publisher for packets' session --sessions 2 --duration 2 --max-loss 0
check 'not once' report "$publishers | map(.rtcp.nack) | add == 0"

check_nobody_left
check_accounts rtx_receive_replayed
stop_gateway
finish
