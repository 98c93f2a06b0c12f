# SPDX-License-Identifier: Apache-2.0
# Sourced by each question (tests/survive/*.sh) and class (tests/survive/classes/*.sh), after which it is in namespaces
# of its own and has all of tests/smoke/media_lib.sh. A question is an executable script. Its head, within 12 lines:
#   # scores: ID...     the scores that it gives (a class: class-NAME, or class-NAME-WHAT)
#   # limit: SECONDS    of a whole run (120)
#   # quick: SECONDS    of a quick one (120), or "no": it is left out there
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
