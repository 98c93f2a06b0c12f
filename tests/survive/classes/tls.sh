#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# scores: class-tls-slow-seconds class-tls-served class-tls-lost
# limit: 60
# quick: 60
# beside: yes
# HTTPS clients that are slow in their handshake and behind it (hazard F36): cut off in time, while others are served and
# calls notice nothing.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../lib.sh"

abuse() {
    "$(dirname "$0")/http_abuse.py" 8080 "$@"
}

# It trusts the certificate that the configuration names.
ctl() {
    "$build/mgmt-api/ctl/naru-ctl" --config "$work/naru.yaml" "$@"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=naru -addext 'subjectAltName=IP:127.0.0.1' \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
export CURL_CA_BUNDLE=$work/certificate.pem http=https://127.0.0.1:8080
write_config <<YAML
http: {tls: {certificate: $work/certificate.pem, key: $work/key.pem}}
limits: {http-header-seconds: 2, http-body-seconds: 2}
YAML
start_gateway
begin_calls calls 2
abuse slow-tls >"$work/slow.json" &
slow=$!
room=meanwhile{n} served=no
! session --duration 1 --max-loss 0 || served=yes
wait "$slow"
jq -c . "$work/slow.json"
score_at_most class-tls-slow-seconds "$(jq '[.[]] | max' "$work/slow.json")" 5
score class-tls-served $served yes $served
abuse flood 10000 100 3 >"$work/flood.json"
jq -c . "$work/flood.json"
check 'a flood of half handshakes gives its places back' wait_for 15 is_ready
settle_calls calls class-tls-lost
stop_gateway
finish
