#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 150
# Connecting and securing, each way with each: who offers, who opens DTLS, which agent of ICE either side is, by UDP
# and TCP, over IPv4 and IPv6. In each cell media passes both ways through libsrtp2, and the roles are what the RFCs make of it.
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
            check "$text, the client as DTLS $dtls, IPv$family" session --audio --duration 0.3 --max-loss 0 --room "$room" \
                --setup "$setup" --answer-setup "$setup" --family "$family" "$@"
            check "  the gateway was $gateway, the client $role" roles_are "$gateway" "$role" "$dtls"
        done
    done
}

# TEXT OPTIONS...: ICE restarts while media flows, which nobody sees: each packet comes, once, and none is 200 ms late. (A gap
# that the sender made, on a busy machine, is none of the restart's.)
restart() {
    local text=$1
    shift
    room=again$((cell += 1))x{n}
    check "$text restarts ICE: no packet is lost" session --audio --duration 1.2 --max-loss 0 --room "$room" \
        --ice-restart 0.4 "$@"
    check '  nor late, so there is no gap' report '.totals.latency_ms.max < 200'
    check '  and a pair was nominated anew' report '[.sessions[].ice | .restarts == 1 and .consent_expired == false] |
        length == 2 and all'
}

offers=(--peers "$http/v1/peers" --gateway-offers)
answers=(--peers "$http/v1/peers")

write_config <<YAML
ice: {tcp-listen: [127.0.0.1, '::1'], tcp-port: 4443}
YAML
start_gateway
row 'a lite gateway answers a full client' controlled controlling
row 'a gateway answers a lite client' controlling lite --ice lite
row 'a lite gateway answers a full client by TCP' controlled controlling --tcp
row 'a lite gateway offers to a full client' controlled controlling "${offers[@]}"
row 'a gateway offers to a lite client' controlling lite --ice lite "${offers[@]}"
row 'a lite gateway offers to a full client by TCP' controlled controlling --tcp "${offers[@]}"
restart 'a full client of a lite gateway'
restart 'a lite client, by its offer,' --ice lite "${answers[@]}"
restart 'a lite gateway, by its offer,' "${offers[@]}" --gateway-restarts
restart 'a gateway with a lite client, by its offer,' --ice lite "${offers[@]}" --gateway-restarts
check_nobody_left
check_accounts "$early"
stop_gateway

write_config <<YAML
ice: {lite: false, tcp-listen: [127.0.0.1, '::1'], tcp-port: 4443}
YAML
start_gateway
row 'a full gateway answers a full client' controlled controlling
row 'a full gateway answers a full client by TCP' controlled controlling --tcp
row 'a full gateway answers a lite client' controlling lite --ice lite
row 'a full gateway offers to a full client' controlling controlled "${offers[@]}" --ice controlled
row 'a full gateway offers to a full client by TCP' controlling controlled "${offers[@]}" --ice controlled --tcp
row 'a full gateway offers to a lite client' controlling lite --ice lite "${offers[@]}"
row 'both claim to be controlling, and the client wins' controlled controlling "${offers[@]}"
row 'both claim to be controlling, and the gateway wins' controlling controlled "${offers[@]}" --low-tie-breaker
row 'both claim to be controlled, and the client wins' controlled controlling --ice controlled
row 'both claim to be controlled, and the gateway wins' controlling controlled --ice controlled --low-tie-breaker
restart 'a full client of a full gateway, by PATCH,'
restart 'a full client of a full gateway, by its offer,' "${answers[@]}"
restart 'a full gateway, by its offer,' "${offers[@]}" --ice controlled --gateway-restarts
check_nobody_left
check_accounts "$early"
stop_gateway
finish
