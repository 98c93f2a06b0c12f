#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# --lan: a NIC shared with the kernel. Another machine (a namespace behind a veth pair) calls over HTTPS and the NIC's
# own addresses, while the kernel's own traffic goes on.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

quickstart() {
    "$root/deploy/quickstart.sh" --no-build "$@" >"$work/out" 2>&1
}

there() {
    ip netns exec there "$@"
}

make_network() {
    ip netns add there
    ip link add lan0 numrxqueues "$1" numtxqueues "$1" type veth peer name lan1 numrxqueues "$1" numtxqueues 1 netns there
    ip address add 192.0.2.2/24 dev lan0
    ip -6 address add fd02::2/64 dev lan0 nodad
    ip link set lan0 up
    ip route add default via 192.0.2.9
    there ip address add 192.0.2.9/24 dev lan1
    there ip -6 address add fd02::9/64 dev lan1 nodad
    there ip link set lan1 up
}

call() {
    there "$client" session --whip "https://$1:8443/whip/lan{n}" --whep "https://$1:8443/whep/lan{n}" --token "$token" \
        --sessions 5 --duration 3 --family "$2" --summary --json >"$work/call.json" 2>"$work/call.log" ||
        { show_client call && false; }
}

udp_to_kernel() {
    timeout 5 python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("192.0.2.2", 40000)); s.settimeout(4)
d, a = s.recvfrom(100); s.sendto(d, a)' &
    sleep 0.5
    there timeout 4 python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3); s.sendto(b"naru", ("192.0.2.2", 40000))
assert s.recv(100) == b"naru"'
}

make_network 1
check "--lan comes up on the NIC of the default route" quickstart --detach --lan
cat "$work/out"
token=$(sed -n 's/.*#token=//p' "$work/out")
state=/run/naru/quickstart
check "the URL is HTTPS and holds the token" [ "${#token}" -ge 32 ]
there curl -s --cacert "$state/certificate.pem" https://192.0.2.2:8443/readyz >"$work/ready" || true
check "the certificate names the address" grep -q ready "$work/ready"
check "without the token nothing is told" [ "$(there curl -sk -o /dev/null -w '%{http_code}' https://192.0.2.2:8443/v1/rooms)" = 401 ]
check "5 pairs over IPv4" call 192.0.2.2 4
check "5 pairs over IPv6" call '[fd02::2]' 6
check "the kernel still answers ping" there ping -q -c 1 -W 2 192.0.2.2
check "and its own UDP" udp_to_kernel
check "--stop" quickstart --stop
check "the XDP program is gone" bash -c '! ip -d link show lan0 | grep -q prog/xdp'
check "the default route stayed" bash -c 'ip route | grep -q "default via 192.0.2.9"'

ip link delete lan0
ip netns delete there
make_network 2
ethtool -L lan0 rx 2 tx 2 2>/dev/null || true
check "more queues than workers: reduced for the time being" quickstart --detach --lan lan0
cat "$work/out"
quickstart --stop
check "and given back" bash -c 'ethtool -l lan0 | sed -n "/^Current/,$ p" | grep -q "^RX:.*2\|^Combined:.*2"'
check "no such NIC" bash -c '! "$0" --no-build --detach --lan nosuch0 2>"$1"' "$root/deploy/quickstart.sh" "$work/out"
check "is said" grep -q 'no interface nosuch0' "$work/out"
ip link delete lan0
ip netns delete there
ip netns add there
ip link add lan0 numrxqueues 1 numtxqueues 1 type veth peer name lan1 numtxqueues 2 netns there
ip address add 192.0.2.2/24 dev lan0
ip link set lan0 up
check "a NIC that takes no XDP program" bash -c '! "$0" --no-build --detach --lan lan0 >"$1" 2>&1' "$root/deploy/quickstart.sh" "$work/out"
check "is said, with the driver's reason" grep -q 'XDP expects number of rx queues' "$work/out"
cat "$work/out"
finish
