#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# limit: 60
# A server that is told of events: signed, in order, again where it failed, and on after a kill of naru-control. The
# process that opens connections has no rights and finds the server by name.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/lib.sh"
go_private

secret=0123456789abcdef0123456789abcdef
told=$work/told

# A request a line: STATUS ID TYPE SEQUENCE SIGNED. The first two fail.
cat >"$work/receiver.py" <<'PYTHON'
import hashlib, hmac, http.server, json, sys
secret, path = sys.argv[1].encode(), sys.argv[2]
count = 0

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global count
        count += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = dict(part.split("=", 1) for part in self.headers["naru-signature"].split(","))
        tag = hmac.new(secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        event = json.loads(body)
        status = 503 if count <= 2 else 204
        is_signed = hmac.compare_digest(tag, fields["v1"]) and self.headers["naru-delivery"] == event["id"]
        with open(path, "a") as told:
            print(status, event["id"], event["type"], self.headers["naru-sequence"], is_signed, file=told)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass

http.server.HTTPServer(("127.0.0.1", 9090), Handler).serve_forever()
PYTHON

open_peer() {
    curl -sf -X POST -H 'Content-Type: application/json' -d '{"room":"meeting"}' "$http/v1/peers" | jq -r .id
}

close_peer() {
    curl -sf -X DELETE "$http/v1/peers/$1"
}

# TYPE COUNT: at least so many were taken.
is_told() {
    [ -s "$told" ] && [ "$(grep -c "^204 [^ ]* $1 " "$told")" -ge "$2" ]
}

metric() {
    curl -sf "$http/metrics" | grep -F "$1" | grep -v '^#' | awk '{ print $2 }'
}

# An epoch's events are taken in the order of their numbers, each once.
is_in_order() {
    awk '$1 == 204 { split($2, id, "."); if (id[2] <= last[id[1]]) exit 1; last[id[1]] = id[2] }' "$told"
}

echo "$secret" >"$work/secret"
/usr/bin/python3 "$work/receiver.py" "$secret" "$told" &
write_config <<YAML
webhooks:
  urls: ['http://localhost:9090/hook', 'http://127.0.0.1:9/nobody']
  secret-file: $work/secret
  events: [connectionstatechange]
YAML
start_gateway
peer=$(open_peer)
close_peer "$peer"
check 'what failed twice is told' wait_for 20 is_told connectionstatechange 1
check '  the same event three times' [ "$(head -n 3 "$told" | cut -d ' ' -f 2-4 | sort -u | wc -l)" = 1 ]
check '  and is counted' [ "$(metric 'naru_webhook_attempts_total{endpoint="0",outcome="failed"}')" = 2 ]
check 'nobody else is waited for' [ "$(metric 'naru_webhook_events_waiting{endpoint="1"}')" -ge 1 ]
kill -9 "$(pid_of control)"
check 'naru-control is killed and comes back' wait_for 15 curl -sf -o "$work/ready" "$http/readyz"
peer=$(open_peer)
close_peer "$peer"
check 'its successor tells, too' wait_for 20 is_told connectionstatechange 2
check 'each is signed' [ "$(awk '$5 != "True"' "$told" | wc -l)" = 0 ]
check 'each is told once, in order' is_in_order
stop_gateway
check 'the secret is in no log' [ "$(grep -c "$secret" "$work/log")" = 0 ]
finish
