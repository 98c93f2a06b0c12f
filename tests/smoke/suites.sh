#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 90
# Each SRTP suite forced by either side, over IPv4 and IPv6, with either side as the DTLS client.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"
suites='AES_CM_128_HMAC_SHA1_80 AEAD_AES_128_GCM AEAD_AES_256_GCM'
early=srtp_unprotect_no_keys # a DTLS server may send media right behind its last flight

# What the client says of its sessions: SUITE DTLS-ROLE.
all_are() {
    report "[.sessions[] | .suite == \"$1\" and .dtls.role == \"$2\" and .rtcp.malformed == 0] | length >= 2 and all"
}

# TEXT SUITE ROLE OPTIONS...
call() {
    local text=$1 suite=$2 role=$3
    shift 3
    check "$text" session --duration 0.6 --max-loss 0 "$@"
    check "  with $suite, the client as DTLS $role" all_are "$suite" "$role"
}

start_gateway
for suite in $suites; do
    room=$suite{n}
    call "a client that has only $suite, IPv4" "$suite" client --suite "$suite"
    call "the same over IPv6, the gateway opens the handshake" "$suite" server --suite "$suite" --family 6 --setup passive
done
room=gcm{n}
call 'a client that has all of them' AEAD_AES_128_GCM client --setup active
call 'a ClientHello in two datagrams' AEAD_AES_128_GCM client --split-clienthello
call 'the same over IPv6' AEAD_AES_128_GCM client --split-clienthello --family 6
call 'H.264' AEAD_AES_128_GCM client --codec h264
call 'audio alone' AEAD_AES_128_GCM client --audio
call 'video alone' AEAD_AES_128_GCM client --video --viewers 2
check_nobody_left
check_accounts "$early"
stop_gateway

for suite in $suites; do
    write_config <<YAML
dtls: {srtp-suites: [$suite], role: $([ "$suite" = AEAD_AES_256_GCM ] && echo active || echo auto)}
YAML
    start_gateway
    role=$([ "$suite" = AEAD_AES_256_GCM ] && echo server || echo client)
    room=forced{n}
    call "$suite forced by configuration, IPv4" "$suite" "$role"
    call 'the same over IPv6' "$suite" "$role" --family 6
    check_nobody_left
    check_accounts "$early"
    stop_gateway
done
finish
