#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 180
# Once they are set up, naru-control and naru-dataplane are users of their own without any capability, behind a filter of
# system calls, on each device; and under these rights they are killed, adopted and upgraded like before.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

# FILE NAME: a field of a status file in /proc, its words.
field() {
    sed -n "s/^$2:[[:space:]]*//p" "$1" | tr -s '\t ' ' ' | sed 's/ *$//'
}

# PROGRAM USER: all of its threads are that user and nothing more.
is_held() {
    local pid user=$2 task name
    pid=$(pid_of "$1")
    for task in /proc/"$pid"/task/*/status; do
        [ "$(field "$task" Uid)" = "$user $user $user $user" ] || return 1
        [ "$(field "$task" Groups)" = '' ] || return 1
        for name in CapInh CapPrm CapEff CapAmb; do [ "$(field "$task" $name)" = 0000000000000000 ] || return 1; done
        [ "$(field "$task" NoNewPrivs)" = 1 ] || return 1
        [ "$(field "$task" Seccomp)" = "$filtered" ] || return 1
    done
}

# Debuggers and core dumps are root's alone.
has_no_dumps() {
    local pid
    pid=$(pid_of "$1")
    grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" && [ "$(stat -c %u "/proc/$pid/environ")" = 0 ]
}

user_of() {
    field "/proc/$(pid_of "$1")/status" Uid | cut -d ' ' -f 1
}

check_rights() {
    check "$1: naru-control is held" is_held control "$control_user"
    check '  and naru-dataplane' is_held dataplane "$dataplane_user"
}

# Adds to the configuration of stdin: the heap in pages that can be swapped out, which must be locked.
configure() {
    { cat && echo 'memory: {huge-pages: off, heap-mb: 128, packet-buffers: 16384, history-mb: 8}'; } | write_config
}

# A sanitizer makes calls of its own: there is no filter then.
filtered=2
! grep -q sanitize=true <(meson introspect --buildoptions "$build" 2>/dev/null | jq -r '.[] | "\(.name)=\(.value)"') || filtered=0

configure </dev/null
start_gateway
control_user=$(user_of control) dataplane_user=$(user_of dataplane) sctp_user=$(user_of sctp)
check_is 'naru-control has a user without a name' "$control_user" '6[1-5]???'
check_is 'naru-dataplane has another one' "$dataplane_user" '6[1-5]???'
check '  two of them' [ "$control_user" != "$dataplane_user" ]
check_is 'naru-sctp has a third' "$(printf '%s\n' "$control_user" "$dataplane_user" "$sctp_user" | grep -c '^6[1-5]...$' | sort -u)" 3
check_rights 'at the start'
for program in control dataplane; do
    check "naru-$program has no core dump and no debugger" has_no_dumps $program
    check '  and has locked memory' [ "$(field "/proc/$(pid_of $program)/status" VmLck | cut -d ' ' -f 1)" -gt 0 ]
done
check_is 'naru-ctl status says so' "$(ctl --json status | jq -r '.processes[] | select(.name != "supervise") |
    "\(.user) \(.capabilities) \(.no_new_privileges)"' | tr '\n' ' ')" "$control_user none true $dataplane_user none true $sctp_user none true "
check '  and that the supervisor is root' fulfils '.processes[] | select(.name == "supervise") | .user == 0' ctl --json status
check '  in words' grep -q "control *$control_user  none" <(ctl status)

"$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 3 --keep-going --json --duration 3600 \
    --max-loss 90 >"$work/report.json" 2>"$work/client.log" &
calls=$!
check '6 sessions are connected' within 10 '.sessions.by_state.connected == 6' ctl --json status
are_all_ready() {
    ctl --json status 2>/dev/null | jq -e '[.processes[].ready] | all' >/dev/null
}
for program in control dataplane supervise; do
    former=$(pid_of $program)
    kill -9 "$former"
    is_replaced() { [ -n "$(pid_of $program)" ] && [ "$(pid_of $program)" != "$former" ] && are_all_ready; }
    check "killed naru-$program has a successor" wait_for 30 is_replaced
    check_rights '  after that'
done
check 'upgrade all' ctl --config "$work/naru.yaml" upgrade all
check 'all is ready again' wait_for 30 are_all_ready
check_rights '  after that'
check 'the sessions are still there' within 5 '.sessions.by_state.connected == 6' ctl --json status
kill -INT "$calls"
wait "$calls" || true
check 'and none noticed more than a gap' report '[.sessions[] | .error == "" and (.dtls.closed_by_peer | not)] | length == 6 and all'
check_nobody_left
stop_gateway
check 'nothing was refused that was needed' bash -c '! grep -i "operation not permitted" "$0"' "$work/log"

# DEVICE: the other kinds.
with_device() {
    configure </dev/null
    sed -i "s/net_af_xdp0,iface=naru1,busy_budget=0/$1/" "$work/naru.yaml"
    start_gateway
    check_rights "${1%%,*}"
    check '  and carries a call' session --duration 1 --max-loss 1
    stop_gateway
    check '  and ends in silence' bash -c '! grep -i "operation not permitted" "$0"' "$work/log"
}
with_device net_af_packet0,iface=naru1,framecnt=4096,blocksz=65536
with_device net_tap0,iface=naru1,mac=02:6e:61:72:75:01

http=http://127.0.0.1:80
configure <<'YAML'
processes: {control-user: nobody, dataplane-user: 1234}
http: {port: 80}
YAML
start_gateway
control_user=$(id -u nobody) dataplane_user=1234
check_rights 'users of the configuration, and a low port'
stop_gateway
http=http://127.0.0.1:8080
configure <<'YAML'
processes: {control-user: root}
YAML
start_gateway
check_is 'root stays root where that is wanted' "$(user_of control)" 0
check '  which is told' grep -q 'naru-control: warning: it goes on as root' "$work/log"
check '  and is filtered all the same' [ "$(field "/proc/$(pid_of control)/status" Seccomp)" = $filtered ]
stop_gateway
finish
