#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A shell script stops at its first error (set -e, set -u), parses, and is executable.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
failed=0
complain() {
    echo "$1"
    failed=1
}
while read -r script; do
    [ -f "$script" ] || continue
    grep -qE '^set -(eu|eux|euo pipefail)$' "$script" || complain "$script: has no set -eu"
    case $(head -1 "$script") in
    '#!/bin/bash') bash -n "$script" || complain "$script: does not parse" ;;
    '#!/bin/sh') sh -n "$script" || complain "$script: does not parse" ;;
    '#'*) continue ;; # read by others, not run
    esac
    [ -x "$script" ] || complain "$script: is not executable"
done < <(git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run)
exit $failed
