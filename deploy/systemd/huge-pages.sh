#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# huge-pages.sh NARU-SUPERVISE CONFIG: raises the number of huge pages of 2 MiB so that as many are free as the configuration
# takes. With memory.huge-pages: auto the gateway starts with fewer, too.
set -eu
pool=/sys/kernel/mm/hugepages/hugepages-2048kB
need=$("$1" --config "$2" --huge-pages)
free=$(($(cat "$pool/free_hugepages") - $(cat "$pool/resv_hugepages")))
[ "$free" -lt "$need" ] || exit 0
all=$(($(cat "$pool/nr_hugepages") + need - free))
echo "$all" >"$pool/nr_hugepages"
[ "$(cat "$pool/nr_hugepages")" -ge "$all" ] || echo "naru: $(cat "$pool/nr_hugepages") of $all huge pages could be reserved" >&2
