#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# WHIP and WHEP as a client on the wire sees them: each status, with what must come along.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/media_lib.sh"

# STATUS TEXT CURL-ARGUMENTS...: the last of them is the path.
answers() {
    local wanted=$1 text=$2 code
    shift 2
    code=$(curl -s --max-time 5 -o "$work/answer" -D "$work/head" -w '%{http_code}' "${@:1:$#-1}" "$http${*: -1}" || true)
    check_is "$text: $wanted" "$code" "$wanted"
    [[ $wanted != 4* ]] || check '  as problem+json with the same status' is_problem "$wanted"
}

is_problem() {
    [[ $(head_field Content-Type) == application/problem+json* ]] &&
        fulfils ".status == $1 and (.title | length > 0) and (.type | length > 0)" cat "$work/answer"
}

has_field() {
    [[ $(head_field "$1") == ${2:-?*} ]]
}

has_no_cors() {
    ! grep -qi '^Access-Control-' "$work/head"
}

sdp=(-H 'Content-Type: application/sdp')
fragment=(-X PATCH -H 'Content-Type: application/trickle-ice-sdpfrag')

try_post() {
    answers 400 'an empty body' "${sdp[@]}" -X POST -H 'Content-Length: 0' /whip/a
    answers 400 'no SDP' "${sdp[@]}" --data-binary 'hello' /whip/a
    check '  with line and reason' fulfils '.line == 1 and (.detail | length > 5)' cat "$work/answer"
    offer sendonly | sed 's/^m=audio 9 /m=audio nine /' >"$work/offer"
    answers 400 'a malformed line' "${sdp[@]}" --data-binary "@$work/offer" /whip/a
    check '  with its line and reason' fulfils '.line == 6 and (.detail | length > 5)' cat "$work/answer"
    offer sendonly | sed 's/^a=rtpmap:111 .*/a=rtpmap:111 G729\/8000\r/' >"$work/offer"
    answers 406 'no common codec' "${sdp[@]}" --data-binary "@$work/offer" /whip/a
    answers 400 'a room name with a space' "${sdp[@]}" --data-binary "$(offer sendonly)" '/whip/a%20b'
    answers 400 'a room name that is too long' "${sdp[@]}" --data-binary "$(offer sendonly)" "/whip/$(printf 'a%.0s' $(seq 65))"
    answers 404 'a viewer without a publisher' "${sdp[@]}" --data-binary "$(offer recvonly)" /whep/a
    check '  with Retry-After' has_field Retry-After
    answers 415 'another content type' -H 'Content-Type: text/plain' --data-binary "$(offer sendonly)" /whip/a
    head -c 330000 /dev/zero | tr '\0' a >"$work/large"
    answers 413 'a description over 320 KiB' "${sdp[@]}" --data-binary "@$work/large" /whip/a
    answers 411 'a chunked body' "${sdp[@]}" -H 'Transfer-Encoding: chunked' --data-binary "$(offer sendonly)" /whip/a
    answers 404 'no such path' /whop/a
    answers 405 'GET of an endpoint' /whip/a
    check '  with Allow' has_field Allow '*POST*'
    answers 405 'PUT' -X PUT --data-binary x /whep/a
    answers 200 'OPTIONS' -X OPTIONS -H 'Origin: http://a.example' -H 'Access-Control-Request-Method: POST' /whip/a
    check '  with what a browser asks for' has_field Access-Control-Allow-Headers '*Authorization*'
    check '  and what is taken' has_field Accept-Post application/sdp
    answers 200 'OPTIONS of what operators order' -X OPTIONS -H 'Origin: http://a.example' \
        -H 'Access-Control-Request-Method: PATCH' /v1/status
    check '  gives no page leave' has_no_cors
}

# WHIP-OR-WHEP KIND
try_session() {
    local path etag
    check_is "a session over $1" "$(post_offer "/$1/a" "$2")" 201
    path=$(head_field Location) etag=$(head_field ETag)
    check '  its URL has 32 random digits' grep -qE "^/$1/a/[0-9a-f]{32}$" <<<"$path"
    check '  it has an ETag' grep -qE '^"[^"]+"$' <<<"$etag"
    check '  the answer is SDP' has_field Content-Type 'application/sdp*'
    check '  of an ICE-lite agent' grep -q '^a=ice-lite' "$work/answer"
    check '  pages may read URL and ETag' has_field Access-Control-Expose-Headers 'Location, ETag*'
    check '  of any origin' has_field Access-Control-Allow-Origin '[*]'
    [ "$1" != whip ] || check_is '  a second publisher is refused' "$(post_offer /whip/a sendonly)" 409
    try_trickle "$path" "$etag"
    try_restart "$path" "$etag"
    answers 404 'DELETE over the other protocol' -X DELETE "${path/$1/$([ "$1" = whip ] && echo whep || echo whip)}"
    [ -z "${keep:-}" ] || return 0
    answers 200 'DELETE' -X DELETE "$path"
    answers 404 'DELETE again' -X DELETE "$path"
    answers 404 'PATCH after it' "${fragment[@]}" -H "If-Match: $etag" --data-binary "$candidate" "$path"
}

candidate=$'a=ice-ufrag:smok\r\na=ice-pwd:smokesmokesmokesmokesmoke\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n'
candidate+=$'a=candidate:1 1 UDP 2130706431 192.0.2.9 9999 typ host\r\na=end-of-candidates\r\n'

# PATH ETAG
try_trickle() {
    answers 204 'a trickled candidate' "${fragment[@]}" -H "If-Match: $2" --data-binary "$candidate" "$1"
    answers 428 'without If-Match' "${fragment[@]}" --data-binary "$candidate" "$1"
    answers 412 'another ETag' "${fragment[@]}" -H 'If-Match: "other"' --data-binary "$candidate" "$1"
    answers 415 'another content type' -X PATCH -H 'Content-Type: application/sdp' -H "If-Match: $2" --data-binary "$candidate" "$1"
    answers 400 'no fragment' "${fragment[@]}" -H "If-Match: $2" --data-binary $'a=candidate:nonsense\r\n' "$1"
    answers 404 'of no session' "${fragment[@]}" -H "If-Match: $2" --data-binary "$candidate" "${1%/*}/$(printf '0%.0s' $(seq 32))"
}

try_restart() {
    local new=${candidate//smok/rest}
    answers 200 'an ICE restart' "${fragment[@]}" -H 'If-Match: *' --data-binary "$new" "$1"
    check '  with new credentials' grep -q '^a=ice-pwd:' "$work/answer"
    check '  with an ETag' has_field ETag
    check '  and another ETag' [ "$(head_field ETag)" != "$2" ]
    answers 412 'the former ETag' "${fragment[@]}" -H "If-Match: $2" --data-binary "$new" "$1"
}

is_prometheus() {
    python3 - "$work/answer" <<'PYTHON'
import re, sys
types, names, samples = {}, set(), 0
for line in open(sys.argv[1]):
    line = line.rstrip('\n')
    if line.startswith('# TYPE '):
        name, kind = line.split()[2:]
        assert name not in types and kind in ('counter', 'gauge', 'histogram'), line
        types[name] = kind
    elif line and not line.startswith('#'):
        match = re.fullmatch(r'([a-z_][a-z0-9_]*)(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? -?[0-9.e+]+', line)
        assert match and match[1] in types, line
        key = (match[1], match[2])
        assert key not in names, f'twice: {line}'
        names.add(key)
        samples += 1
assert samples > 50, samples
PYTHON
}

try_probes() {
    answers 200 healthz /healthz
    answers 200 readyz /readyz
    answers 200 metrics /metrics
    check '  in the format of Prometheus' is_prometheus
    for path in /v1/status /v1/rooms /v1/peers /v1/workers /v1/drops; do
        answers 200 "$path" "$path"
        check '  as JSON' fulfils 'type == "object"' cat "$work/answer"
    done
    answers 404 'no such peer' "/v1/peers/$(printf '0%.0s' $(seq 32))"
    answers 404 'no such room' /v1/rooms/nobody
    answers 200 'HEAD' -I /v1/status
    check '  has no body' [ "$(tail -n 1 "$work/answer" | tr -d '\r')" = "" ]
}

# Closed by the peer's close_notify, just before the client's own DELETE.
try_closed_by_peer() {
    check 'DELETE after the peer ended its session: 200' session --role publish --duration 1
    check '  of each' report '[.sessions[].delete_status] | all(. == 200)'
}

start_gateway
try_post
keep=yes try_session whip sendonly
try_session whep recvonly
path=$(ctl --json peers | jq -r '.peers[] | "/whip/\(.room)/\(.id)"')
answers 200 'DELETE of the publisher' -X DELETE "$path"
try_session whip sendonly
try_probes
room=closed{n}
try_closed_by_peer
check_nobody_left
check_accounts
stop_gateway

write_config <<'YAML'
http: {tokens: [secret-of-smoke-1, secret-of-smoke-2], cors-origin: 'https://app.example'}
limits: {transports: 2}
YAML
start_gateway
token=(-H 'Authorization: Bearer secret-of-smoke-1')
answers 401 'no token' "${sdp[@]}" --data-binary "$(offer sendonly)" /whip/a
check '  with WWW-Authenticate' has_field WWW-Authenticate 'Bearer*'
answers 401 'a wrong token' "${sdp[@]}" -H 'Authorization: Bearer secret-of-smoke' --data-binary "$(offer sendonly)" /whip/a
answers 401 'the interface for operators' /v1/peers
answers 200 'probes need none' /readyz
answers 200 'nor does the pre-flight of a browser' -X OPTIONS /whip/a
check '  for the one origin' has_field Access-Control-Allow-Origin https://app.example
check_is 'with a token' "$(post_offer /whip/a sendonly "${token[@]}")" 201
check_is 'with the other one' "$(post_offer /whep/a recvonly -H 'Authorization: Bearer secret-of-smoke-2')" 201
check_is 'a session over the limit' "$(post_offer /whep/a recvonly "${token[@]}")" 503
check '  with Retry-After' has_field Retry-After
check 'naru-ctl takes the token' fulfils '.sessions.now == 2 and .sessions.refused == 1' ctl --token secret-of-smoke-1 --json status
stop_gateway
finish
