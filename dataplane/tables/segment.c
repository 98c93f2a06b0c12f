// SPDX-License-Identifier: Apache-2.0
#include "segment.h"
#include "release.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define HUGE_PAGE (2UL << 20)
#ifndef MFD_HUGE_2MB // stands in linux/memfd.h alone, which does not go together with sys/mman.h
#define MFD_HUGE_2MB (21U << 26)
#endif

static const char *const segment_names[SEGMENT_KINDS] = {"naru-intent", "naru-state", "naru-rings"};

// What arrays of fixed size, masks and 16-bit ports elsewhere rely on.
static bool are_sound(const struct tables_limits *limits)
{
    uint64_t ports = (uint64_t)limits->shards * limits->ports_per_shard;
    return limits->workers && limits->workers <= TABLES_MAX_WORKERS && limits->shards &&
           limits->shards <= TABLES_MAX_SHARDS && limits->ports_per_shard && limits->first_port + ports <= 65536 &&
           limits->transports <= TABLES_MAX_TRANSPORTS && limits->ring_slots &&
           (limits->ring_slots & (limits->ring_slots - 1)) == 0;
}

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

static void span_set(struct segment_header *header, enum table_kind table, uint64_t count, uint64_t record_size)
{
    header->tables[table].count = (uint32_t)count;
    header->tables[table].record_size = (uint32_t)round_up(record_size, TABLES_CACHE_LINE);
}

static void spans_fill(struct segment_header *header, enum segment_kind kind, const struct tables_limits *limits)
{
    bool intent = kind == SEGMENT_INTENT;
    if (kind == SEGMENT_RINGS) {
        span_set(header, TABLE_DIRTY, limits->workers, sizeof(struct dirty_bitmap));
        span_set(header, TABLE_RING, limits->workers * RING_KINDS,
                 sizeof(struct ring) + (uint64_t)limits->ring_slots * sizeof(struct ring_message));
        span_set(header, TABLE_WORKER, limits->workers + 1, sizeof(struct ring_waker)); // the last is control's
        return;
    }
    span_set(header, TABLE_TRANSPORT, limits->transports,
             intent ? sizeof(struct transport_intent_record) : sizeof(struct transport_state));
    span_set(header, TABLE_STREAM, limits->streams,
             intent ? sizeof(struct stream_intent_record) : sizeof(struct stream_state));
    span_set(header, TABLE_ROUTE, limits->routes,
             intent ? sizeof(struct route_intent_record) : sizeof(struct route_state));
    if (intent)
        span_set(header, TABLE_SHARD, limits->shards, sizeof(struct shard_intent_record));
    else
        span_set(header, TABLE_WORKER, limits->workers, sizeof(struct worker_state));
    if (!intent)
        span_set(header, TABLE_PORT, TABLES_MAX_PORTS, sizeof(struct port_state));
}

// FNV-1a over what both processes must agree on; a checksum of shape, not a defence.
static uint64_t hash_layout(const struct segment_header *header)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    const struct {
        const void *data;
        size_t size;
    } parts[] = {{&header->abi_version, 4},
                 {&header->kind, 4},
                 {&header->limits, sizeof(header->limits)},
                 {header->tables, sizeof(header->tables)}};
    for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++)
        for (size_t i = 0; i < parts[part].size; i++)
            hash = (hash ^ ((const uint8_t *)parts[part].data)[i]) * 0x100000001b3ULL;
    return hash;
}

static void header_fill(enum segment_kind kind, const struct tables_limits *limits, bool huge,
                        struct segment_header *ret_header)
{
    memset(ret_header, 0, sizeof(*ret_header));
    ret_header->magic = TABLES_MAGIC;
    ret_header->abi_version = TABLES_ABI_VERSION;
    ret_header->kind = kind;
    ret_header->limits = *limits;
    spans_fill(ret_header, kind, limits);
    uint64_t offset = sizeof(*ret_header);
    for (unsigned table = 0; table < TABLE_KINDS; table++) {
        ret_header->tables[table].offset = offset;
        offset += (uint64_t)ret_header->tables[table].count * ret_header->tables[table].record_size;
    }
    ret_header->size = round_up(offset, huge ? HUGE_PAGE : (uint64_t)sysconf(_SC_PAGESIZE));
    ret_header->layout_hash = hash_layout(ret_header);
    atomic_init(&ret_header->revision, TABLES_REVISION);
}

size_t segment_size(enum segment_kind kind, const struct tables_limits *limits, bool huge)
{
    struct segment_header header;
    header_fill(kind, limits, huge, &header);
    return header.size;
}

int segment_reopen_read_only(int fd)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int read_only = open(path, O_RDONLY | O_CLOEXEC);
    return read_only < 0 ? -errno : read_only;
}

static int header_write(int fd, const struct segment_header *header)
{
    if (ftruncate(fd, (off_t)header->size))
        return -errno;
    void *memory = mmap(NULL, header->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    memcpy(memory, header, sizeof(*header));
    munmap(memory, header->size);
    // Who may only read it and is not its owner cannot open it again for more.
    if (fchmod(fd, S_IRUSR | S_IWUSR))
        return -errno;
    // A broken process that shrank it would take the others down with SIGBUS.
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ? -errno : 0;
}

int segment_create(enum segment_kind kind, const struct tables_limits *limits, bool huge, int *ret_fd,
                   int *ret_read_only_fd)
{
    struct segment_header header;
    if (!are_sound(limits))
        return -EINVAL;
    header_fill(kind, limits, huge, &header);
    // Where the SSRCs begin is random (RFC 3550 8.1); the bijection keeps them apart from there on.
    uint32_t first_ssrc;
    if (getrandom(&first_ssrc, sizeof(first_ssrc), 0) != sizeof(first_ssrc))
        return -EAGAIN;
    atomic_init(&header.ssrcs_issued, first_ssrc);
    int fd =
        memfd_create(segment_names[kind], MFD_CLOEXEC | MFD_ALLOW_SEALING | (huge ? MFD_HUGETLB | MFD_HUGE_2MB : 0));
    if (fd < 0)
        return -errno;
    int error = header_write(fd, &header);
    int read_only = error ? error : segment_reopen_read_only(fd);
    if (read_only < 0) {
        close(fd);
        return read_only;
    }
    *ret_fd = fd;
    *ret_read_only_fd = read_only;
    return 0;
}

static bool writes(enum tables_role role, enum segment_kind kind)
{
    return role == TABLES_SUPERVISE || kind == SEGMENT_RINGS ||
           (kind == SEGMENT_INTENT ? role == TABLES_CONTROL : role == TABLES_DATAPLANE);
}

// Whose records this role writes: there nothing may stand that a later release has put into the spare room.
static bool owns(enum tables_role role, enum segment_kind kind)
{
    return role != TABLES_SUPERVISE && writes(role, kind);
}

// The header is the other side's word: recompute what it must be, and compare. 0, or -EPROTO and why.
static int header_check(const struct segment_header *header, enum segment_kind kind, size_t size, enum tables_role role,
                        struct segment_header *ret_expected, const char **ret_why)
{
    *ret_why = "it is no segment of naru's";
    if (size < sizeof(*header) || header->magic != TABLES_MAGIC)
        return -EPROTO;
    *ret_why = header->abi_version > TABLES_ABI_VERSION
                   ? "its records have the shape of a later release, which this one does not know"
                   : "its records have the shape of a former release, which this one does not know";
    if (header->abi_version != TABLES_ABI_VERSION)
        return -EPROTO;
    *ret_why = "its header contradicts itself";
    if (header->kind != (uint32_t)kind || header->size != size || !are_sound(&header->limits))
        return -EPROTO;
    header_fill(kind, &header->limits, size % HUGE_PAGE == 0, ret_expected);
    if (ret_expected->layout_hash != header->layout_hash || ret_expected->size > size ||
        memcmp(ret_expected->tables, header->tables, sizeof(header->tables)))
        return -EPROTO;
    *ret_why = "a later release has written records with more in them than this one knows";
    uint32_t revision = atomic_load_explicit((_Atomic uint32_t *)&header->revision, memory_order_relaxed);
    return owns(role, kind) && revision > TABLES_REVISION ? -EPROTO : 0;
}

static int segment_map(struct tables *tables, enum segment_kind kind, int fd)
{
    struct stat status;
    if (fstat(fd, &status))
        return -errno;
    size_t size = (size_t)status.st_size;
    int protection = PROT_READ | (writes(tables->role, kind) ? PROT_WRITE : 0);
    void *memory = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    tables->segments[kind] = memory;
    tables->sizes[kind] = size;
    (void)madvise(memory, size, MADV_DONTDUMP); // keys stay out of core dumps
    if (kind == SEGMENT_INTENT)                 // and off the swap device: pages that are used, when they are used
        tables->keys_are_locked = !mlock2(memory, size, MLOCK_ONFAULT);
    struct segment_header expected;
    const char *why;
    int error = header_check(memory, kind, size, tables->role, &expected, &why);
    if (!error)
        memcpy(tables->spans[kind], expected.tables, sizeof(expected.tables));
    return error;
}

static enum segment_kind owned_by(enum tables_role role)
{
    return role == TABLES_CONTROL ? SEGMENT_INTENT : SEGMENT_STATE;
}

void tables_give_epoch(const struct tables *tables, enum tables_role role, uint64_t epoch)
{
    enum tables_role partner = role == TABLES_CONTROL ? TABLES_DATAPLANE : TABLES_CONTROL;
    atomic_store(&tables->segments[owned_by(partner)]->reader_epoch, epoch);
    atomic_store(&tables->segments[owned_by(role)]->acting_epoch, epoch);
}

bool tables_is_fenced(const struct tables *tables, enum tables_role role, uint64_t epoch)
{
    enum tables_role partner = role == TABLES_CONTROL ? TABLES_DATAPLANE : TABLES_CONTROL;
    return atomic_load(&tables->segments[owned_by(partner)]->reader_epoch) != epoch &&
           atomic_load(&tables->segments[owned_by(role)]->acting_epoch) != epoch;
}

// Both sign the rings: what is written there is never below what either has signed in its own segment.
void tables_note_revisions(const struct tables *tables, enum tables_role role, uint32_t noted[SEGMENT_KINDS])
{
    uint32_t revision = atomic_load(&tables->segments[owned_by(role)]->revision);
    noted[owned_by(role)] = revision;
    if (noted[SEGMENT_RINGS] < revision)
        noted[SEGMENT_RINGS] = revision;
}

static bool mend_revision(struct segment_header *header, uint32_t *noted)
{
    if (!*noted) // a supervisor before this one noted nothing
        *noted = atomic_load(&header->revision);
    return atomic_exchange(&header->revision, *noted) != *noted;
}

bool tables_mend(const struct tables *tables, enum tables_role role, uint32_t noted[SEGMENT_KINDS])
{
    const size_t fixed = offsetof(struct segment_header, reader_epoch);
    bool was_damaged = false;
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        struct segment_header expected;
        header_fill((enum segment_kind)kind, &tables->limits, tables->sizes[kind] % HUGE_PAGE == 0, &expected);
        bool is_whole = memcmp(tables->segments[kind], &expected, fixed) == 0;
        if (!is_whole)
            memcpy(tables->segments[kind], &expected, fixed);
        was_damaged |= !is_whole;
    }
    // Not the partner's, which may be signing its own in this moment.
    was_damaged |= mend_revision(tables->segments[owned_by(role)], &noted[owned_by(role)]);
    was_damaged |= mend_revision(tables->segments[SEGMENT_RINGS], &noted[SEGMENT_RINGS]);
    return was_damaged;
}

static int file_check(int fd, enum segment_kind kind, enum tables_role role, const char **ret_why)
{
    struct segment_header header, expected;
    struct stat status;
    *ret_why = "it cannot be read";
    if (fstat(fd, &status))
        return -errno;
    memset(&header, 0, sizeof(header));
    if (pread(fd, &header, sizeof(header), 0) < 0)
        return -errno;
    return header_check(&header, kind, (size_t)status.st_size, role, &expected, ret_why);
}

int tables_check(enum tables_role role, const int fds[SEGMENT_KINDS], char *ret_why, size_t size)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        const char *why;
        int error = file_check(fds[kind], (enum segment_kind)kind, role, &why);
        if (!error)
            continue;
        snprintf(ret_why, size, "the shared memory cannot be taken over: %s: %s; stop and start the gateway instead",
                 segment_names[kind], why);
        return error;
    }
    return 0;
}

int tables_attach(enum tables_role role, const int fds[SEGMENT_KINDS], struct tables *ret_tables)
{
    struct tables tables = {.role = role};
    int error = 0;
    for (int kind = 0; kind < SEGMENT_KINDS && !error; kind++)
        error = segment_map(&tables, (enum segment_kind)kind, fds[kind]);
    for (int kind = 1; kind < SEGMENT_KINDS && !error; kind++)
        if (memcmp(&tables.segments[kind]->limits, &tables.segments[0]->limits, sizeof(tables.limits)))
            error = -EPROTO;
    if (error) {
        tables_detach(&tables);
        return error;
    }
    tables.limits = tables.segments[SEGMENT_INTENT]->limits;
    release_sign(&tables);
    *ret_tables = tables;
    return 0;
}

int tables_limits_read(int fd, struct tables_limits *ret_limits)
{
    struct segment_header header;
    if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
        return -EPROTO;
    *ret_limits = header.limits;
    return 0;
}

void tables_detach(struct tables *tables)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        if (tables->segments[kind])
            munmap(tables->segments[kind], tables->sizes[kind]);
    memset(tables, 0, sizeof(*tables));
}

static void *at(const struct tables *tables, enum segment_kind segment, enum table_kind table, uint32_t index)
{
    struct segment_header *header = tables->segments[segment];
    const struct table_span *span = &tables->spans[segment][table];
    return index < span->count ? (uint8_t *)header + span->offset + (uint64_t)index * span->record_size : NULL;
}

struct shard_intent_record *tables_shard(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_INTENT, TABLE_SHARD, index);
}

struct transport_intent_record *tables_transport(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_INTENT, TABLE_TRANSPORT, index);
}

struct transport_state *tables_transport_state(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_STATE, TABLE_TRANSPORT, index);
}

struct stream_intent_record *tables_stream(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_INTENT, TABLE_STREAM, index);
}

struct stream_state *tables_stream_state(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_STATE, TABLE_STREAM, index);
}

struct route_intent_record *tables_route(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_INTENT, TABLE_ROUTE, index);
}

struct route_state *tables_route_state(const struct tables *tables, uint32_t index)
{
    return at(tables, SEGMENT_STATE, TABLE_ROUTE, index);
}

struct worker_state *tables_worker_state(const struct tables *tables, uint32_t worker)
{
    return at(tables, SEGMENT_STATE, TABLE_WORKER, worker);
}

struct port_state *tables_port_state(const struct tables *tables, uint32_t port)
{
    return at(tables, SEGMENT_STATE, TABLE_PORT, port);
}

struct dirty_bitmap *tables_dirty(const struct tables *tables, uint32_t worker)
{
    return at(tables, SEGMENT_RINGS, TABLE_DIRTY, worker);
}

struct ring *tables_ring(const struct tables *tables, uint32_t worker, enum ring_kind kind)
{
    return at(tables, SEGMENT_RINGS, TABLE_RING, worker * RING_KINDS + kind);
}

struct ring_waker *tables_worker_waker(const struct tables *tables, uint32_t worker)
{
    return at(tables, SEGMENT_RINGS, TABLE_WORKER, worker);
}

struct ring_waker *tables_control_waker(const struct tables *tables)
{
    return at(tables, SEGMENT_RINGS, TABLE_WORKER, tables->limits.workers);
}

// A permutation of 32 bits (xorshift and odd multiplications are each invertible).
static uint32_t permute(uint32_t value)
{
    value ^= value >> 16;
    value *= 0x7feb352dU;
    value ^= value >> 15;
    value *= 0x846ca68bU;
    value ^= value >> 16;
    return value;
}

uint32_t tables_issue_ssrc(struct tables *tables)
{
    _Atomic uint32_t *issued = &tables->segments[SEGMENT_INTENT]->ssrcs_issued;
    uint32_t ssrc;
    do // 0 means "none" in the records
        ssrc = permute(atomic_fetch_add_explicit(issued, 1, memory_order_relaxed) + 1);
    while (ssrc == 0);
    return ssrc;
}
