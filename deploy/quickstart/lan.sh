# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart.sh: shares a NIC of this machine, its addresses included, between the kernel and naru.
set -euo pipefail

lan_default_interface() {
    { ip -4 route show default && ip -6 route show default; } | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1
}

# FAMILY: at most two lasting addresses with their prefixes, one a line.
lan_addresses() {
    ip -o "$1" address show dev "$lan_name" scope global | grep -vE 'temporary|deprecated|tentative' |
        sed -n 's/.* inet6\? \([^ ]*\).*/\1/p' | head -n 2
}

lan_gateway() {
    ip "$1" route show default dev "$lan_name" | sed -n 's/.* via \([^ ]*\).*/\1/p;s/^default via \([^ ]*\).*/\1/p' | head -n 1
}

lan_driver() {
    ethtool -i "$lan_name" 2>/dev/null | sed -n 's/^driver: //p'
}

lan_queues() {
    # sysfs may be another network namespace's: ip tells the one that counts.
    ip -d link show dev "$lan_name" | sed -n 's/.* numrxqueues \([0-9]*\).*/\1/p'
}

# The NIC must not deliver to a queue that no worker serves: an XSKMAP cannot move a packet to another queue.
lan_cover_queues() {
    local active
    active=$(ethtool -l "$lan_name" 2>/dev/null | sed -n '/^Current/,$ s/^Combined:[[:space:]]*\([0-9]\+\)/\1/p')
    [ "${active:-0}" -gt 0 ] ||
        active=$(ethtool -l "$lan_name" 2>/dev/null | sed -n '/^Current/,$ s/^RX:[[:space:]]*\([0-9]\+\)/\1/p')
    active=${active:-$(lan_queues)}
    lan_queue_count=$active
    [ "$active" -gt "$workers" ] || return 0
    if ethtool -L "$lan_name" combined "$workers" >/dev/null 2>&1; then
        remember lan_channels "combined $active"
    elif ethtool -L "$lan_name" rx "$workers" >/dev/null 2>&1; then
        remember lan_channels "rx $active"
    else
        fail "queue $workers of $lan_name has no worker: it has $active receive queues, which it does not let itself be reduced; start with --workers $active"
    fi
    lan_queue_count=$workers
    warn "$lan_name works with $workers of its $active queues until --stop: each needs a worker (--workers $active)"
}

lan_check() {
    local program
    is_link "$lan_name" || fail "there is no interface $lan_name; name one with --lan INTERFACE"
    [ "$lan_name" != lo ] || fail "lo is no network; name a NIC with --lan INTERFACE"
    ip link show dev "$lan_name" up | grep -q . || fail "$lan_name is down; run: ip link set dev $lan_name up"
    program=$(ip -d link show dev "$lan_name" | sed -n 's,.*prog/xdp .* name \([^ ]*\).*,\1,p')
    [ -z "$program" ] || fail "$lan_name has the XDP program $program already; detach it: ip link set dev $lan_name xdp off"
    mapfile -t lan_own4 < <(lan_addresses -4)
    mapfile -t lan_own6 < <(lan_addresses -6)
    [ $((${#lan_own4[@]} + ${#lan_own6[@]})) -gt 0 ] || fail "$lan_name has no address; give it one first"
}

# The addresses as the numbers that the program is built with.
lan_program_addresses() {
    python3 - "$@" <<'PYTHON'
import ipaddress, sys
words = []
for text in sys.argv[1:]:
    data = ipaddress.ip_address(text.split('/')[0]).packed
    words += ['0x' + data[i:i + 4].hex() for i in range(0, len(data), 4)]
print(','.join(words))
PYTHON
}

lan_build_program() {
    clang -O2 -g -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -DFIRST_PORT="$first_port" -DPORT_COUNT="$port_count" \
        -DADDRESS4="$(lan_program_addresses "${lan_own4[@]}")" -DADDRESS6="$(lan_program_addresses "${lan_own6[@]}")" \
        -c "$root/deploy/nic/share_ports.bpf.c" -o "$state/share_ports.o" ||
        fail "the XDP program cannot be built; see the lines above"
}

lan_make_certificate() {
    local names="DNS:localhost,IP:127.0.0.1,IP:::1" address
    for address in "${lan_own4[@]}" "${lan_own6[@]}"; do
        names+=",IP:${address%/*}"
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=naru on $(hostname)" \
        -addext "subjectAltName=DNS:$(hostname),$names" -keyout "$state/key.pem" -out "$state/certificate.pem" \
        2>"$state/openssl.log" || fail "openssl cannot make a certificate: $(tail -n 1 "$state/openssl.log")"
    token=$(openssl rand -hex 16)
    remember token "$token"
}

prepare_lan() {
    lan_name=${lan_interface:-$(lan_default_interface)}
    [ -n "$lan_name" ] || fail "there is no default route to tell the NIC; name it with --lan INTERFACE"
    lan_check
    remember lan_name "$lan_name"
    lan_cover_queues
    lan_build_program
    lan_make_certificate
    lan_host=${lan_own4[0]:-[${lan_own6[0]%/*}]}
    lan_host=${lan_host%/*}
    lan_listen=::
    [ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || echo 1)" = 0 ] || lan_listen=0.0.0.0
    addresses+=", $(printf '%s, ' "${lan_own4[@]%/*}" "${lan_own6[@]%/*}" | sed 's/, $//')"
    remember addresses "$addresses"
}

lan_port() {
    local gateway4 gateway6 trust=false
    gateway4=$(lan_gateway -4)
    gateway6=$(lan_gateway -6)
    # Senders on this very host leave their sums to the device, and AF_XDP does not tell.
    case $(lan_driver) in veth | virtio_net) trust=true ;; esac
    cat <<YAML
  # A NIC of this machine, shared with the kernel.
  - device: net_af_xdp1,iface=$lan_name,queue_count=$lan_queue_count,busy_budget=0,xdp_prog=$state/share_ports.o
    addresses: [$(printf '%s, ' "${lan_own4[@]}" "${lan_own6[@]}" | sed 's/, $//')]
    ${gateway4:+gateway: $gateway4}
    ${gateway6:+gateway6: $gateway6}
    queues: $lan_queue_count
    trust-receive-checksum: $trust
    reply-to-sender-mac: true
YAML
}

put_back_lan() {
    "$device_script" detach-xdp "$lan_name" || true
    # shellcheck disable=SC2086
    [ -z "${lan_channels:-}" ] || ethtool -L "$lan_name" $lan_channels || warn "cannot give $lan_name its queues back: ethtool -L $lan_name $lan_channels"
}
