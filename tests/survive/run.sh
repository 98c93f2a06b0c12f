#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whether calls survive: each question is a script beside this one, or of classes/ (hostile input), and answers in scores.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
export NARU_BUILD=${NARU_BUILD:-$root/build}
export NARU_CORPORA=${NARU_CORPORA:-$root/../shared/corpora}
results=${NARU_SURVIVE_RESULTS:-$root/build/survive}
only=() json='' list=''

usage() {
    cat <<TEXT
usage: tests/survive/run.sh [--quick] [--only ID]... [--seed N] [--json] [--list] [--help]
       tests/survive/run.sh --soak | --fuzz

Kills, stops and overloads naru under live calls, and says what the calls noticed of it. As root; each question has
network namespaces of its own. Progress goes to stderr, the score-card to stdout. Exit status 0: each score is as it
should be; 1: not so; 2: wrong options.
--quick   every kill, stop and class in at most 4 minutes, as tests/run.sh does it; the whole takes at most 40
--only    this score or this question alone (a shell pattern; may be given more than once)
--seed    of what is random; each run prints its own
--json    the score-card as one object: {"ID": {"value": X, "goal": Y, "ok": true}, ...}
--list    the questions and their scores
--soak    an hour of sessions that come and go: memory and descriptors stay flat
--fuzz    each fuzz target for 10 minutes, those of the shared memory too; the corpora are kept
          Both go on where they were interrupted, and keep dated results in $results.

Environment: NARU_BUILD (now $NARU_BUILD), NARU_SURVIVE_RESULTS, NARU_CORPORA;
NARU_SOAK_SECONDS (3600), NARU_FUZZ_SECONDS (600), NARU_FUZZ_JOBS (as many as CPUs).

  tests/survive/run.sh                              everything but soak and fuzz
  tests/survive/run.sh --quick --json               what continuous integration asks
  tests/survive/run.sh --only random-kills --seed 7 the same kills again
  tests/survive/run.sh --only 'class-*'             hostile input
TEXT
}

die() {
    echo "run.sh: $1" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
    --quick) export NARU_SURVIVE_QUICK=yes ;;
    --only | --seed)
        [ $# -gt 1 ] || die "$1 needs a value, see --help"
        case $1 in --only) only+=("$2") ;; *) NARU_SURVIVE_SEED=$2 ;; esac
        shift
        ;;
    --json) json=yes ;;
    --list) list=yes ;;
    --soak | --fuzz)
        mkdir -p "$results"
        export NARU_SURVIVE_RESULTS=$results
        exec "$here/long/${1#--}.sh"
        ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done
export NARU_SURVIVE_SEED=${NARU_SURVIVE_SEED:-$((SRANDOM % 1000000))}
[[ $NARU_SURVIVE_SEED =~ ^[0-9]{1,9}$ ]] || die "--seed $NARU_SURVIVE_SEED: a number is needed"

# SCRIPT FIELD: what its head says ("# FIELD: value").
head_of() {
    sed -n "1,12s/^# $2: *//p" "$1" | head -n 1
}

name_of() {
    case $1 in
    "$here"/classes/*) echo "class-$(basename "$1" .sh)" ;;
    *) basename "$1" .sh ;;
    esac | tr _ -
}

# All scripts that answer a question.
questions() {
    local script
    for script in "$here"/*.sh "$here"/classes/*.sh; do
        [ -x "$script" ] && [ "$script" != "$here/run.sh" ] && echo "$script"
    done
    true
}

is_wanted() {
    local wish id
    if [ ${#only[@]} = 0 ]; then
        [ -z "${NARU_SURVIVE_QUICK:-}" ] || [ "$(head_of "$1" quick)" != no ]
        return
    fi
    for wish in "${only[@]}"; do
        for id in "$(name_of "$1")" $(head_of "$1" scores); do
            # shellcheck disable=SC2053: a pattern is meant
            [[ $id != $wish ]] || return 0
        done
    done
    return 1
}

limit_of() {
    local limit
    limit=$(head_of "$1" limit)
    [ -z "${NARU_SURVIVE_QUICK:-}" ] || limit=$(head_of "$1" quick)
    echo "${limit:-120}"
}

declare -A running=() # the scripts, by process
scratch=$(mktemp -d /tmp/naru-survive.XXXXXX)
clean_up() {
    [ ${#running[@]} = 0 ] || kill "${!running[@]}" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
scores=$scratch/scores # lines of ID, VALUE, GOAL, OK, with tabs between them
: >"$scores"

# LOG STATUS: what failed, in one line: the card is all that some readers see.
failed_checks() {
    local texts
    texts=$(sed -n 's/^FAILED  //p' "$1" | tr '\t' ' ' | paste -sd '|' | sed 's/|/; /g')
    echo "${texts:-exit status $2: $(tail -n 1 "$1" | tr '\t' ' ')}"
}

begin() {
    local name limit
    name=$(name_of "$1") limit=$(limit_of "$1")
    echo "$(date +%T) $name (at most $limit s)" >&2
    timeout --kill-after=15 "$limit" "$1" >"$scratch/$name.log" 2>&1 </dev/null &
    running[$!]=$1
}

# Waits for one of those that run.
await_end() {
    local pid script result=0
    wait -n -p pid "${!running[@]}" || result=$?
    script=${running[$pid]}
    unset "running[$pid]"
    conclude "$script" "$result"
}

# SCRIPT STATUS: its scores, and a row of its own if it did not come to its end or a check of it failed.
conclude() {
    local name result=$2 log
    name=$(name_of "$1")
    log=$scratch/$name.log
    sed -n 's/^score\t//p' "$log" | tee -a "$scores" | sed "s/^/         /" >&2
    [ "$result" != 0 ] || grep -q '^score' "$log" || result=none
    case $result in
    0) return ;;
    77) printf '%s\t%s\tran\tno\n' "$name" "$(tail -n 1 "$log")" ;;
    124 | 137) printf '%s\tstopped after %s s\tends\tno\n' "$name" "$(limit_of "$1")" ;;
    none) printf '%s\tno score\ta score\tno\n' "$name" ;;
    *) printf '%s\t%s\tno failed check\tno\n' "$name" "$(failed_checks "$log" "$result")" ;;
    esac >>"$scores"
    sed 's/^/        | /' "$log" | tail -n 80 >&2
}

is_for_beside() {
    [ -n "${NARU_SURVIVE_QUICK:-}" ] && [ "$(head_of "$1" beside)" = yes ]
}

# Those that need the machine for themselves one by one, then the others two at a time.
ask_all() {
    local script together=()
    for script in $(questions); do
        is_wanted "$script" || continue
        if is_for_beside "$script"; then together+=("$script"); else begin "$script" && await_end; fi
    done
    for script in "${together[@]}"; do
        [ ${#running[@]} -lt 2 ] || await_end
        begin "$script"
    done
    while [ ${#running[@]} -gt 0 ]; do await_end; done
}

print_card() {
    awk -F '\t' '{ printf "%-7s %-36s %14s   goal %s\n", ($4 == "yes" ? "ok" : "FAILED"), $1, $2, $3 }' "$scores"
}

print_json() {
    jq -Rn '[inputs | split("\t") | {key: .[0], value: {value: (.[1] | tonumber? // .),
        goal: (.[2] | tonumber? // .), ok: (.[3] == "yes")}}] | from_entries' <"$scores"
}

if [ -n "$list" ]; then
    for script in $(questions); do
        ! is_wanted "$script" || printf '%-20s %s\n' "$(name_of "$script")" "$(head_of "$script" scores)"
    done
    exit 0
fi
[ "$(id -u)" = 0 ] || die 'needs root: it makes network namespaces'
[ -x "$NARU_BUILD/deploy/supervise/naru-supervise" ] || die "no naru-supervise in $NARU_BUILD: ninja -C $NARU_BUILD"
echo "seed $NARU_SURVIVE_SEED" >&2
ask_all
[ -s "$scores" ] || die 'nothing to do: see --list'
echo "$SECONDS seconds, seed $NARU_SURVIVE_SEED" >&2
if [ -n "$json" ]; then print_json; else print_card; fi
! grep -qv $'\tyes$' "$scores"
