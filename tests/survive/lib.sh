# SPDX-License-Identifier: Apache-2.0
# Sourced by each question (tests/survive/*.sh) and class (tests/survive/classes/*.sh), after which it is in namespaces
# of its own and has all of tests/smoke/media_lib.sh. A question is an executable script. Its head, within 12 lines:
#   # scores: ID...     the scores that it gives (a class: class-NAME, or class-NAME-WHAT)
#   # limit: SECONDS    of a whole run (120)
#   # quick: SECONDS    of a quick one (120), or "no": it is left out there
#   # beside: yes       a quick one may have another beside it: it is about what happens, not about how soon
# It ends with "finish". It fails when a score is not as it should be, or when a "check" failed.
set -euo pipefail
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../smoke/media_lib.sh"

quick=${NARU_SURVIVE_QUICK:-}
seed=${NARU_SURVIVE_SEED:-1}

# ID VALUE GOAL yes|no: one row of the score-card. Numbers or short texts.
score() {
    printf 'score\t%s\t%s\t%s\t%s\n' "$@"
    if [ "$4" = yes ]; then
        passed=$((passed + 1))
    else
        echo "FAILED  score $1: $2, not $3"
        failed=$((failed + 1))
    fi
}

# ID VALUE MOST: a number that may not be larger.
score_at_most() {
    local ok=no goal="<= $3"
    [ "$3" != 0 ] || goal=0
    ! jq -en --arg value "$2" --argjson most "$3" '$value | tonumber <= $most' >/dev/null 2>&1 || ok=yes
    score "$1" "${2:-nothing}" "$goal" $ok
}

# ID VALUE LEAST: a number that may not be smaller.
score_at_least() {
    local ok=no
    ! jq -en --arg value "$2" --argjson least "$3" '$value | tonumber >= $least' >/dev/null 2>&1 || ok=yes
    score "$1" "${2:-nothing}" ">= $3" $ok
}

# TEXT: the same as check_nobody_left, but for those that failed, which can be looked at for ten seconds more.
check_nobody_lives() {
    check "$1" within 20 '.sessions.now == (.sessions.by_state.failed // 0) and .rooms == 0' ctl --json status
}

# WHOLE QUICK: one or the other.
by_size() {
    if [ -n "$quick" ]; then echo "$2"; else echo "$1"; fi
}

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

epoch_of() {
    ctl --json status | jq -r --arg name "$1" '.processes[] | select(.name == $name) | .epoch'
}

session_ids() {
    ctl --json peers | jq -r '[.peers[].id] | sort | join(" ")'
}

# Of the clock that the client's timeline has.
monotonic_ms() {
    awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# PAIRS OPTIONS...: publishers and a viewer each, in the background, until "end_calls"; all are connected.
start_calls() {
    local pairs=$1
    shift
    "$client" session --whip "$http/whip/$room" --whep "$http/whep/$room" --sessions "$pairs" --keep-going --retry 30 --timeline \
        --json --duration 3600 --suite AEAD_AES_128_GCM --max-loss 100 "$@" >"$work/report.json" 2>"$work/client.log" &
    calls=$!
    check "$((2 * pairs)) sessions are connected" within 60 ".sessions.by_state.connected == $((2 * pairs))" \
        ctl --json status
    sleep 0.5
    ids=$(session_ids)
}

end_calls() {
    kill -INT "$calls"
    wait "$calls" || true
    print_report
}

declare -A calls_of # the client's process, by the name of its rooms

# NAME PAIRS OPTIONS...: calls in rooms of that name that are to lose nothing, in the background, until "settle_calls".
begin_calls() {
    local name=$1 pairs=$2
    shift 2
    "$client" session --whip "$http/whip/$name{n}" --whep "$http/whep/$name{n}" --sessions "$pairs" --duration 600 --max-loss 0 \
        --json "$@" >"$work/$name.json" 2>"$work/$name.log" &
    calls_of[$name]=$!
    check "$name: calls are up" within 30 "[.peers[] | select(.state == \"connected\" and (.room | startswith(\"$name\")))] |
        length == $((2 * pairs))" ctl --json peers
}

# NAME SCORE: they noticed nothing of what was beside them.
settle_calls() {
    kill "${calls_of[$1]}"
    check "$1: the calls noticed nothing" wait "${calls_of[$1]}"
    score_at_most "$2" "$(jq '.totals.expected - .totals.received' "$work/$1.json")" 0
}

# Whether the gateway has the sessions that it had when the calls began.
is_same_sessions() {
    [ "$(session_ids 2>/dev/null)" = "$ids" ]
}

# JQ-FILTER: a value of the client's report.
reported() {
    jq -r "$1" "$work/report.json"
}

# FROM-MS TO-MS: packets sent in that time that never arrived.
lost_between() {
    reported ".timeline as \$t | [\$t.sent, \$t.received] | transpose | to_entries |
        map(select(\$t.began_ms + .key * \$t.step_ms | . >= $1 and . < $2) | .value[0] - .value[1]) | add // 0"
}

# ID AT-MS WINDOW: packets lost in so many seconds after that time, beyond those of as many before it.
score_lost() {
    local before after
    before=$(lost_between $(($2 - $3 * 1000)) "$2")
    after=$(lost_between "$2" $(($2 + $3 * 1000)))
    echo "        $before packets lost before, $after after"
    score_at_most "$1" $((after > before ? after - before : 0)) 0
}

# MS: sessions that ended, failed, negotiated anew or had a stream that was silent for longer than that.
lost_sessions() {
    reported "[.sessions[] | select(.error != \"\" or .state != \"closed\" or .dtls.closed_by_peer or
        .ice.consent_expired or ([.streams_in[] | .gap_ms > $1 or .ssrc_changes > 0] | any))] | length"
}

# Indexes and tags, as the clients saw them: what was encrypted twice, with a wrong index, or twice sent.
broken_packets() {
    reported '[.totals | .srtp_replayed, .srtp_authentication_failed, .duplicated, .corrupted, .foreign] | add'
}

# PROGRAM...: kill -9 of all of them at once; struck at $struck_ms (monotonic), back after $back_ms at most 20 ms late.
strike() {
    local program pids=() deadline
    for program; do pids+=("$(pid_of "$program")"); done
    struck_ms=$(monotonic_ms)
    kill -KILL "${pids[@]}"
    deadline=$((struck_ms + 10000))
    until is_replaced "${pids[*]}" "$@" || [ "$(monotonic_ms)" -gt $deadline ]; do sleep 0.01; done
    back_ms=$(($(monotonic_ms) - struck_ms))
}

# OLD-PIDS PROGRAM...: whether each has another process, and the interface answers.
is_replaced() {
    local old=$1 program pid
    shift
    for program; do
        pid=$(pid_of "$program") || return 1
        [[ -n $pid && " $old " != *" $pid "* ]] || return 1
    done
    ctl --json status 2>/dev/null | jq -e '[.processes[].ready] | all' >/dev/null
}


# Room for thousands of sessions, as in a gateway that is in use.
configure() {
    write_config <<YAML
limits: {transports: 1024, streams: 2048, routes: 2048, half-open-handshakes: 1024,
    half-open-handshakes-per-source: 1024}
$(cat)
YAML
}
