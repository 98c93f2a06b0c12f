# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/run.sh: what each part consists of.
set -euo pipefail

# What several threads or processes share is watched by ThreadSanitizer: these programs, in a build of their own.
threaded=(tests/unit/tables/unit-tables tests/unit/mgmt-api/unit-mgmt-api mgmt-api/ctl/naru-ctl)
built=' '
broken=' '
checked=

give_up() {
    finish_items || true
    exit 1
}

part_packages() {
    run_item packages/debian 900 deploy/packages.sh build run test || give_up
    if [ -f tests/browser/package.json ]; then
        # Chromium is Debian's: npm must not fetch another one.
        run_item packages/npm 300 env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
            npm ci --prefix tests/browser --no-audit --no-fund || true
    fi
}

# DIRECTORY JOBS: sets up or brings up to date one build directory, kept between runs.
build_one() {
    local directory=$1 jobs=$2 compiler=gcc targets=()
    local options=(--werror)
    case $directory in
    build-sanitize) options+=(-Dsanitize=true -Doptimization=1) ;; # -O2 compiles 1.4 times as long
    build-thread) options+=(-Db_sanitize=thread) && targets=("${threaded[@]}") ;;
    build-fuzz) options+=(-Dsanitize=true -Dfuzz=true) && compiler=clang && targets=(fuzzers) ;;
    esac
    # shellcheck disable=SC2016: expanded by the inner shell
    run_item "build/$directory" 900 sh -euc '
        directory=$1 jobs=$2 compiler=$3 targets=$4
        shift 4
        # The quick start keeps its build in the same place, without tests.
        if [ -f "$directory/build.ninja" ]; then
            meson configure "$directory" -Dtests=true -Dwerror=true
        else
            CC=$compiler meson setup "$directory" "$@"
        fi
        # shellcheck disable=SC2086: a word each
        ninja -C "$directory" -j "$jobs" -k 0 $targets' build "$directory" "$jobs" "$compiler" "${targets[*]}" "${options[@]}"
}

# What a part needs; builds what is not built yet. Fails if a build did: the part is left out, the rest goes on.
need_build() {
    local directory
    for directory; do
        if [[ $built != *" $directory "* ]]; then
            [[ $broken != *" $directory "* ]] || return 1
            build_one "$directory" "$(nproc)" || { broken+="$directory " && return 1; }
            built+="$directory "
        fi
    done
}

# The plain build first, for the checks look at it; they fill the gaps of the other two, which share the cores.
part_build() {
    local directory pids=()
    need_build build || true
    for directory in build-sanitize build-fuzz build-thread; do
        build_one "$directory" "$(nproc)" &
        pids+=($!)
    done
    ! is_wanted checks || part_checks
    if wait "${pids[0]}"; then built+='build-sanitize '; else broken+='build-sanitize '; fi
    if wait "${pids[1]}"; then built+='build-fuzz '; else broken+='build-fuzz '; fi
    if wait "${pids[2]}"; then built+='build-thread '; else broken+='build-thread '; fi
}

check_scripts() {
    find tests/checks -maxdepth 1 -type f \( -name '*.sh' -o -name '*.py' \) ! -name run.sh | sort
}

part_checks() {
    local check
    [ -z "$checked" ] || return 0
    checked=yes
    for check in $(check_scripts); do
        run_item "checks/$(basename "${check%.*}")" 120 "$check" || true
    done
}

# Seeds are a part of their own, which runs more of them.
tests_of() {
    meson introspect --tests "$1" | python3 -c 'import json, sys
for test in json.load(sys.stdin): print(test["name"])' | grep -v '^seeds-'
}

# DIRECTORY SUFFIX [NAME...]: these or all tests of one build; the suffix tells the items of two builds apart.
run_units() {
    local name
    local directory=$1 suffix=$2
    shift 2
    [ $# -gt 0 ] || set -- $(tests_of "$directory")
    for name; do
        run_item "unit/${name#unit-}$suffix" 400 meson test -C "$directory" --no-rebuild --verbose --timeout-multiplier 3 "$name" || true
    done
}

part_unit() {
    if need_build build; then run_units build '' & fi
    # The plain build sends the full million packets through SRTP; a tenth of it is enough to look for misuse of memory.
    if need_build build-sanitize; then
        NARU_SRTP_PACKETS=${NARU_SRTP_PACKETS:-100000} run_units build-sanitize -sanitized
    fi
    if need_build build-thread; then run_units build-thread -thread unit-tables unit-mgmt-api; fi
    wait
}

# Directories of inputs for one fuzz target: its own, and those of the corpora that begin with its name.
seeds_of() {
    local directory found=
    for directory in tests/fuzz/*/seeds/"$1" "$NARU_CORPORA/seeds/$1"*; do
        [ ! -d "$directory" ] || { echo "$directory" && found=yes; }
    done
    case $1 in
    sdp*) set -- "$NARU_CORPORA/sdp" "$NARU_CORPORA/offers" ;;
    channel_data) set -- "$NARU_CORPORA/seeds/turn_channeldata" ;;
    *) set -- ;;
    esac
    for directory; do
        [ ! -d "$directory" ] || { echo "$directory" && found=yes; }
    done
    # Whatever bytes there are do for a target that has none of its own.
    if [ -z "$found" ] && [ -d "$NARU_CORPORA/seeds" ]; then echo "$NARU_CORPORA/seeds"; fi
}

# DIRECTORY PREFIX: names of the fuzz programs of a build.
fuzz_programs() {
    find "$1/tests/fuzz" -maxdepth 1 -type f -name "$2_*" -perm -u+x -printf '%f\n' 2>/dev/null | sed "s/^$2_//" | sort
}

part_seeds() {
    local name directories
    need_build build-sanitize || return 0
    for name in $(fuzz_programs build-sanitize replay); do
        mapfile -t directories < <(seeds_of "$name")
        if [ ${#directories[@]} -eq 0 ]; then
            skip_item "seeds/$name" "no seeds below $NARU_CORPORA"
        else
            run_item "seeds/$name" 120 "build-sanitize/tests/fuzz/replay_$name" "${directories[@]}" || true
        fi
    done
}

# Without error_exitcode libFuzzer ends with 77 when it has found something, which says "skipped" elsewhere.
fuzz_one() {
    local name=$1 corpus=$root/build-fuzz/corpus/$1
    local directories
    mapfile -t directories < <(seeds_of "$name")
    mkdir -p "$corpus"
    run_item "fuzz/$name" $((fuzz_seconds + 100)) "build-fuzz/tests/fuzz/fuzz_$name" -max_total_time="$fuzz_seconds" \
        -timeout=10 -rss_limit_mb=2048 -error_exitcode=1 -print_final_stats=1 -verbosity=0 -artifact_prefix="$corpus-" "$corpus" \
        "${directories[@]}" || true
}

# As many at a time as there are CPUs.
part_fuzz() {
    local name running=0
    need_build build-fuzz || return 0
    for name in $(fuzz_programs build-fuzz fuzz); do
        fuzz_one "$name" &
        running=$((running + 1))
        if [ "$running" -ge $((2 * $(nproc))) ]; then
            wait -n
            running=$((running - 1))
        fi
    done
    wait
}

# SCRIPT DEFAULT: the limit that the script's head states.
limit_of() {
    local limit
    limit=$(sed -n '1,10s/^# limit: *\([0-9][0-9]*\).*/\1/p' "$1" | head -1)
    echo "${limit:-$2}"
}

part_simulation() {
    if need_build build; then run_item simulation/seeds 300 tests/simulation/run.sh & fi
    if need_build build-sanitize; then
        NARU_BUILD=$PWD/build-sanitize run_item simulation/seeds-sanitized 600 tests/simulation/run.sh || true
    fi
    wait
}

part_smoke() {
    local script
    need_build build || return 0
    for script in tests/smoke/*.sh; do
        [ -f "$script" ] && [ -x "$script" ] || continue
        try_item "smoke/$(basename "$script" .sh)" "$(limit_of "$script" 120)" "$script" || true
    done
}

part_survive() {
    need_build build || return 0
    try_item survive/quick 600 tests/survive/run.sh --quick || true
}

part_browser() {
    local name
    need_build build || return 0
    for name in $(tests/browser/run.sh --list); do
        try_item "browser/$name" 200 tests/browser/run.sh "$name" || true
    done
}

list_items() {
    local check folder target script
    is_wanted packages && echo packages/debian
    is_wanted build && printf 'build/%s\n' build build-sanitize build-fuzz build-thread
    is_wanted checks && for check in $(check_scripts); do echo "checks/$(basename "${check%.*}")"; done
    is_wanted unit && printf 'unit/%s-thread\n' tables mgmt-api
    is_wanted unit && for folder in tests/unit/*/meson.build; do
        sed -n "s/^test('\(unit-\)\?\([^']*\)'.*/unit\/\2\nunit\/\2-sanitized/p" "$folder"
    done
    for target in $(sed -n "s/.*'name': *'\([^']*\)'.*/\1/p" tests/fuzz/*/meson.build); do
        ! is_wanted seeds || echo "seeds/$target"
        ! is_wanted fuzz || echo "fuzz/$target"
    done
    ! is_wanted simulation || printf 'simulation/%s\n' seeds seeds-sanitized
    is_wanted smoke && for script in tests/smoke/*.sh; do [ ! -x "$script" ] || echo "smoke/$(basename "$script" .sh)"; done
    ! is_wanted survive || echo survive/quick
    ! is_wanted browser || tests/browser/run.sh --list | sed 's/^/browser\//'
}
