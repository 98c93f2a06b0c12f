#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: overload-refused overload-retry-after overload-admitted overload-lost-percent overload-sessions
# limit: 120
# quick: 60
# Twice as many sessions as fit: who comes too late is refused with 503 and Retry-After, and live media does not notice.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"

pairs=$(by_size 100 25)
fits=$((4 * pairs))     # half of them are live
asked=$((3 * fits / 2)) # as many again, and half of that

write_config <<YAML
limits: {transports: $fits, streams: $((2 * fits)), routes: $((2 * fits)), half-open-handshakes: 1024}
YAML
start_gateway
start_calls "$pairs" --audio
sleep 2
began=$(monotonic_ms)
"$client" session --role publish --whip "$http/whip/more{n}" --sessions "$asked" --audio --duration 4 --json \
    --suite AEAD_AES_128_GCM >"$work/more.json" 2>"$work/more.log" &
more=$!
check 'the gateway is full' within 20 ".sessions.now == $fits" ctl --json status
check_is 'a publisher more gets 503' "$(post_offer /whip/late sendonly)" 503
score overload-retry-after "$(head_field Retry-After)" 'seconds' "$([ "$(head_field Retry-After)" -gt 0 ] && echo yes || echo no)"
check_is 'a viewer more gets 503' "$(post_offer /whep/room0 recvonly)" 503
check_is '  with the time to come again' "$(head_field Retry-After)" '[1-9]*'
wait "$more" || true
ended=$(monotonic_ms)
sleep 1
check 'the live sessions are left' within 5 ".sessions.now == 2 * $pairs" ctl --json status
check 'and there is room again' curl -sf -o /dev/null --noproxy '*' "$http/readyz"
end_calls
admitted=$(jq '[.sessions[] | select(.error == "" and .http_status == 201)] | length' "$work/more.json")
score_at_least overload-admitted "$admitted" $((fits - 2 * pairs))
score_at_least overload-refused "$(jq '[.sessions[] | select(.http_status == 503)] | length' "$work/more.json")" \
    $((asked - fits + 2 * pairs))
lost=$(lost_between "$began" "$ended")
sent=$(reported ".timeline as \$t | [\$t.sent | to_entries[] | select(\$t.began_ms + .key * \$t.step_ms >= $began) |
    .value] | add")
score_at_most overload-lost-percent "$(jq -n "100 * $lost / $sent | . * 1000 | round / 1000")" 0.1
score_at_most overload-sessions "$(lost_sessions 1000)" 0
check_nobody_left
finish
