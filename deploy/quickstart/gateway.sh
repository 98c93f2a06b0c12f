# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart.sh: builds, starts, looks at and stops the gateway.
set -euo pipefail

supervise=$build/deploy/supervise/naru-supervise
device_script=$root/deploy/supervise/embedded-device.sh

# Keeps what has to be known after this run: NAME VALUE.
remember() {
    printf '%s=%q\n' "$1" "$2" >>"$state/state"
}

recall() {
    [ ! -f "$state/state" ] || . "$state/state"
}

# KEEPER-OR-SUPERVISE: its process id, if it runs; also when a former one left its file behind.
pid_of() {
    local pid
    pid=$(cat "$run/$1.pid" 2>/dev/null) || return 1
    [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */naru-supervise* ]] && echo "$pid"
}

# The process to stop: the keeper; where that was killed, the supervisor, which is about to end.
running() {
    pid_of keeper || pid_of supervise
}

# A killed keeper's gateway ends in order, which takes a moment.
wait_for_leftover() {
    local i
    for i in $(seq 150); do
        ! pid_of keeper >/dev/null && pid_of supervise >/dev/null || return 0
        sleep 0.1
    done
}

is_ready() {
    curl -skf -o /dev/null --max-time 2 --noproxy '*' "$base_url/readyz"
}

build_gateway() {
    local tests=true
    [ -n "$compile" ] || return 0
    "$root/deploy/packages.sh" build run || fail "packages are missing; see the line above"
    say "building in $build (the first time takes a minute or two)"
    # The tests want more packages, which a user does not need.
    [ -z "$("$root/deploy/packages.sh" --missing test)" ] || tests=false
    [ -f "$build/build.ninja" ] || meson setup "$build" "$root" -Dtests=$tests >"$state/build.log" 2>&1 || show_build_failure
    ninja -C "$build" deploy/supervise/naru-supervise dataplane/naru-dataplane mgmt-api/naru-control \
        sctp/naru-sctp mgmt-api/ctl/naru-ctl >"$state/build.log" 2>&1 || show_build_failure
}

show_build_failure() {
    tail -n 20 "$state/build.log" >&2
    fail "the build failed; the lines above say why"
}

check_http_port() {
    local listeners
    listeners=$(ss -H -ltn "sport = :$http_port")
    [ -z "$listeners" ] || fail "TCP port $http_port is in use; choose another one with --http-port"
}

# Waits until the gateway is ready (0), or has given up (1).
wait_until_ready() {
    local supervisor=$1 i
    for i in $(seq 300); do
        ! is_ready || return 0
        kill -0 "$supervisor" 2>/dev/null || return 1
        sleep 0.1
    done
    kill "$supervisor" 2>/dev/null || true
    echo "quickstart: not ready after 30 s" >>"$state/log"
    return 1
}

launch() {
    : >"$state/log"
    setsid "$supervise" --config "$state/naru.yaml" --bin-dir "$build" >>"$state/log" 2>&1 </dev/null 9>&- &
    supervisor=$!
    wait_until_ready "$supervisor"
}

# Only a dataplane that cannot start on the embedded device, port 0, is a reason to try another kind.
device_failed() {
    ! grep -q 'port 1 (\|device net_af_xdp1' "$state/log" && grep -q 'giving up: naru-dataplane cannot start\|cannot make the interface' "$state/log"
}

give_up() {
    grep -v 'libbpf: elf: skipping\|libxdp: ' "$state/log" | tail -n 12 >&2 || true
    fail "$1; the lines above say why"
}

launch_on_some_device() {
    local kinds=$device kind
    [ "$device" != auto ] || kinds='af_xdp af_packet tap'
    for kind in $kinds; do
        write_config "$kind"
        if launch; then
            remember kind "$kind"
            [ "$kind" = "${kinds%% *}" ] || warn "fell back to $kind, which is slower: $(grep -m1 'naru-dataplane: [^w]' "$state/fallback" || echo 'AF_XDP does not work here')"
            return 0
        fi
        device_failed || give_up "the gateway does not start"
        cp "$state/log" "$state/fallback"
        [ "$kind" = "${kinds##* }" ] || warn "no $kind device here; trying the next kind"
    done
    give_up "no device works here"
}

print_gateway() {
    recall
    say "demo:      $demo_url"
    say "device:    $kind on $interface${lan_name:+, and AF_XDP on $lan_name shared with the kernel}"
    say "addresses: $addresses, UDP ports $first_port to $((first_port + port_count - 1))"
    say "memory:    $memory"
    say "look:      $build/mgmt-api/ctl/naru-ctl --config $state/naru.yaml status; log: $state/log"
    say "stop:      deploy/quickstart.sh --stop$([ "$run" = /run/naru ] || echo " --run-dir $run")"
}

note_facts() {
    recall
    [ -z "${NARU_FACTS:-}" ] || echo "quick start: $kind, $memory" >>"$NARU_FACTS"
}

start_gateway() {
    local supervisor
    exec 9<"$root/deploy" # its lock leaves no file behind
    flock -w 900 9 || fail "another quickstart.sh is at work"
    wait_for_leftover
    if running >/dev/null; then
        say "naru is running already"
        print_gateway
        return
    fi
    [ ! -e "$state" ] || put_back # of a gateway that was killed
    prepare
    launch_on_some_device
    trap - EXIT INT TERM HUP
    exec 9<&-
    note_facts
    print_gateway
    [ "$action" = detach ] || stay "$supervisor"
}

prepare() {
    local made=
    mkdir "$run" 2>/dev/null && made=yes
    [ -d "$run" ] || fail "cannot make the run directory $run; name another one with --run-dir"
    mkdir -m 700 "$state"
    trap 'stop_gateway >/dev/null' EXIT # until it runs, all that was done is undone
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    remember run_made "$made"
    remember xdp_lock_made "$([ -e /run/xdp ] || echo yes)"
    build_gateway
    [ -x "$supervise" ] || fail "$supervise is missing; leave out --no-build"
    choose_interface
    choose_addresses
    [ -z "$lan" ] || prepare_lan
    check_http_port
    write_config af_xdp
    reserve_huge_pages
}

# In the foreground: shows the log, and takes everything down at the end.
stay() {
    trap 'trap "" INT TERM HUP; stop_gateway; exit 0' INT TERM HUP
    say "Ctrl-C ends it"
    tail -n +1 -f --pid="$1" "$state/log" &
    wait "$1" || true
    put_back
    fail "the gateway ended; the lines above say why"
}

print_status() {
    local pid
    recall
    if ! pid=$(running); then
        say "naru is not running"
        exit 1
    fi
    for name in keeper supervise control dataplane; do
        say "naru-$name: pid $(cat "$run/$name.pid" 2>/dev/null || echo 'none, waiting to be started')"
    done
    [ -f "$state/state" ] || fail "naru runs (pid $pid), but was not started by this script"
    print_gateway
    is_ready || fail "it is not ready; look at $state/log"
    say "ready"
}

stop_gateway() {
    local pid i
    if pid=$(running); then
        kill "$pid"
        for i in $(seq 150); do
            running >/dev/null || break
            sleep 0.1
        done
        while pid=$(running); do
            kill -9 "$pid"
            sleep 0.1
        done
    elif [ ! -e "$state" ]; then
        say "naru is not running"
        return 0
    fi
    [ ! -e "$state" ] || put_back
    say "stopped"
}

# Everything as it was before. Also after a crash: nothing here needs the gateway.
put_back() {
    recall
    [ -z "${interface:-}" ] || "$device_script" down "$interface" "$run" || true
    [ -z "${lan_name:-}" ] || put_back_lan
    release_huge_pages
    rm -rf "$state" "$run/dpdk" "$run"/{keeper,supervise,control,dataplane,sctp}.pid "$run/supervise.sock"
    [ -z "${xdp_lock_made:-}" ] || rmdir /run/xdp 2>/dev/null || true # of libxdp; others may use it by now
    [ -z "${run_made:-}" ] || rmdir "$run" 2>/dev/null || warn "$run holds files of others, and stays"
}
