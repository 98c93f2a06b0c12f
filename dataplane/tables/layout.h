// SPDX-License-Identifier: Apache-2.0
// The shape of the three shared segments: header, tables, limits. Plain data: indices and fixed records, no pointers.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#define TABLES_MAGIC 0x6e6172752d746162ULL // "naru-tab"
// Rises when a record changes its shape: then nothing of the former release can be read.
#define TABLES_ABI_VERSION 3u
// Rises when a record grows: new fields take the front of its spare room, which a former release has left zero, so that
// a later one reads what a former one wrote.
#ifndef TABLES_REVISION
#define TABLES_REVISION 4u
#endif
#ifndef TABLES_SPARE
#define TABLES_SPARE(bytes) uint8_t spare[bytes]
#endif

#define TABLES_MAX_WORKERS    16u
#define TABLES_MAX_SHARDS     256u
#define TABLES_MAX_PORTS      8u
#define TABLES_MAX_TRANSPORTS (1u << 18) // what three levels of 64 dirty bits can name
#define TABLES_CACHE_LINE     64u

// Which process may write a segment: intent belongs to naru-control, state to naru-dataplane, rings to both.
enum segment_kind { SEGMENT_INTENT, SEGMENT_STATE, SEGMENT_RINGS, SEGMENT_KINDS };

enum table_kind {
    TABLE_SHARD,
    TABLE_TRANSPORT,
    TABLE_STREAM,
    TABLE_ROUTE,
    TABLE_WORKER,
    TABLE_PORT,
    TABLE_DIRTY,
    TABLE_RING,
    TABLE_KINDS
};

// How large the pools are; chosen once, when the segments are made.
struct tables_limits {
    uint32_t workers;
    uint32_t shards;
    uint32_t ports_per_shard;
    uint32_t first_port; // UDP, aligned to shards * ports_per_shard; shard s owns first_port + s * ports_per_shard ...
    uint32_t transports;
    uint32_t streams;
    uint32_t routes;
    uint32_t ring_slots; // a power of two
};

struct table_span {
    uint64_t offset; // bytes from the start of the segment, 64-byte aligned
    uint32_t count;
    uint32_t record_size; // bytes, with the spare room
};

// Each segment starts with it. Writer: naru-supervise at creation, but for the fields that name another writer.
struct segment_header {
    uint64_t magic;
    uint32_t abi_version;
    uint32_t kind;
    uint64_t layout_hash; // over ABI version, limits and spans: both processes must agree on it
    uint64_t size;
    struct tables_limits limits;
    struct table_span tables[TABLE_KINDS];

    // Writer: naru-supervise. The epoch of the process that may act now: a process that holds an older one stops. The
    // intent segment carries the dataplane's, the state segment naru-control's; their partners can write it, though.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t reader_epoch;

    // Writer: the segment's owner. Monotonic nanoseconds of its last sign of life, and its process id.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t heartbeat;
    _Atomic uint64_t owner_epoch; // the epoch under which the owner took over
    _Atomic uint32_t owner_pid;
    _Atomic uint32_t owner_ready; // 1 once the owner serves

    // Writer: naru-control (intent segment). How many egress SSRCs were ever issued: none is issued twice.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t ssrcs_issued;

    // Writer: naru-control (intent segment), for its successors: what an operator is emptying. A bit per worker; the
    // shards' flags stand in their records.
    _Atomic uint32_t gateway_draining;
    _Atomic uint32_t workers_draining;

    // Writer: the segment's owner. The latest release that wrote here; and, of naru-dataplane, which names its counters
    // have (release.h).
    _Atomic uint32_t revision;
    _Atomic uint64_t counter_names;
    _Atomic uint64_t acting_epoch; // writer: naru-supervise. The owner's, which stops when both are not its own
    TABLES_SPARE(96);
};
_Static_assert(sizeof(struct segment_header) % TABLES_CACHE_LINE == 0, "tables start on a cache line");

// A reference that goes stale by itself: it counts only while the record's generation is the same.
struct record_link {
    uint32_t index;
    uint32_t generation; // 0: no record
};
