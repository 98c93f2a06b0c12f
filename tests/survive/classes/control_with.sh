# SPDX-License-Identifier: Apache-2.0
# Sourced by classes that start naru-control under conditions of its own.
set -euo pipefail

# COMMANDS: a shell runs them before it becomes naru-control, at each of its starts.
control_with() {
    bin_directory=$work/bin
    mkdir -p "$bin_directory"
    ln -sf "$build/deploy/supervise/embedded-device.sh" "$build/dataplane/naru-dataplane" "$bin_directory"
    printf '#!/bin/sh\n%s\nexec "%s" "$@"\n' "$1" "$build/mgmt-api/naru-control" >"$bin_directory/naru-control"
    chmod +x "$bin_directory/naru-control"
}
