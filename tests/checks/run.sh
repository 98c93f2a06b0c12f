#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every check of this folder, or the named ones: tests/checks/run.sh [NAME...]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
failed=0
for check in "$here"/*.sh "$here"/*.py; do
    name=$(basename "${check%.*}")
    [ "$name" != run ] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    result=0
    "$check" || result=$?
    case $result in
    0) echo "ok      $name" ;;
    77) echo "skipped $name" ;;
    *) echo "FAILED  $name" && failed=1 ;;
    esac
done
exit $failed
