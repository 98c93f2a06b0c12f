#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes and removes the interfaces that exist for naru alone. Run by naru-supervise.
#   embedded-device.sh up veth|tap INTERFACE OWNER KERNEL-SIDE MTU [ADDRESS/PREFIX...]
#   embedded-device.sh down INTERFACE OWNER
#   embedded-device.sh detach-xdp INTERFACE
# OWNER (the run directory) becomes the interface's alias: only what carries it is ever removed.
set -eu

alias_prefix='naru gateway in '

fail() {
    echo "naru-supervise: $*" >&2
    exit 1
}

exists() {
    ip link show dev "$1" >/dev/null 2>&1
}

alias_of() {
    ip link show dev "$1" 2>/dev/null | sed -n 's/^ *alias //p'
}

owned() {
    [ "$(alias_of "$1")" = "$alias_prefix$2" ]
}

# The same at each start, and locally administered: neighbour entries of the kernel stay right over restarts.
mac_of() {
    printf '%s' "$1" | md5sum | sed 's/^\(..\)\(..\)\(..\)\(..\)\(..\).*/02:\1:\2:\3:\4:\5/'
}

# The interface's sysctls go away with it.
set_ipv6() {
    file="/proc/sys/net/ipv6/conf/$1/$2"
    if [ -w "$file" ]; then
        echo "$3" >"$file"
    fi
}

make_veth() {
    interface=$1 peer=$2 mtu=$3
    # A single queue: AF_XDP would lose the flows of any other one.
    ip link add "$interface" numrxqueues 1 numtxqueues 1 mtu "$mtu" address "$(mac_of "$interface")" type veth \
        peer name "$peer" numrxqueues 1 numtxqueues 1 mtu "$mtu" address "$(mac_of "$peer")"
    # Local senders leave sums and segmentation to the device, and there is none.
    for feature in tx gso tso gro; do
        ethtool -K "$peer" "$feature" off >/dev/null 2>&1 || fail "ethtool -K $peer $feature off failed; install ethtool"
    done
    ethtool -K "$interface" gro off >/dev/null 2>&1 || true
    set_ipv6 "$interface" disable_ipv6 1
    ip link set dev "$interface" up
}

make_tap() {
    # net_tap opens it with IFF_MULTI_QUEUE; made beforehand, it outlives a killed dataplane.
    [ -c /dev/net/tun ] || fail "/dev/net/tun is missing; load the module tun, or use another device"
    ip tuntap add dev "$1" mode tap multi_queue
    ip link set dev "$1" mtu "$3" address "$(mac_of "$1")"
}

kernel_side_up() {
    side=$1
    shift
    set_ipv6 "$side" accept_ra 0
    set_ipv6 "$side" autoconf 0
    ip link set dev "$side" up
    for address; do
        case $address in
        *:*)
            if [ ! -d /proc/sys/net/ipv6 ]; then
                echo "naru-supervise: warning: this kernel has no IPv6: $address is left out" >&2
                continue
            fi
            set_ipv6 "$side" disable_ipv6 0
            ip -6 address add "$address" dev "$side" nodad
            ;;
        *) ip -4 address add "$address" dev "$side" ;;
        esac
    done
}

up() {
    kind=$1 interface=$2 owner=$3 side=$4 mtu=$5
    shift 5
    if owned "$interface" "$owner"; then
        ip link delete dev "$interface" # left by a gateway that was killed
    elif exists "$interface"; then
        case $(alias_of "$interface") in
        "$alias_prefix"*) fail "$interface is in use by the $(alias_of "$interface")" ;;
        esac
        return 0 # somebody else made it, and cares for its addresses
    fi
    if [ "$side" != "$interface" ] && exists "$side"; then
        fail "$side, which would be the kernel's side of $interface, is taken"
    fi
    "make_$kind" "$interface" "$side" "$mtu"
    ip link set dev "$interface" alias "$alias_prefix$owner"
    # Half a device is none.
    trap 'ip link delete dev "$interface" 2>/dev/null' EXIT
    kernel_side_up "$side" "$@"
    trap - EXIT
}

down() {
    if owned "$1" "$2"; then
        ip link delete dev "$1"
    fi
}

# What DPDK's AF_XDP driver attaches by default, and naru's own program; those of others stay.
detach_xdp() {
    program=$(ip -d link show dev "$1" 2>/dev/null | sed -n 's,.*prog/xdp .* name \([^ ]*\).*,\1,p' | head -n 1)
    case $program in
    xsk_def_prog | share_ports) ip link set dev "$1" xdp off ;;
    esac
}

command -v ip >/dev/null || fail "the command ip is missing; install iproute2"
action=$1
shift
case $action in
up) up "$@" ;;
down) down "$@" ;;
detach-xdp) detach_xdp "$1" ;;
*) fail "unknown action $action" ;;
esac
