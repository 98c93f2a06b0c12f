#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 90
# Peers that come by TCP alone (RFC 6544): media both ways over IPv4 and IPv6, a closed connection and a killed
# naru-control are survived by connecting again, and who is no peer holds nothing for long.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

tcp_port=4443

# PATTERN: a line of the metrics.
has_metric() {
    curl -sf --noproxy '*' "$http/metrics" | grep -E "$1" >/dev/null
}

ice_section="ice:
  tcp-listen: [127.0.0.1, '::1']
  tcp-port: $tcp_port"

write_config <<YAML
$ice_section
limits:
  tcp-connections: 60
  tcp-connections-per-source: 30
  tcp-check-seconds: 2
YAML
start_gateway

post_offer /whip/sdp sendonly >/dev/null
check 'the answer names passive TCP candidates of both families' [ "$(grep -c '^a=candidate:.* tcp .* typ host tcptype passive' "$work/answer")" = 2 ]
check '  beneath those of UDP' awk '/^a=candidate/ { if ($3 == "tcp") tcp = $4 > tcp ? $4 : tcp; else udp = !udp || $4 < udp ? $4 : udp }
    END { exit !(tcp && tcp < udp) }' "$work/answer"
curl -s -o /dev/null -X DELETE --noproxy '*' "$http$(head_field Location)"

room=four{n}
check 'by TCP over IPv4: nothing lost or changed' session --tcp --sessions 3 --viewers 2 --duration 2 --max-loss 0
print_report
room=six{n}
check 'by TCP over IPv6: nothing lost or changed' session --tcp --sessions 2 --family 6 --duration 2 --max-loss 0
check '  and by UDP over IPv6' session --sessions 2 --family 6 --duration 1 --max-loss 0

room=drop{n}
check 'connections that are closed are opened again, and media goes on' \
    session --tcp --tcp-drop 1 --sessions 2 --duration 4 --max-loss 50 --keep-going
check '  in the same sessions' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | all'
check '  to their end' report '[.sessions[].streams_in[].last_packet_ms] | length == 4 and all(. > 3000)'
print_report

# What is no peer: silence, half a packet, another protocol.
python3 - $tcp_port <<'PYTHON' &
import socket, sys, time
held = []
for i in range(40):
    try:
        s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)
        s.send((b'', b'\0', b'\0\x40' + b'x' * 20, b'GET / HTTP/1.1\r\n\r\n')[i % 4])
        held.append(s)
    except OSError:
        pass
open('/run/smoke/held', 'w').close()
closed = 0
for s in held:
    s.settimeout(20)
    try:
        closed += s.recv(1) == b''
    except ConnectionResetError:
        closed += 1
    except OSError:
        pass
sys.exit(closed != len(held))
PYTHON
junk=$!
check 'forty others connect' wait_for 10 [ -e "$work/held" ]
room=beside{n}
check '  beside whom a peer of another address gets in' session --tcp --family 6 --duration 1 --max-loss 0
check '  and who are all closed' wait "$junk"
check '  by name' within 10 '.tcp.refused.source_limit > 0 and .tcp.ended.packet_too_long > 0 and .tcp.ended.unchecked > 0
    and .tcp.connections == 0' ctl --json status
check '  as the metrics say, too' has_metric '^naru_tcp_connections_refused_total\{reason="source_limit"\} [1-9]'

room=kill{n}
"$client" session --tcp --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 4 --duration 6 --max-loss 60 \
    --keep-going --json >"$work/report.json" 2>"$work/client.log" &
calls=$!
check 'eight sessions by TCP are connected' within 10 '.sessions.by_state.connected == 8' ctl --json status
check '  and seen as such' within 5 '[.peers[].protocol] == ["tcp", "tcp", "tcp", "tcp", "tcp", "tcp", "tcp", "tcp"]' \
    ctl --json peers
kill -9 "$(pid_of control)"
check 'meanwhile who connects is not refused' \
    python3 -c "import socket; socket.create_connection(('127.0.0.1', $tcp_port), 5)"
check 'naru-control is killed, and its successor has their connections' within 10 \
    '.sessions.by_state.connected == 8 and .tcp.connections == 8' ctl --json status
check 'media goes on' wait "$calls"
check '  in the same sessions' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | length == 8 and all'
print_report

check_nobody_left
check_accounts carried_rx_stale carried_tx_ring_full
stop_gateway

write_config <<YAML
$ice_section
  lite: false
YAML
start_gateway
room=full{n}
check 'a full agent takes them, too' session --tcp --sessions 2 --duration 1 --max-loss 0
check_accounts
stop_gateway
finish
