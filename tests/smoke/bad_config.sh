#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# What is wrong is said in one line: in a configuration file, line, key and what is allowed (exit code 2), of the machine
# the remedy (exit code 1).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

# EXIT-CODE TEXT COMMAND...: its code, and a line of its output that matches TEXT.
refuses() {
    local code=0 expected=$1 text=$2
    shift 2
    timeout 30 "$@" >"$work/out" 2>&1 </dev/null || code=$?
    if [ $code = "$expected" ] && grep -qE -- "$text" "$work/out"; then
        echo "ok      exit code $code: $(grep -m1 -E -- "$text" "$work/out")"
    else
        echo "FAILED  expected exit code $expected and \"$text\", got $code and:"
        cat "$work/out"
        failed=1
    fi
}

# TEXT: the programs refuse the configuration on stdin alike.
refuses_config() {
    local program
    cat >"$work/bad.yaml"
    for program in deploy/supervise/naru-supervise dataplane/naru-dataplane mgmt-api/naru-control; do
        refuses 2 "bad.yaml:$1" "$build/$program" --config "$work/bad.yaml" --check-config
    done
    refuses 2 "bad.yaml:$1" "$supervise" --config "$work/bad.yaml" --bin-dir "$build"
}

start=("$supervise" --config "$work/naru.yaml" --bin-dir "$build")
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

refuses_config '1: .*colour' <<<'colour: red'
refuses_config '2: .*workers.*allowed: 1 to 16' <<<$'gateway:\n  workers: 17'
refuses_config '1: .*idle.*allowed: spin, adaptive' <<<'gateway: {idle: sometimes}'
refuses_config '2: .*first-port' <<<$'shards:\n  first-port: 16385'
refuses_config '3: .*addresses' <<<$'ports:\n  - device: net_tap0\n    addresses: [10.7.0.2/33]'
refuses_config '1: .*token' <<<'http: {listen: 0.0.0.0}'
refuses_config '[0-9]+: not YAML' <<<$'gateway: [\n'
refuses 2 'nowhere.yaml' "$supervise" --config "$work/nowhere.yaml"
refuses 2 'usage|--config' "$supervise" --colour

write_config <<<'processes: {control-user: nobody-at-all, dataplane-user: root}'
refuses 0 'processes.control-user: .*no user nobody-at-all: .*number [0-9]+' "${start[@]:0:3}" --check-config
write_config <<<'processes: {dataplane-user: 4294967295}'
refuses 2 'processes.dataplane-user: 4294967295 is no user' "${start[@]:0:3}" --check-config
write_config <<<'memory: {huge-pages: required, heap-mb: 1000000}'
refuses 1 'huge pages.*(sysctl|nr_hugepages)' "${start[@]}"
for port in '0000:ff:00.0' 'net_af_xdp0,iface=eighteen-characters' 'net_nothing0'; do
    write_config </dev/null
    sed -i "s/device: .*/device: $port/" "$work/naru.yaml"
    refuses 1 'naru-(dataplane|supervise): .*(device|interface|port|DPDK)' "${start[@]}"
    refuses 1 'giving up: naru-dataplane|cannot make the interface' "${start[@]}"
done
printf 'gateway: {run-directory: %s}\n' "$run" >"$work/naru.yaml"
refuses 2 'ports: none' "${start[@]}"

write_config </dev/null
python3 -c 'import socket, time; s = socket.socket(); s.bind(("127.0.0.1", 8080)); s.listen(); time.sleep(60)' &
holder=$!
wait_for 5 sh -c 'ss -H -ltn "sport = :8080" | grep -q .'
refuses 1 'naru-control: .*8080.*in use' "${start[@]}"
check "the other program was stopped too" bash -c '! ps -e -o comm= | grep -q naru-'
check "the interface is gone" bash -c '! ip link show naru1 2>/dev/null'
kill $holder

chmod 755 "$work"
refuses 1 'root' "${nobody[@]}" "${start[@]}"
refuses 1 'root' "${nobody[@]}" "$root/deploy/quickstart.sh"

start_gateway
refuses 1 'in use by another gateway' "${start[@]}"
check "which goes on" is_ready
stop_gateway
finish
