// SPDX-License-Identifier: Apache-2.0
// Proves: a segment is attached only as this release made it, and no index leads outside its tables.
#include "segments.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tables_suites.h"

static size_t size_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) ? 0 : (size_t)status.st_size;
}

static void each_segment_has_the_size_that_was_foretold(void)
{
    struct segments segments;
    segments_open(&segments);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        size_t size = segment_size((enum segment_kind)kind, &small_limits, false);
        CU_ASSERT_EQUAL(size, size_of(segments.fds[kind]));
        CU_ASSERT_EQUAL(size % (size_t)sysconf(_SC_PAGESIZE), 0);
        CU_ASSERT_EQUAL(segment_size((enum segment_kind)kind, &small_limits, true) % (2u << 20), 0);
    }
    segments_close(&segments);
}

static void what_one_process_writes_the_other_reads(void)
{
    struct segments segments;
    struct tables control, dataplane;
    int fds[SEGMENT_KINDS];
    segments_open(&segments);
    segments_choose(&segments, TABLES_CONTROL, fds);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, fds, &control), 0);
    segments_choose(&segments, TABLES_DATAPLANE, fds);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_DATAPLANE, fds, &dataplane), 0);
    CU_ASSERT_EQUAL(memcmp(&dataplane.limits, &small_limits, sizeof(small_limits)), 0);
    struct shard_intent written = {.generation = 3, .worker = 1}, read;
    record_publish(&tables_shard(&control, 2)->head, &written, sizeof(written));
    CU_ASSERT_EQUAL(record_read(&tables_shard(&dataplane, 2)->head, &read, sizeof(read)), 1);
    CU_ASSERT_EQUAL(memcmp(&read, &written, sizeof(read)), 0);
    atomic_store(&tables_worker_state(&dataplane, 1)->epoch, 42);
    CU_ASSERT_EQUAL(tables_worker_state(&control, 1)->epoch, 42);
    tables_detach(&control);
    tables_detach(&dataplane);
    segments_close(&segments);
}

static void a_damaged_header_is_mended(void)
{
    struct segments segments;
    struct tables supervise, control;
    int fds[SEGMENT_KINDS];
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_SUPERVISE, segments.fds, &supervise), 0);
    uint32_t noted[SEGMENT_KINDS] = {0};
    CU_ASSERT_FALSE(tables_mend(&supervise, TABLES_CONTROL, noted));
    atomic_store(&supervise.segments[SEGMENT_INTENT]->reader_epoch, 7);
    for (size_t byte = 0; byte < offsetof(struct segment_header, reader_epoch); byte += 7) {
        ((uint8_t *)supervise.segments[SEGMENT_INTENT])[byte] ^= 0x5a;
        CU_ASSERT(tables_mend(&supervise, TABLES_CONTROL, noted));
    }
    segments_choose(&segments, TABLES_CONTROL, fds);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, fds, &control), 0);
    CU_ASSERT_EQUAL(atomic_load(&control.segments[SEGMENT_INTENT]->reader_epoch), 7); // what changes is left alone
    tables_detach(&control);
    tables_detach(&supervise);
    segments_close(&segments);
}

// A naru-control writes into the revisions whatever it likes, also between a start and its end.
static void a_revision_that_nobody_signed_is_mended(void)
{
    struct segments segments;
    struct tables supervise;
    uint32_t noted[SEGMENT_KINDS] = {0};
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_SUPERVISE, segments.fds, &supervise), 0);
    struct segment_header *const *headers = supervise.segments;
    CU_ASSERT_FALSE(tables_mend(&supervise, TABLES_CONTROL, noted));
    atomic_store(&headers[SEGMENT_INTENT]->revision, TABLES_REVISION + 1); // as a later release signs
    atomic_store(&headers[SEGMENT_RINGS]->revision, TABLES_REVISION + 1);
    tables_note_revisions(&supervise, TABLES_CONTROL, noted);
    CU_ASSERT_FALSE(tables_mend(&supervise, TABLES_CONTROL, noted));
    CU_ASSERT_FALSE(tables_mend(&supervise, TABLES_DATAPLANE, noted));
    atomic_store(&headers[SEGMENT_INTENT]->revision, UINT32_MAX);
    atomic_store(&headers[SEGMENT_RINGS]->revision, UINT32_MAX);
    tables_note_revisions(&supervise, TABLES_DATAPLANE, noted); // who has not signed them
    CU_ASSERT(tables_mend(&supervise, TABLES_DATAPLANE, noted));
    CU_ASSERT(tables_mend(&supervise, TABLES_CONTROL, noted));
    CU_ASSERT_EQUAL(atomic_load(&headers[SEGMENT_INTENT]->revision), TABLES_REVISION + 1);
    CU_ASSERT_EQUAL(atomic_load(&headers[SEGMENT_RINGS]->revision), TABLES_REVISION + 1);
    tables_detach(&supervise);
    segments_close(&segments);
}

static void only_both_places_fence(void)
{
    struct segments segments;
    struct tables supervise;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_SUPERVISE, segments.fds, &supervise), 0);
    tables_give_epoch(&supervise, TABLES_CONTROL, 6);
    tables_give_epoch(&supervise, TABLES_DATAPLANE, 7);
    CU_ASSERT_FALSE(tables_is_fenced(&supervise, TABLES_DATAPLANE, 7));
    CU_ASSERT(tables_is_fenced(&supervise, TABLES_DATAPLANE, 6));
    CU_ASSERT_FALSE(tables_is_fenced(&supervise, TABLES_CONTROL, 6));
    memset(supervise.segments[SEGMENT_INTENT], 0x5a, sizeof(struct segment_header)); // naru-control has gone mad
    CU_ASSERT_FALSE(tables_is_fenced(&supervise, TABLES_DATAPLANE, 7));
    tables_give_epoch(&supervise, TABLES_DATAPLANE, 0);
    CU_ASSERT(tables_is_fenced(&supervise, TABLES_DATAPLANE, 7));
    atomic_store(&supervise.segments[SEGMENT_INTENT]->reader_epoch, 8); // a supervisor of before writes only there
    CU_ASSERT_FALSE(tables_is_fenced(&supervise, TABLES_DATAPLANE, 8));
    tables_detach(&supervise);
    segments_close(&segments);
}

// Which byte of the header is wrong, and in which segment.
static void a_header_of_another_release_is_refused(void)
{
    static const struct {
        const char *what;
        size_t offset;
    } rows[] = {
        {"magic", offsetof(struct segment_header, magic)},
        {"ABI version", offsetof(struct segment_header, abi_version)},
        {"kind", offsetof(struct segment_header, kind)},
        {"layout hash", offsetof(struct segment_header, layout_hash)},
        {"size", offsetof(struct segment_header, size)},
        {"limits", offsetof(struct segment_header, limits.transports)},
        {"span offset", offsetof(struct segment_header, tables[TABLE_TRANSPORT].offset)},
        {"span count", offsetof(struct segment_header, tables[TABLE_WORKER].count)},
        {"record size", offsetof(struct segment_header, tables[TABLE_STREAM].record_size)},
    };
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
            struct segments segments;
            struct tables tables;
            uint8_t byte;
            segments_open(&segments);
            CU_ASSERT_EQUAL_FATAL(pread(segments.fds[kind], &byte, 1, (off_t)rows[row].offset), 1);
            byte ^= 0x01;
            CU_ASSERT_EQUAL_FATAL(pwrite(segments.fds[kind], &byte, 1, (off_t)rows[row].offset), 1);
            CU_ASSERT_EQUAL(tables_attach(TABLES_SUPERVISE, segments.fds, &tables), -EPROTO);
            segments_close(&segments);
        }
}

static void descriptors_in_the_wrong_order_are_refused(void)
{
    struct segments segments;
    struct tables tables;
    segments_open(&segments);
    const int swapped[SEGMENT_KINDS] = {segments.fds[1], segments.fds[0], segments.fds[2]};
    CU_ASSERT_EQUAL(tables_attach(TABLES_SUPERVISE, swapped, &tables), -EPROTO);
    const int closed[SEGMENT_KINDS] = {segments.fds[0], segments.fds[1], -1};
    CU_ASSERT_EQUAL(tables_attach(TABLES_SUPERVISE, closed, &tables), -EBADF);
    segments_close(&segments);
}

static void segments_of_two_configurations_are_refused(void)
{
    struct tables_limits other = small_limits;
    struct segments segments, others;
    struct tables tables;
    segments_open(&segments);
    other.transports *= 2;
    CU_ASSERT_EQUAL_FATAL(segment_create(SEGMENT_STATE, &other, false, &others.fds[0], &others.fds[1]), 0);
    const int mixed[SEGMENT_KINDS] = {segments.fds[0], others.fds[0], segments.fds[2]};
    CU_ASSERT_EQUAL(tables_attach(TABLES_SUPERVISE, mixed, &tables), -EPROTO);
    close(others.fds[0]);
    close(others.fds[1]);
    segments_close(&segments);
}

static void something_else_than_a_segment_is_refused(void)
{
    static const size_t sizes[] = {1, 100, 4096, 1 << 20};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tables tables;
        int fd = memfd_create("not-a-segment", MFD_CLOEXEC);
        CU_ASSERT_EQUAL_FATAL(ftruncate(fd, (off_t)sizes[i]), 0);
        const int fds[SEGMENT_KINDS] = {fd, fd, fd};
        CU_ASSERT_EQUAL(tables_attach(TABLES_SUPERVISE, fds, &tables), -EPROTO);
        close(fd);
    }
}

// Each pool that a worker indexes by number has its bound in layout.h.
static void limits_beyond_the_layout_are_refused(void)
{
    static const struct {
        const char *what;
        struct tables_limits limits;
    } rows[] = {
        {"no worker", {0, 4, 16, 16384, 8, 8, 8, 4}},
        {"too many workers", {TABLES_MAX_WORKERS + 1, 4, 16, 16384, 8, 8, 8, 4}},
        {"no shard", {1, 0, 16, 16384, 8, 8, 8, 4}},
        {"too many shards", {1, TABLES_MAX_SHARDS + 1, 16, 16384, 8, 8, 8, 4}},
        {"shards without ports", {1, 4, 0, 16384, 8, 8, 8, 4}},
        {"ports beyond 65535", {1, 64, 256, 65280, 8, 8, 8, 4}},
        {"too many transports", {1, 4, 16, 16384, TABLES_MAX_TRANSPORTS + 1, 8, 8, 4}},
        {"rings without slots", {1, 4, 16, 16384, 8, 8, 8, 0}},
        {"ring slots no power of two", {1, 4, 16, 16384, 8, 8, 8, 6}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fd = -1, read_only = -1;
        CU_ASSERT_EQUAL(segment_create(SEGMENT_RINGS, &rows[i].limits, false, &fd, &read_only), -EINVAL);
        close(fd);
        close(read_only);
    }
}

static void an_index_outside_its_table_is_no_record(void)
{
    struct segments segments;
    struct tables t;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_SUPERVISE, segments.fds, &t), 0);
    const uint32_t outside[] = {0, 1, 1000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        uint32_t more = outside[i] == UINT32_MAX ? 0 : outside[i];
        bool far = outside[i] == UINT32_MAX;
        CU_ASSERT_PTR_NULL(tables_shard(&t, far ? UINT32_MAX : small_limits.shards + more));
        CU_ASSERT_PTR_NULL(tables_transport(&t, far ? UINT32_MAX : small_limits.transports + more));
        CU_ASSERT_PTR_NULL(tables_transport_state(&t, far ? UINT32_MAX : small_limits.transports + more));
        CU_ASSERT_PTR_NULL(tables_stream(&t, far ? UINT32_MAX : small_limits.streams + more));
        CU_ASSERT_PTR_NULL(tables_stream_state(&t, far ? UINT32_MAX : small_limits.streams + more));
        CU_ASSERT_PTR_NULL(tables_route(&t, far ? UINT32_MAX : small_limits.routes + more));
        CU_ASSERT_PTR_NULL(tables_route_state(&t, far ? UINT32_MAX : small_limits.routes + more));
        CU_ASSERT_PTR_NULL(tables_worker_state(&t, far ? UINT32_MAX : small_limits.workers + more));
        CU_ASSERT_PTR_NULL(tables_port_state(&t, far ? UINT32_MAX : TABLES_MAX_PORTS + more));
        CU_ASSERT_PTR_NULL(tables_dirty(&t, far ? UINT32_MAX : small_limits.workers + more));
        CU_ASSERT_PTR_NULL(tables_ring(&t, small_limits.workers + more, RING_EVENT));
    }
    tables_detach(&t);
    segments_close(&segments);
}

static bool lies_inside(const struct tables *t, enum segment_kind kind, const void *record, size_t size)
{
    const uint8_t *start = (const uint8_t *)t->segments[kind], *at = record;
    return at >= start + sizeof(struct segment_header) && at + size <= start + t->sizes[kind] &&
           (uintptr_t)at % 64 == 0;
}

static void the_last_record_of_each_table_lies_inside(void)
{
    struct segments segments;
    struct tables t;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_SUPERVISE, segments.fds, &t), 0);
    const struct tables_limits *l = &small_limits;
    CU_ASSERT(lies_inside(&t, SEGMENT_INTENT, tables_shard(&t, l->shards - 1), sizeof(struct shard_intent_record)));
    CU_ASSERT(lies_inside(&t, SEGMENT_INTENT, tables_transport(&t, l->transports - 1),
                          sizeof(struct transport_intent_record)));
    CU_ASSERT(
        lies_inside(&t, SEGMENT_STATE, tables_transport_state(&t, l->transports - 1), sizeof(struct transport_state)));
    CU_ASSERT(lies_inside(&t, SEGMENT_INTENT, tables_stream(&t, l->streams - 1), sizeof(struct stream_intent_record)));
    CU_ASSERT(lies_inside(&t, SEGMENT_STATE, tables_stream_state(&t, l->streams - 1), sizeof(struct stream_state)));
    CU_ASSERT(lies_inside(&t, SEGMENT_INTENT, tables_route(&t, l->routes - 1), sizeof(struct route_intent_record)));
    CU_ASSERT(lies_inside(&t, SEGMENT_STATE, tables_route_state(&t, l->routes - 1), sizeof(struct route_state)));
    CU_ASSERT(lies_inside(&t, SEGMENT_STATE, tables_worker_state(&t, l->workers - 1), sizeof(struct worker_state)));
    CU_ASSERT(lies_inside(&t, SEGMENT_STATE, tables_port_state(&t, TABLES_MAX_PORTS - 1), sizeof(struct port_state)));
    CU_ASSERT(lies_inside(&t, SEGMENT_RINGS, tables_dirty(&t, l->workers - 1), sizeof(struct dirty_bitmap)));
    CU_ASSERT(lies_inside(&t, SEGMENT_RINGS, tables_ring(&t, l->workers - 1, RING_INJECT_ESTABLISHED),
                          sizeof(struct ring) + l->ring_slots * sizeof(struct ring_message)));
    CU_ASSERT(lies_inside(&t, SEGMENT_RINGS, tables_control_waker(&t), sizeof(struct ring_waker)));
    tables_detach(&t);
    segments_close(&segments);
}

static void a_port_finds_its_shard(void)
{
    static const struct {
        uint16_t port;
        uint32_t shard;
    } rows[] = {{16384, 0}, {16399, 0}, {16400, 1}, {16447, 3}, {16448, 4}, {16383, 4}, {0, 4}, {65535, 4}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(shard_of_port(&small_limits, rows[i].port), rows[i].shard); // 4: no shard owns it
    CU_ASSERT_EQUAL(shard_ice_port(&small_limits, 3), 16432);
}

void segment_suite(void)
{
    CU_pSuite suite = CU_add_suite("segment: shape and bounds", NULL, NULL);
    CU_ADD_TEST(suite, each_segment_has_the_size_that_was_foretold);
    CU_ADD_TEST(suite, what_one_process_writes_the_other_reads);
    CU_ADD_TEST(suite, a_damaged_header_is_mended);
    CU_ADD_TEST(suite, a_revision_that_nobody_signed_is_mended);
    CU_ADD_TEST(suite, only_both_places_fence);
    CU_ADD_TEST(suite, a_header_of_another_release_is_refused);
    CU_ADD_TEST(suite, descriptors_in_the_wrong_order_are_refused);
    CU_ADD_TEST(suite, segments_of_two_configurations_are_refused);
    CU_ADD_TEST(suite, something_else_than_a_segment_is_refused);
    CU_ADD_TEST(suite, limits_beyond_the_layout_are_refused);
    CU_ADD_TEST(suite, an_index_outside_its_table_is_no_record);
    CU_ADD_TEST(suite, the_last_record_of_each_table_lies_inside);
    CU_ADD_TEST(suite, a_port_finds_its_shard);
}
