#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing of the given sections of packages.txt, asks nothing, and starts no service of theirs.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: deploy/packages.sh [--missing] SECTION...

Installs the packages of these sections of deploy/packages.txt (build, run, test, peers) that are missing.
  --missing   print them only, one a line

  deploy/packages.sh build run          what a user needs
  deploy/packages.sh build run test     what tests/run.sh needs
  deploy/packages.sh --missing peers    what a comparison would install
TEXT
}

fail() {
    echo "packages.sh: $1" >&2
    exit "${2:-1}"
}

list=$(dirname "$(readlink -f "$0")")/packages.txt
policy=/usr/sbin/policy-rc.d
kept=$policy.before-naru
mark='# placed by naru for the time of an installation'

# Lines "PACKAGE [unless COMMAND]" of one section.
section() {
    awk -v wanted="[$1]" '/^#/ || NF == 0 { next } /^\[/ { inside = $1 == wanted; found = found || inside; next }
                          inside { print } END { exit !found }' "$list" || fail "no section [$1] in $list" 2
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

print_missing() {
    local package condition command
    for name; do
        section "$name" | while read -r package condition command; do
            [ "$condition" != unless ] || ! command -v "$command" >/dev/null || continue
            is_installed "$package" || echo "$package"
        done
    done | sort -u
}

restore_services() {
    rm -f "$policy"
    [ ! -e "$kept" ] || mv "$kept" "$policy"
}

# Debian starts a service as soon as it is installed; 101 tells its maintainer scripts not to (invoke-rc.d(8)).
hold_services() {
    # What a killed run left behind is not the machine's own.
    if [ -e "$policy" ] && ! grep -qs "$mark" "$policy"; then mv "$policy" "$kept"; fi
    trap restore_services EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
    chmod 755 "$policy"
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

install() {
    # The lists are read anew only if the ones at hand do not do.
    apt install -y --no-install-recommends "$@" && return
    apt update && apt install -y --no-install-recommends "$@"
}

print_only=
case "${1:-}" in
-h | --help) usage && exit 0 ;;
--missing) print_only=yes && shift ;;
-*) usage >&2 && exit 2 ;;
esac
[ $# -gt 0 ] || { usage >&2 && exit 2; }
command -v apt-get >/dev/null || fail "apt-get not found: this needs Debian 12 or a derivative; install by hand what $list names"

missing=$(print_missing "$@")
if [ -n "$print_only" ]; then
    [ -z "$missing" ] || echo "$missing"
    exit 0
fi
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || fail "not root, and these packages are missing: $(echo $missing); run: sudo $0 $*"
hold_services
# shellcheck disable=SC2086: a word each
install $missing || fail "apt-get could not install: $(echo $missing)"
