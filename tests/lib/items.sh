# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/run.sh. An item is one thing that passes, fails or is skipped: it has a name (PART/NAME), a time limit,
# a log, and one line of output. Results are kept in a file, because items also run in background shells.
set -euo pipefail

skipped_code=77 # as in meson
second_tries=3  # in one run; what fails more often is no matter of turns

# Whether --only, if given, asks for something of this part.
is_wanted() {
    local wish
    [ ${#only[@]} -gt 0 ] || return 0
    for wish in "${only[@]}"; do
        [ "${wish%%/*}" != "$1" ] || return 0
    done
    return 1
}

# Whether --only, if given, asks for PART/NAME. What others need is always built.
is_chosen() {
    local wish
    [ ${#only[@]} -gt 0 ] && [ "${1%%/*}" != build ] || return 0
    for wish in "${only[@]}"; do
        # shellcheck disable=SC2053: a pattern is meant
        if [ "$wish" = "${1%%/*}" ] || [[ $1 == $wish ]]; then return 0; fi
    done
    return 1
}

log_of() {
    echo "$logs/${1//\//-}.log"
}

first_log_of() {
    echo "$logs/${1//\//-}-first.log"
}

# Puts down a result that something else has found: NAME VERDICT SECONDS; prints the end of the log of a failure.
record_item() {
    local log
    log=$(log_of "$1")
    {
        flock 9
        echo "$2 $1" >>"$logs/results"
        printf '%-7s %-40s %6.1f s\n' "$2" "$1" "$3"
        case $2 in
        FAILED | unsteady) [ ! -s "$log" ] || tail -n 40 "$log" | sed 's/^/        | /' ;;
        skipped) [ ! -s "$log" ] || { grep -m1 '^skipped' "$log" || tail -n 1 "$log"; } | sed 's/^/        | /' ;;
        esac
    } 9>"$logs/lock"
}

# NAME SECONDS COMMAND...: runs it within the limit; sets verdict and seconds.
judge_item() {
    local name=$1 limit=$2 began result=0
    shift 2
    began=$(date +%s.%N)
    timeout --kill-after=15 "$limit" "$@" >"$(log_of "$name")" 2>&1 </dev/null &
    echo $! >>"$logs/running"
    wait $! || result=$?
    seconds=$(awk "BEGIN { print $(date +%s.%N) - $began }")
    verdict=FAILED
    case $result in
    0) verdict=ok ;;
    "$skipped_code") verdict=skipped ;;
    124 | 137) echo "stopped after $limit seconds" >>"$(log_of "$name")" ;;
    *) echo "exit status $result" >>"$(log_of "$name")" ;;
    esac
}

# NAME SECONDS COMMAND...: fails only if the item did.
run_item() {
    local verdict seconds
    is_chosen "$1" || return 0
    judge_item "$@"
    record_item "$1" "$verdict" "$seconds"
    [ "$verdict" != FAILED ]
}

# Likewise, with a second try, for what depends on when a busy machine gives whole programs their turn. The first failure is
# shown all the same, and its log kept.
try_item() {
    local verdict seconds
    is_chosen "$1" || return 0
    judge_item "$@"
    if [ "$verdict" = FAILED ] && [ "$(grep -c '^unsteady ' "$logs/results")" -lt "$second_tries" ]; then
        record_item "$1" unsteady "$seconds"
        mv "$(log_of "$1")" "$(first_log_of "$1")"
        judge_item "$@"
    fi
    record_item "$1" "$verdict" "$seconds"
    [ "$verdict" != FAILED ]
}

# A skip where test material is required is a failure.
skip_item() {
    local verdict=skipped
    is_chosen "$1" || return 0
    [ "${NARU_REQUIRE_CORPORA:-}" != 1 ] || verdict=FAILED
    echo "skipped: $2" >"$(log_of "$1")"
    record_item "$1" $verdict 0
}

# On an interrupt nothing goes on by itself. timeout(1) passes the signal on to all that its command started.
stop_items() {
    local pid
    trap - INT TERM
    while read -r pid; do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != timeout ] || kill "$pid" 2>/dev/null || true
    done <"$logs/running"
    echo "run.sh: stopped" >&2
    exit 130
}

print_machine() {
    echo "machine: $(nproc) CPUs $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
        "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo) MiB," \
        "$(cat /proc/sys/vm/nr_hugepages 2>/dev/null || echo 0) huge pages, kernel $(uname -r)," \
        "$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown system}")"
}

# What smoke and browser tests noted in $NARU_FACTS about the devices and the memory that they ran on.
print_facts() {
    [ ! -s "$logs/facts" ] || sort -u "$logs/facts" | sed 's/^/ran on: /'
}

finish_items() {
    local passed failed skipped name
    passed=$(grep -c '^ok ' "$logs/results" || true)
    failed=$(grep -c '^FAILED ' "$logs/results" || true)
    skipped=$(grep -c '^skipped ' "$logs/results" || true)
    echo "$SECONDS seconds; logs: $logs"
    for name in $(sed -n 's/^unsteady //p' "$logs/results"); do
        echo "unsteady: $name failed before it was tried again: $(first_log_of "$name")"
    done
    sed -n 's/^FAILED /failed: /p' "$logs/results"
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
