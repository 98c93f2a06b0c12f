#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-allocation-places class-allocation-restarts class-allocation-lost class-allocation-left class-allocation-after
# limit: 400
# quick: 60
# beside: yes
# Each place of naru-control that allocates gets no memory once, while calls come and go (a sample of them in a quick run).
# A request may fail: established calls lose nothing, no record stays behind, and naru-control goes on.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"
. "$(dirname "$(readlink -f "$0")")/control_with.sh"

module=$build/tests/support/fail_allocation.so
[ -f "$module" ] || skip "$module is not built"

plan() {
    "$(dirname "$0")/allocation_plan.py" "$work/plan" "$@"
}

# Everything that naru-control does for its callers: whatever fails is tried again.
stir() {
    local path
    "$client" session --whip "$http/whip/stir{n}" --whep "$http/whep/stir{n}" --sessions 10 --viewers 1 --duration 0.3 \
        --retry 1 --connect-timeout 2 --keep-going >"$work/stir.log" 2>&1 || true
    for path in /v1/status /v1/peers /v1/rooms /v1/workers /v1/drops /metrics / /demo/ /nothing; do
        curl -s -o /dev/null --max-time 2 --noproxy '*' "$http$path" || true
    done
    post_offer /whip/odd sendonly --max-time 2 >/dev/null || true
    curl -s -o /dev/null --max-time 2 -H 'Content-Type: application/sdp' --data-binary nonsense "$http/whip/odd2" || true
}

delete_odd() {
    local id
    id=$(ctl --json peers 2>/dev/null | jq -r '.peers[] | select(.room == "odd") | .id') || return 0
    [ -z "$id" ] || curl -s -o /dev/null --max-time 2 -X DELETE "$http/whip/odd/$id" || true
}

plan make "$(by_size 0 8)" "$(by_size 0 $((seed % 8)))"
control_with "export LD_PRELOAD=$module NARU_FAIL_ALLOCATION=$work/plan
exec setarch -R \"$build/mgmt-api/naru-control\" \"\$@\""
write_config <<'YAML'
limits: {setup-seconds: 5}
dtls: {handshake-seconds: 2}
YAML
start_gateway
begin_calls calls 2 --keep-going
epoch=$(epoch_of control) quiet=0
end=$((SECONDS + $(by_size 330 7)))
while [ "$SECONDS" -lt "$end" ] && [ "$quiet" -lt 3 ]; do
    wait_for 8 is_ready || break
    read -r _ before < <(plan show)
    plan arm
    stir
    plan disarm
    delete_odd
    read -r seen starved < <(plan show)
    quiet=$((starved == before ? quiet + 1 : 0))
done
check 'naru-control answers' wait_for 10 is_ready
echo "        $starved of $seen places failed"
score_at_least class-allocation-places "$starved" "$(by_size 1000 30)"
score_at_most class-allocation-restarts $(($(epoch_of control) - epoch)) 0
wait_for 12 fulfils '.sessions.now == 4 and .rooms == 2' ctl --json status || true
score_at_most class-allocation-left "$(ctl --json status | jq '(.sessions.now - 4) + (.rooms - 2)')" 0
after=no room=after{n}
! session --sessions 5 --duration 1 --max-loss 0 || after=yes
score class-allocation-after $after yes $after
settle_calls calls class-allocation-lost
check_accounts srtp_unprotect_no_keys srtcp_unprotect_no_keys dtls_punt_ring_full udp_output_unproven
stop_gateway
finish
