#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# Under systemd's protocol the gateway behaves as under its own keeper; and the units are sound.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

units=$work/units
state=$work/manager

# The units as they are installed, with programs that exist.
verify_units() {
    local unit
    command -v systemd-analyze >/dev/null || return 0
    mkdir -p "$units/bin"
    for unit in naru.service naru-huge-pages.service; do
        sed -e "s,/usr/local/bin/naru-supervise,$supervise,; s,/usr/local/bin/naru-ctl,$build/mgmt-api/ctl/naru-ctl," \
            -e "s,/[^ ]*/huge-pages.sh,$root/deploy/systemd/huge-pages.sh,; s,^Documentation=.*,," \
            -e "s,[^ =]*/naru-supervise,$supervise,g; s,[^ =]*/naru-ctl,$build/mgmt-api/ctl/naru-ctl,g" \
            "$build/deploy/systemd/$unit" >"$units/$unit"
    done
    check 'systemd-analyze finds nothing wrong' bash -c '[ -z "$(systemd-analyze verify --man=no "$0"/*.service 2>&1 | tee "$1")" ]' "$units" "$work/verify"
    sed 's/^/        | /' "$work/verify"
    check 'naru.service is sandboxed: exposure below 4.5' systemd-analyze security --offline=yes --threshold=45 --no-pager "$units/naru.service" >"$work/security"
    tail -n 1 "$work/security"
}

bounding_set() {
    sed -n 's/^CapabilityBoundingSet=//p' "$build/deploy/systemd/naru.service" | tr A-Z a-z | sed 's/cap_/+/g; s/^/-all,/; s/ /,/g'
}

# PROGRAM: its user is not root, and it has no capability.
is_held() {
    local status
    status=/proc/$(pid_of "$1")/status
    ! grep -q '^Uid:.*\b0\b' "$status" && grep -q '^CapEff:.0*$' "$status"
}

state_line() {
    sed -n "$1p" "$state" 2>/dev/null
}

taken_over() {
    [ "$(pid_of supervise)" != "$1" ] && [ "$(state_line 4)" = ready ] && [ "$(state_line 2)" = "$2" ]
} 2>/dev/null

has_successor() {
    [ "$(pid_of supervise)" != "$1" ] && [ "$(state_line 4)" = ready ]
} 2>/dev/null

all_gone() {
    local pid
    for pid; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}

says_ready() {
    [ "$(state_line 4)" = ready ]
}

# PROGRAM: with the capabilities that the unit leaves to it, and no others.
manage() {
    "$root/tests/smoke/service_manager.py" "$state" "$build/deploy/systemd/naru.service" "$(command -v setpriv)" \
        --no-new-privs "--bounding-set=$(bounding_set)" "$1" --config "$work/naru.yaml" --bin-dir "$build" --kept \
        >>"$work/log" 2>&1 &
    manager=$!
}

is_started() {
    [ "$(state_line 2)" -ge "$1" ]
} 2>/dev/null

# A new file in the supervisor's place, as a package manager leaves it.
install_program() {
    cp "$1" "$program.new"
    chmod +x "$program.new"
    mv "$program.new" "$program"
}

start_service() {
    manage "$program"
    check 'the service becomes ready' wait_for 15 is_ready
    check '  and says READY=1' wait_for 3 says_ready
}

verify_units
program=$work/naru-supervise
install_program "$supervise"
write_config </dev/null
start_service
check '  and has given all descriptors to the store' [ "$(state_line 3)" -ge 11 ]
check '  and naru-control gives root away' is_held control
check '  and naru-dataplane' is_held dataplane
check 'without a keeper of its own' [ ! -e "$run/keeper.pid" ]

"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 5 --keep-going --json --duration 12 \
    --max-loss 0 >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '10 sessions are connected' within 10 '.sessions.by_state.connected == 10' ctl --json status
for start in 2 3; do
    former=$(pid_of supervise) control=$(pid_of control) dataplane=$(pid_of dataplane)
    kill -9 "$former"
    check 'the next supervisor took over' wait_for 3 taken_over "$former" "$start"
    check_is '  what runs goes on' "$(pid_of control) $(pid_of dataplane)" "$control $dataplane"
done
for code in 0 1 2; do
    former=$(pid_of supervise) starts=$(state_line 2)
    printf '#!/bin/sh\nexit %s\n' $code >"$work/foreign"
    install_program "$work/foreign"
    kill -9 "$former"
    check "a file that is no supervisor and exits with $code ends nothing" wait_for 5 is_started $((starts + 3))
    check_is '  what runs goes on' "$(pid_of control) $(pid_of dataplane)" "$control $dataplane"
    install_program "$supervise"
    check '  and is taken over once the supervisor is back' wait_for 5 has_successor "$former"
done
check 'upgrade supervise' ctl --config "$work/naru.yaml" upgrade supervise
check_is '  with the same pid' "$(pid_of supervise)" "$(state_line 1)"
kill -9 "$(pid_of control)"
check 'a killed naru-control comes back' wait_for 3 is_ready
wait "$calls" || true
check 'nothing was lost' report '.failures == []'
print_report
check_nobody_left
check_accounts worker_killed_in_flight udp_output_unproven

kill "$manager"
ended=0
wait "$manager" || ended=$?
check_is 'stop ends all with exit code 0' "$ended" 0
check '  and removes the interface' bash -c '! ip link show naru1 >/dev/null 2>&1'

cp "$work/naru.yaml" "$work/good.yaml"
echo 'nonsense: {}' >>"$work/naru.yaml"
manage "$program"
ended=0
wait "$manager" || ended=$?
check_is 'a bad configuration ends a service without calls' "$ended $(state_line 2)" '78 1'
mv "$work/good.yaml" "$work/naru.yaml"

start_service
others="$(pid_of supervise) $(pid_of control) $(pid_of dataplane)"
kill -STOP "$(pid_of supervise)" # it cannot do anything any more
kill -USR1 "$manager"
wait "$manager" || true
kill -9 "$(pid_of supervise)"
# shellcheck disable=SC2086: three words
check 'without a store and a supervisor nothing stays behind' wait_for 3 all_gone $others
note_facts
finish
