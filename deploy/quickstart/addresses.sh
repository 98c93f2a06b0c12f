# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart.sh: an interface name and prefixes that nothing on this machine uses.
set -euo pipefail

is_link() {
    ip link show dev "$1" >/dev/null 2>&1
}

# naru1 is the dataplane's side and naru0 the kernel's; the next pair of numbers where they are taken.
choose_interface() {
    local number
    for number in 1 3 5 7 9; do
        is_link "naru$number" || is_link "naru$((number - 1))" || break
    done
    interface=naru$number
    kernel_side=naru$((number - 1))
    remember interface "$interface"
    remember kernel_side "$kernel_side"
}

# Whether any route, in any table, covers a part of a prefix. Default routes, also in two halves, cover everything.
is_used() {
    local family=$1 prefix=$2 routes
    routes=$(
        ip "$family" route show table all to root "$prefix"
        ip "$family" route show table all to match "$prefix"
    )
    routes=$(grep -vE '^((unreachable|blackhole) )?(default|0\.0\.0\.0/1|128\.0\.0\.0/1|::/[01]|8000::/1) |^$' <<<"$routes" || true)
    [ -n "$routes" ]
}

choose_address4() {
    local prefix
    for prefix in 10.77.82.85 10.141.206.21 10.203.19.49 198.18.77.5 198.19.82.9 172.27.77.5 192.168.177.5; do
        # .4/30 holds .5 for the kernel's side and .6 for naru
        prefix=${prefix%.*}.$((${prefix##*.} / 4 * 4))
        is_used -4 "$prefix/30" || break
        prefix=
    done
    [ -n "$prefix" ] || fail "no IPv4 prefix is free among those that could be naru's; free one in 198.18.0.0/15"
    gateway4=${prefix%.*}.$((${prefix##*.} + 1))
    address4=${prefix%.*}.$((${prefix##*.} + 2))
}

# A ULA (RFC 4193) that is this machine's own. None where IPv6 is switched off.
choose_address6() {
    local digits prefix
    gateway6='' address6=''
    [ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || echo 1)" = 0 ] || return 0
    digits=$( (cat /etc/machine-id 2>/dev/null || hostname; echo "naru $interface") | sha256sum)
    prefix=fd${digits:0:2}:${digits:2:4}:${digits:6:4}:${digits:10:4}
    ! is_used -6 "$prefix::/64" || return 0
    gateway6=$prefix::1
    address6=$prefix::2
}

choose_addresses() {
    choose_address4
    choose_address6
    [ -n "$address6" ] || warn "this machine has IPv6 switched off: naru does without"
    addresses=$address4${address6:+, $address6}
    remember addresses "$addresses"
}
