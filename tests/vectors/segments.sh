#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Keeps the shared memory as this release writes it, for the next one to read: tests/vectors/segments.sh [BUILD]. Run once
# for each release, and when TABLES_ABI_VERSION rises; tests/unit/tables/meson.build names the file.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=${1:-$here/../../build}
header=$here/../../dataplane/tables/layout.h
abi=$(sed -n 's/^#define TABLES_ABI_VERSION *\([0-9]*\)u$/\1/p' "$header")
revision=$(sed -n 's/^#define TABLES_REVISION *\([0-9]*\)u$/\1/p' "$header")
"$build/tests/unit/tables/write-segments" >"$here/segments-$abi-$revision.bin"
echo "$here/segments-$abi-$revision.bin"
