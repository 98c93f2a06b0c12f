#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 180
# The quick start comes up, tells its state, and leaves the machine as it was, also after a crash and on each device.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

quickstart() {
    "$root/deploy/quickstart.sh" --no-build "$@" >"$work/out" 2>&1
}

# All that must be as before. What the kernel changes by itself is left out.
snapshot() {
    {
        ip -j -d link | jq 'map(del(.ifindex, .link_index))'
        ip -j addr | jq '.[].addr_info'
        ip route show table all && ip -6 route show table all
        sysctl -a -r '^(net|vm)\.' 2>/dev/null | grep -vE 'stat_refresh|nf_conntrack_count|random|fib_info|expiry'
        cat /sys/kernel/mm/hugepages/*/nr_hugepages
        find /run -not -path "$work*" -not -path /run | sort
        ls -A /sys/fs/bpf
        cut -d ' ' -f 4- /proc/self/mountinfo
        ps -e -o comm= | grep '^naru' || true
    } >"$work/$1"
}

check_restored() {
    snapshot after
    if diff "$work/before" "$work/after"; then
        echo "ok      $1: interfaces, routes, sysctls, huge pages, files and processes are as before"
    else
        echo "FAILED  $1: the differences above remain"
        failed=1
    fi
}

said() {
    grep -q -- "$1" "$work/out"
}

answers_ping() {
    ping -q -c 1 -W 2 "$1" >/dev/null
}

try_device() {
    check "--device $1: comes up" quickstart --detach --device "$1"
    check "--device $1: answers ping over IPv4" wait_for 3 answers_ping "$(addresses 1)"
    check "--device $1: answers ping over IPv6" wait_for 3 answers_ping "$(addresses 2)"
    quickstart --stop
    check_restored "--device $1"
}

addresses() {
    sed -n 's/.*addresses: \(.*\), UDP.*/\1/p' "$work/out" | cut -d, -f"$1" | tr -d ' '
}

use_of_port() {
    python3 -c 'import socket, time; s = socket.socket(); s.bind(("127.0.0.1", 8080)); s.listen(); time.sleep(60)' &
    holder=$!
    wait_for 5 sh -c 'ss -H -ltn "sport = :8080" | grep -q .'
}

ip link add other0 type veth peer name other1 # somebody's network
ip address add 10.77.82.1/24 dev other0
ip link set other0 up
ip link set other1 up
sleep 2 # duplicate address detection ends
snapshot before

check "--status is 1 before" bash -c '! "$0" --status >/dev/null' "$root/deploy/quickstart.sh"
check "--detach comes up" quickstart --detach
cat "$work/out"
check "its URL is printed" said 'demo: *http://127.0.0.1:8080/demo/'
check "its prefix is not the one in use" [ "$(addresses 1)" != 10.77.82.86 ]
check "/readyz answers 200" is_ready
check "the demo page is served" curl -sf -o /dev/null "$http/demo/"
check "--status is 0" quickstart --status
check "--detach again changes nothing" quickstart --detach
check "and says so" said 'running already'
check "--stop ends it" quickstart --stop
check "--stop again does nothing" quickstart --stop
check_restored "--stop"

for kind in af_packet tap; do
    [ $kind != tap ] || [ -c /dev/net/tun ] || continue
    try_device $kind
done

quickstart --detach
kill -9 "$(cat /run/naru/keeper.pid)"
check "--status is 1 after kill -9 of the keeper" bash -c '! "$0" --status >/dev/null' "$root/deploy/quickstart.sh"
check "--detach comes up over the remains" quickstart --detach
kill -9 "$(cat /run/naru/keeper.pid)"
quickstart --stop
check_restored "--stop after kill -9"

use_of_port
check "a port in use is refused" bash -c '! "$0" --no-build --detach >"$1" 2>&1' "$root/deploy/quickstart.sh" "$work/out"
check "with the remedy" said 'TCP port 8080 is in use; choose another one with --http-port'
check "--http-port is that" quickstart --detach --http-port 18080
quickstart --stop
kill $holder
check_restored "a refused start"
finish
