# SPDX-License-Identifier: Apache-2.0
# Sourced by quickstart.sh: reserves 2 MiB pages for tables and packets, and gives them back.
set -euo pipefail

huge=/sys/kernel/mm/hugepages/hugepages-2048kB
spare_kb=$((512 * 1024)) # stay with the machine

huge_pages() {
    cat "$huge/$1" 2>/dev/null || echo 0
}

set_huge_pages() {
    { echo "$1" >"$huge/nr_hugepages"; } 2>/dev/null || true
}

available_kb() {
    awk '/^MemAvailable/ { print $2 }' /proc/meminfo
}

reserve_huge_pages() {
    local need total missing
    need=$("$supervise" --config "$state/naru.yaml" --huge-pages)
    total=$(huge_pages nr_hugepages)
    # What is reserved for a mapping counts as free until it is touched.
    missing=$((need + $(huge_pages resv_hugepages) - $(huge_pages free_hugepages)))
    memory="$need huge pages of 2 MiB"
    if [ "$missing" -gt 0 ] && ! add_huge_pages "$total" "$missing"; then
        memory="4 KiB pages"
        warn "no $missing huge pages of 2 MiB to be had: going on in 4 KiB pages, which is slower; free some memory, or reserve them at boot (hugepages=$need)"
    fi
    remember memory "$memory"
}

add_huge_pages() {
    local total=$1 missing=$2
    [ $((missing * 2048)) -lt $(($(available_kb) - spare_kb)) ] || return 1
    remember huge_pages_added "$missing" # first: should this script be killed here, --stop puts right what was done
    set_huge_pages $((total + missing))
    [ "$(huge_pages nr_hugepages)" -lt $((total + missing)) ] || return 0
    set_huge_pages "$total"
    remember huge_pages_added 0
    return 1
}

# Takes away what was added: somebody else may have reserved some in between.
release_huge_pages() {
    local total
    [ "${huge_pages_added:-0}" -gt 0 ] || return 0
    total=$(huge_pages nr_hugepages)
    set_huge_pages $((total > huge_pages_added ? total - huge_pages_added : 0))
}
