#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every C file is as clang-format leaves it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
if ! command -v clang-format >/dev/null; then
    echo "skipped: clang-format is not installed"
    exit 77
fi
git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' | while IFS= read -r -d '' file; do
    [ ! -f "$file" ] || printf '%s\0' "$file"
done | xargs -0 -r -n 16 -P 2 clang-format --dry-run -Werror
