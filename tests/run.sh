#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what tests need, builds four ways, and runs every test. Its last line: "N passed, M failed".
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$root"
parts='packages build checks unit simulation seeds fuzz smoke survive browser'
fuzz_seconds=${NARU_FUZZ_SECONDS:-20}
logs=$root/build/test-logs

usage() {
    cat <<TEXT
usage: tests/run.sh [--only PART[/ITEM]]... [--list] [--help]

Runs naru's tests, as root on Debian 12. Parts, in order: $parts
  packages  install what is missing of build, run and test of deploy/packages.txt
  build     gcc (build/), gcc with sanitizers (build-sanitize/), clang with libFuzzer and sanitizers (build-fuzz/),
            gcc with ThreadSanitizer (build-thread/: what threads and processes share)
  checks    rules about the tree (tests/checks/)
  unit      unit tests, in the plain and in the sanitized builds
  simulation
            thousands of sessions in virtual time, from stored seeds and a new one, plain and sanitized
  seeds     each fuzz target over its seeds, sanitized
  fuzz      each fuzz target for NARU_FUZZ_SECONDS (now $fuzz_seconds)
  smoke     tests/smoke/*.sh: the programs together
  survive   tests/survive/run.sh --quick: kills, hangs and hostile input under live calls
  browser   tests/browser/run.sh: Chromium against the quick start
--only      run this part alone (and the builds that it needs); may be given more than once; ITEM is a shell pattern
--list      print what would run

Environment: NARU_CORPORA (default ../shared/corpora), NARU_REQUIRE_CORPORA=1 (their absence fails), NARU_FUZZ_SECONDS.
A line of the form "# limit: 300" in the head of a smoke script is its time limit in seconds. What fails of smoke, survive and
browser is tried a second time, up to three times in a run, and shown as unsteady.

  tests/run.sh                        everything
  tests/run.sh --only unit            the unit tests
  tests/run.sh --only smoke/whip      one smoke test
  NARU_FUZZ_SECONDS=600 tests/run.sh --only 'fuzz/st*'
TEXT
}

die() {
    echo "run.sh: $1" >&2
    exit 2
}

only=()
list=
while [ $# -gt 0 ]; do
    case $1 in
    --only)
        [ $# -gt 1 ] || die "--only needs a part: $parts"
        [[ " $parts " == *" ${2%%/*} "* ]] || die "no part ${2%%/*}; there are: $parts"
        only+=("$2") && shift
        ;;
    --list) list=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
    shift
done

. tests/lib/items.sh
. tests/lib/parts.sh

if [ -n "$list" ]; then
    list_items
    exit 0
fi
mkdir -p "$logs"
: >"$logs/results"
: >"$logs/facts"
: >"$logs/running"
trap stop_items INT TERM
export NARU_SOURCE_ROOT=$root NARU_BUILD=$root/build NARU_FACTS=$logs/facts
export NARU_CORPORA=${NARU_CORPORA:-$root/../shared/corpora}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

print_machine
for part in $parts; do
    ! is_wanted "$part" || "part_$part"
done
print_facts
finish_items
