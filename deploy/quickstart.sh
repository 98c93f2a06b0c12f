#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds naru, starts it on a device of its own and prints the address of the demo.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "$0")")")
build=${NARU_BUILD:-$root/build}
run=/run/naru
workers=1
http_port=
device=auto
action=foreground
lan=
lan_interface=
compile=yes

usage() {
    cat <<'TEXT'
usage: deploy/quickstart.sh [--detach | --stop | --status] [options]

Brings up naru on this machine, as root on Debian 12: installs missing packages, builds into build/, makes a network
interface of its own (no NIC is needed), starts the gateway and prints the URL of the demo page. Without --detach it
stays in the foreground until Ctrl-C.

  --detach            leave it running in the background
  --stop              stop it; interfaces, XDP programs, huge pages and the run directory are as they were before
  --status            tell whether it runs; exit code 0 if it is ready, else 1
  --lan [INTERFACE]   share a NIC of this machine (default: that of the default route) as well, so that other machines
                      can call: HTTPS with a certificate made for it, and a token, which the printed URL holds
  --workers N         packet workers, a CPU each (1)
  --http-port PORT    of the HTTP server (8080; 8443 with --lan)
  --device KIND       af_xdp, af_packet or tap (the first that works)
  --run-dir DIR       the run directory (/run/naru)
  --no-build          take what the build directory holds
  --help              print this

Examples:
  deploy/quickstart.sh                    try it, end with Ctrl-C
  deploy/quickstart.sh --detach --lan     calls from phones and laptops on this network
  deploy/quickstart.sh --stop

Environment: NARU_BUILD, another build directory than build/.
TEXT
}

say() {
    echo "quickstart: $*"
}

warn() {
    echo "quickstart: warning: $*" >&2
}

fail() {
    echo "quickstart: $*" >&2
    exit 1
}

bad_usage() {
    echo "quickstart: $*; see --help" >&2
    exit 2
}

# OPTION VALUE PATTERN: the value of an option, or the end.
check_value() {
    [[ $2 =~ ^($3)$ ]] || bad_usage "$1 ${2:-without a value} is not possible"
}

while [ $# -gt 0 ]; do
    case $1 in
    --detach | --stop | --status) action=${1#--} ;;
    --lan)
        lan=yes
        case ${2:-} in '' | -*) ;; *) lan_interface=$2 && shift ;; esac
        ;;
    --workers) check_value "$1" "${2:-}" '[1-9]|1[0-6]' && workers=$2 && shift ;;
    --http-port) check_value "$1" "${2:-}" '[1-9][0-9]{0,4}' && http_port=$2 && shift ;;
    --device) check_value "$1" "${2:-}" 'auto|af_xdp|af_packet|tap' && device=$2 && shift ;;
    --run-dir) check_value "$1" "${2:-}" '/[A-Za-z0-9._/-]{1,60}' && run=$2 && shift ;;
    --no-build) compile= ;;
    -h | --help) usage && exit 0 ;;
    *) bad_usage "there is no option $1" ;;
    esac
    shift
done
http_port=${http_port:-${lan:+8443}}
http_port=${http_port:-8080}
state=$run/quickstart # ours alone: configuration, log, and what has to be put back

for part in addresses config gateway huge_pages lan; do
    . "$root/deploy/quickstart/$part.sh"
done

[ "$(id -u)" = 0 ] || fail "this needs root, for interfaces and packages; run: sudo $0"
case $action in
stop) stop_gateway ;;
status) print_status ;;
*) start_gateway ;;
esac
