#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 150
# Connecting and securing, each way with each: who offers, who opens DTLS, which agent of ICE either side is, over IPv4 and
# IPv6. In each cell media passes both ways through libsrtp2, and the roles are what the RFCs make of it.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"
early=srtp_unprotect_no_keys # a DTLS server may send media right behind its last flight
cell=0

# GATEWAY'S-ROLE CLIENT'S-ROLE DTLS-ROLE: what client and gateway were, by the client's report.
roles_are() {
    report "[.sessions[] | .ice.peer == \"$1\" and .ice.role == \"$2\" and .dtls.role == \"$3\"] |
        length == 2 and all"
}

# TEXT GATEWAY'S-ROLE CLIENT'S-ROLE OPTIONS...: the four cells of DTLS and address family.
row() {
    local text=$1 gateway=$2 role=$3 dtls setup family
    shift 3
    for dtls in client server; do
        setup=$([ "$dtls" = client ] && echo active || echo passive)
        for family in 4 6; do
            room=cell$((cell += 1))x{n}
            check "$text, the client as DTLS $dtls, IPv$family" session --audio --duration 0.4 --max-loss 0 \
                --setup "$setup" --family "$family" "$@"
            check "  the gateway was $gateway, the client $role" roles_are "$gateway" "$role" "$dtls"
        done
    done
}

start_gateway
row 'a lite gateway answers a full client' controlled controlling
row 'a gateway answers a lite client' controlling lite --ice lite
check_nobody_left
check_accounts "$early"
stop_gateway

write_config <<YAML
ice: {lite: false}
YAML
start_gateway
row 'a full gateway answers a full client' controlled controlling
row 'a full gateway answers a lite client' controlling lite --ice lite
row 'both claim to be controlled, and the client wins' controlled controlling --ice controlled
row 'both claim to be controlled, and the gateway wins' controlling controlled --ice controlled --low-tie-breaker
check_nobody_left
check_accounts "$early"
stop_gateway
finish
