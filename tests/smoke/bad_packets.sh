#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 120
# What is short, long, lying, forged, replayed or foreign is dropped under its name; no state changes, and the calls beside
# it lose nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"
frames=$(dirname "$(readlink -f "$0")")/frames.py

# Calls beside which the rest happens.
start_calls() {
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions 2 --duration 60 --max-loss 0 --json \
        >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check '4 sessions are connected' within 10 '.sessions.by_state.connected == 4' ctl --json status
    sleep 1 # all streams are there
    state_of_calls >"$work/state.before"
}

end_calls() {
    state_of_calls >"$work/state.after"
    check 'no session changed' diff "$work/state.before" "$work/state.after"
    kill "$calls" # it ends them, and tells
    check 'the calls beside it lost nothing' wait "$calls"
    print_report
}

# All that must not change.
state_of_calls() {
    ctl --json peers | jq -S '[.peers[] | select(.room | startswith("room")) | {id, state, remote_address, local_address,
        srtp_suite, streams: [.streams[] | {mid, ssrc, codec}]}] | sort_by(.id)'
    ctl --json rooms | jq -S '[.rooms[] | select(.name | startswith("room")) | {name, has_publisher, viewers}] | sort_by(.name)'
}

# How many more than in before.json were dropped, under each name of sent.json.
risen() {
    ctl --json drops | jq --slurpfile before "$work/before.json" --slurpfile sent "$work/sent.json" \
        '[., $before[0] | .dropped | map({(.name): .packets}) | add] as [$now, $past] |
        $sent[0] | to_entries | map({name: .key, sent: .value, risen: ($now[.key] - $past[.key])})'
}

# UDP-PORT MODE...: sends frames, and compares what was sent with what was counted.
send_frames() {
    local name sent risen port=$1
    shift
    ctl --json drops >"$work/before.json"
    "$frames" naru0 "$(ctl --json status | jq -r '.ports[0].mac')" "$address4" "$address6" "$port" 3 "$@" >"$work/sent.json"
    wait_for 5 fulfils 'all(.risen >= .sent)' risen || true
    while read -r name sent risen; do
        check "$name: sent $sent, counted $risen" [ "$risen" -ge "$sent" ]
    done < <(risen | jq -r '.[] | "\(.name) \(.sent) \(.risen)"')
}

# TEXT WANTED OPTIONS...: what a Binding request of this kind gets: class, error code.
ping_stun() {
    local text=$1 wanted=$2
    shift 2
    "$client" stun-ping --to "$candidate" --username "$ufrag:smok" --password "$password" --tries 1 --timeout 300 --json "$@" \
        >"$work/ping.json" 2>&1 || true
    check_is "STUN, $text: $wanted" "$(jq -r '"\(.class) \(.error_code // "")"' "$work/ping.json")" "$wanted"
}

answers_ping() {
    ping -q -c 1 -W 1 "$1" >/dev/null
}

ping_all() {
    ufrag=$(answer_field ice-ufrag) password=$(answer_field ice-pwd)
    candidate=$1
    ping_stun valid 'success 0'
    check 'its answer is authentic and names the source' \
        fulfils '.integrity == "good" and .fingerprint == "good" and (.mapped | length > 8)' cat "$work/ping.json"
    ping_stun 'nomination' 'success 0' --use-candidate
    ping_stun 'wrong integrity' 'error 401' --bad-integrity
    ping_stun 'no integrity' 'error 400' --no-integrity
    ping_stun 'wrong fingerprint' 'none ' --bad-fingerprint
    ping_stun 'unknown attribute' 'error 420' --unknown-attribute
    check 'the unknown attribute is named' fulfils '.unknown_attribute == 32753' cat "$work/ping.json"
    ping_stun 'role conflict' 'error 487' --role-conflict
    ping_stun 'unknown user' 'error 401' --username "none:smok"
}

start_gateway
check_is 'a session for STUN' "$(post_offer /whip/stun sendonly)" 201
start_calls
ping_all "$(sed -n 's/^a=candidate:.* \([0-9.]*\) \([0-9]*\) typ host.*/\1:\2/p' "$work/answer" | head -n 1)"
sleep 1 # the answers to errors are limited per second
ping_all "$(sed -n 's/^a=candidate:.* \([0-9a-f:]*:[0-9a-f:]*\) \([0-9]*\) typ host.*/[\1]:\2/p' "$work/answer" | head -n 1)"
send_frames 16384 all
read -r local_port peer < <(ctl --json peers | jq -r 'first(.peers[] | select(.room == "room0" and .role == "publisher") |
    "\(.local_address | split(":")[-1]) \(.remote_address)")')
send_frames "$local_port" known "$peer"
for kind in rtp rtcp dtls random short long stun; do
    check "$kind of strangers: $("$client" junk --to "$address4:16384" --kind $kind --count 50 --rate 2000 --sources 5)" true
done
check 'a large ping is not answered' [ "$(ping -q -c 2 -i 0.2 -W 1 -s 3000 "$address4" | grep -c ' 0 received')" = 1 ]
check 'a normal one is' answers_ping "$address4"
check 'also over IPv6' answers_ping "$address6"
end_calls

room=tags{n}
check 'bad tags do not end a call' session --duration 3 --tamper bad-tag:50
check 'they are counted' [ "$(dropped srtp_unprotect_bad_tag)" -ge 50 ]
room=replays{n}
check 'nor do replayed packets' session --duration 3 --tamper replay:50
check 'they are counted' [ "$(dropped srtp_unprotect_replayed)" -ge 50 ]

room=fingerprint
before=$(ctl --json status | jq .sessions.failed)
"$client" session --whip "$http/whip/$room" --role publish --duration 3 --tamper wrong-fingerprint --json >"$work/report.json" &
check 'a wrong fingerprint: the session failed, for a reason that is shown' within 5 \
    '[.peers[] | select(.room == "fingerprint" and .state == "failed" and (.reason | test("fingerprint")))] | length == 1' \
    ctl --json peers
check 'nothing of it was decrypted' fulfils '.peers[] | select(.room == "fingerprint") | .packets_received == 0 and
    .srtp_suite == ""' ctl --json peers
check 'the client saw the handshake refused' wait $!
check 'it is counted' [ "$(ctl --json status | jq .sessions.failed)" -gt "$before" ]
check 'it is logged' grep -q 'failed: .*fingerprint' "$work/log"
check_balance
stop_gateway

# PORT-SETTING, then whether a wrong checksum is dropped.
try_checksums() {
    write_config </dev/null
    sed -i "s/^    gateway: .*/&\n    $1/" "$work/naru.yaml"
    start_gateway
    room=sums{n}
    check "$1: calls over IPv4" session --duration 1 --max-loss 0
    check "$1: calls over IPv6" session --duration 1 --max-loss 0 --family 6
}
try_checksums 'checksum: software'
send_frames 16384 checksum
check_balance
stop_gateway
try_checksums 'trust-receive-checksum: true'
"$frames" naru0 "$(ctl --json status | jq -r '.ports[0].mac')" "$address4" "$address6" 16384 3 checksum >"$work/sent.json"
check 'wrong checksums are taken' within 2 '[.dropped[] | select(.name == "udp_classify_unknown_source") | .packets][0] >= 6' \
    ctl --json drops
check_is 'none was counted as wrong' "$(dropped udp_classify_bad_checksum)" 0
ethtool -K naru0 tx on >/dev/null
room=offload{n}
check 'senders that leave the checksum to the device' session --duration 1 --max-loss 0
check_balance
stop_gateway
finish
