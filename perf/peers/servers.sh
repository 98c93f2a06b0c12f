# SPDX-License-Identifier: Apache-2.0
# Sourced by run.sh, inside a network namespace of its own: the link, and each server on the far side of it.
set -euo pipefail

media=10.7.0.2 own=10.7.0.1 control=10.8.0.2
token=side-by-side
server_pid=
pages=0 # huge pages added for naru

in_server() {
    ip netns exec server "$@"
}

# INTERFACE of the server's: the kernel says with delay that the other end has come up.
wait_for_carrier() {
    for _ in $(seq 50); do
        ip -n server -o link show dev "$1" | grep -q 'state UP' && return
        sleep 0.1
    done
    return 1
}

# kernel|naru: a fresh veth pair with one queue; the kernel's stack or naru's worker behind the far end.
link_up() {
    ip link delete gen0 2>/dev/null || true
    ip link add gen0 numrxqueues 1 numtxqueues 1 mtu 1500 address 02:00:00:00:07:01 type veth \
        peer name naru1 netns server numrxqueues 1 numtxqueues 1 mtu 1500 address 02:00:00:00:07:02
    # Sums that nobody would compute, as deploy/supervise does it for the embedded device.
    ethtool -K gen0 tx off gso off tso off gro off >/dev/null
    ip address add $own/24 dev gen0
    ip link set gen0 up
    ip neighbour replace $media lladdr 02:00:00:00:07:02 dev gen0 nud permanent
    if [ "$1" = kernel ]; then
        in_server ip address add $media/24 dev naru1
        in_server ip neighbour replace $own lladdr 02:00:00:00:07:01 dev naru1 nud permanent
    fi
    in_server sysctl -qw net.ipv6.conf.naru1.disable_ipv6=1
    in_server ip link set naru1 up
    wait_for_carrier naru1
}

# Signalling has a link of its own.
make_namespaces() {
    mount -t tmpfs tmpfs /run
    mkdir "$work"
    ip link set lo up
    ip netns add server
    in_server ip link set lo up
    ip link add control0 type veth peer name control1 netns server
    ip address add 10.8.0.1/24 dev control0
    ip link set control0 up
    in_server ip address add $control/24 dev control1
    in_server ip link set control1 up
    wait_for_carrier control1
}

# NAME COMMAND...: on the server's core; dies with this script.
serve() {
    local name=$1
    shift
    ip netns exec server setpriv --pdeathsig KILL taskset -c "$server_cpu" "$@" >"$work/$name.log" 2>&1 &
    server_pid=$!
}

# Others may add and take away theirs meanwhile.
add_pages() {
    [ "$1" = -0 ] || echo $(($(cat /proc/sys/vm/nr_hugepages) + $1)) >/proc/sys/vm/nr_hugepages
}

stop_server() {
    [ -n "$server_pid" ] || return 0
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=
    add_pages -$pages
    pages=0
}

tear_down() {
    stop_server
    ip netns delete server 2>/dev/null || true
}

show_log() {
    tail -n 15 "$work/$1.log" | sed "s/^/$1: /" >&2
}

control_of() {
    case $1 in
    rtpengine) echo $control:2223 ;;
    janus) echo "http://$control:8088" ;;
    *) echo "http://$control:8080" ;;
    esac
}

wait_for() {
    local tries=100
    until "$@" >/dev/null 2>&1; do
        kill -0 "$server_pid" 2>/dev/null && [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

# Each takes one argument, empty where there is none.
start_forwarder() {
    link_up kernel
    serve forwarder "$generator" forwarder $media 9000
    sleep 0.3
}

start_rtpengine() {
    link_up kernel
    serve rtpengine rtpengine --config-file=none --foreground --log-stderr --log-level=4 --table=-1 --num-threads=1 \
        --interface=$media --listen-ng=$control:2223 --port-min=30000 --port-max=39999 --delete-delay=0 --timeout=3600 --silent-timeout=3600
    sleep 1
    kill -0 "$server_pid"
}

write_janus_config() {
    mkdir -p "$work/janus"
    cat >"$work/janus/janus.jcfg" <<TEXT
general: { session_timeout = 0; debug_level = 3; ${1:+event_loops = $1;} }
media: { ipv6 = false; rtp_port_range = "20000-29999"; }
nat: { ice_lite = true; ice_enforce_list = "$media"; nice_debug = false; }
plugins: { disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_nosip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so,libjanus_lua.so,libjanus_duktape.so" }
transports: { disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }
TEXT
    cat >"$work/janus/janus.transport.http.jcfg" <<TEXT
general: { base_path = "/janus"; http = true; port = 8088; https = false; }
admin: { admin_http = false; admin_https = false; }
TEXT
    : >"$work/janus/janus.plugin.videoroom.jcfg"
}

# EVENT-LOOPS
start_janus() {
    link_up kernel
    write_janus_config "$1"
    serve janus janus --configs-folder="$work/janus" --disable-colors
    wait_for curl -sf --noproxy '*' --max-time 1 "http://$control:8088/janus/info"
}

start_naru() {
    link_up naru
    pages=384
    add_pages $pages
    mkdir -p "$work/naru"
    cat >"$work/naru.yaml" <<YAML
gateway: {workers: 1, idle: spin, run-directory: $work/naru}
lcores: [$server_cpu]
memory: {heap-mb: 512, packet-buffers: 65536}
ports:
  - device: net_af_xdp0,iface=naru1,busy_budget=0
    addresses: [$media/24]
http: {listen: $control, port: 8080, tokens: [$token]}
ice: {consent-seconds: 600}
YAML
    ip netns exec server setpriv --pdeathsig KILL \
        "$build/deploy/supervise/naru-supervise" --config "$work/naru.yaml" --bin-dir "$build" >"$work/naru.log" 2>&1 &
    server_pid=$!
    wait_for curl -sf --noproxy '*' --max-time 1 "http://$control:8080/readyz"
}
