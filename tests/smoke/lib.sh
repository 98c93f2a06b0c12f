# SPDX-License-Identifier: Apache-2.0
# Sourced by the smoke tests. Each runs in network, mount and process namespaces of its own: whatever it starts or makes
# is gone when it ends, however it ends, and the machine's own network is never touched.
set -euo pipefail

root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
build=${NARU_BUILD:-$root/build}
supervise=$build/deploy/supervise/naru-supervise
client=$build/tests/support/naru-client
work=/run/smoke # on a tmpfs of the test's own
run=$work/run
http=http://127.0.0.1:8080
address4=10.7.0.2
address6=fd07::2
passed=0
failed=0
supervisor=

skip() {
    echo "skipped: $*"
    exit 77
}

go_private() {
    if [ -z "${NARU_SMOKE_PRIVATE:-}" ]; then
        [ "$(id -u)" = 0 ] || skip "needs root"
        [ -x "$supervise" ] || skip "$supervise is not built"
        exec env NARU_SMOKE_PRIVATE=1 NARU_BUILD="$build" \
            unshare --net --mount --pid --fork --mount-proc --kill-child "$0" "$@"
    fi
    mount -t sysfs sysfs /sys
    mount -t tmpfs tmpfs /run
    ip link set lo up
    mkdir "$work"
    trap 'stop_gateway quietly' EXIT
}

# TEXT COMMAND...: one line for each check.
check() {
    local text=$1
    shift
    if "$@"; then
        echo "ok      $text"
        passed=$((passed + 1))
    else
        echo "FAILED  $text"
        failed=$((failed + 1))
    fi
}

finish() {
    if [ "$failed" != 0 ] && [ -s "$work/log" ]; then
        echo "--- the gateway's log"
        tail -n 40 "$work/log"
    fi
    [ -z "${counts_all:-}" ] || echo "$(basename "$0" .sh): $passed checks passed, $failed failed, $SECONDS s"
    [ "$failed" = 0 ]
    exit
}

# Waits at most SECONDS for COMMAND to succeed.
wait_for() {
    local tries=$(($1 * 20))
    shift
    while ! "$@"; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.05
    done
}

# The configuration of a test: an embedded device, and what stdin adds.
write_config() {
    cat >"$work/naru.yaml"
    cat >>"$work/naru.yaml" <<YAML
ports:
  - device: net_af_xdp0,iface=naru1,busy_budget=0
    addresses: [$address4/30, $address6/64]
    gateway: 10.7.0.1
    gateway6: fd07::1
YAML
    grep -q '^gateway: {' "$work/naru.yaml" || echo 'gateway: {workers: 1}' >>"$work/naru.yaml"
    sed -i "s,^gateway: {,gateway: {run-directory: $run\, ," "$work/naru.yaml"
    grep -q '^memory:' "$work/naru.yaml" || echo 'memory: {heap-mb: 128, packet-buffers: 16384, history-mb: 8}' >>"$work/naru.yaml"
}

is_ready() {
    curl -sf -o /dev/null --max-time 2 --noproxy '*' "$http/readyz"
}

pid_of() {
    cat "$run/$1.pid" 2>/dev/null
}

start_gateway() {
    [ -f "$work/naru.yaml" ] || write_config </dev/null
    "$supervise" --config "$work/naru.yaml" --bin-dir "${bin_directory:-$build}" >>"$work/log" 2>&1 &
    supervisor=$!
    if ! wait_for 15 is_ready; then
        echo "FAILED  the gateway becomes ready"
        failed=1
        finish
    fi
}

# Its exit code, in $ended.
stop_gateway() {
    ended=0
    [ -n "$supervisor" ] || return 0
    kill "$supervisor" 2>/dev/null || true
    wait "$supervisor" || ended=$?
    supervisor=
    [ "${1:-}" = quietly ] || check "the gateway ends with exit code 0" [ "$ended" = 0 ]
}

# A value of the REST interface: PATH FILTER.
api() {
    curl -sf --max-time 5 --noproxy '*' "$http$1" | jq -r "$2"
}

balance_is_zero() {
    [ "$(api /v1/drops .total.balance)" = 0 ]
}

# Every packet is accounted for: exactly, once the last ones are through.
check_balance() {
    check "received + created = sent + consumed + dropped" wait_for 3 balance_is_zero
    check "no packet was dropped without a reason" [ "$(api /v1/drops '.dropped[] | select(.name == "unexplained").packets')" = 0 ]
}

# NAME ARGUMENTS...: one run of the client over rooms NAME0, NAME1, ...; its JSON in $work/NAME.json.
run_client() {
    local name=$1
    shift
    "$client" session --whip "$http/whip/$name{n}" --whep "$http/whep/$name{n}" --summary --json "$@" \
        >"$work/$name.json" 2>"$work/$name.log"
}

show_client() {
    jq -c '{failures, totals}' "$work/$1.json" 2>/dev/null || tail -n 5 "$work/$1.log"
}

# The same as a check.
check_client() {
    local text=$1
    shift
    if run_client "$@"; then
        echo "ok      $text ($(jq -r '.totals | "\(.received) of \(.expected) packets, \(.connected) sessions"' "$work/$1.json"))"
    else
        echo "FAILED  $text"
        show_client "$1"
        failed=1
    fi
}

# Resident memory of a program without the tables, which are shared, in KiB.
memory_of() {
    awk '/^RssAnon/ { print $2 }' "/proc/$(pid_of "$1")/status"
}

# CPU time of a program so far, in clock ticks: all its threads.
ticks_of() {
    sed 's/.*) //' "/proc/$(pid_of "$1")/stat" | awk '{ print $12 + $13 }'
}

note_facts() {
    local pages=huge
    ! grep -q '4 KiB pages$' "$work/log" || pages='4 KiB'
    [ -z "${NARU_FACTS:-}" ] || echo "smoke tests: $(sed -n 's/.*port 0: \(net_[a-z_]*\).*/\1/p' "$work/log" | head -n 1), $pages pages" >>"$NARU_FACTS"
}
