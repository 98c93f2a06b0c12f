// SPDX-License-Identifier: Apache-2.0
// Proves: a release whose records have grown reads what the one before it wrote, writes its own fields beside it, and
// from then on the former one may read but not own. Built with later_release.h.
#include "former_release.h"
#include "release.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int fds[SEGMENT_KINDS];

// The vector is intent and state, one behind the other, each as long as its header says.
static void load(void)
{
    int read_only;
    FILE *file = fopen(getenv("NARU_FORMER_SEGMENTS"), "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int kind = SEGMENT_INTENT; kind <= SEGMENT_STATE; kind++) {
        size_t size = segment_size((enum segment_kind)kind, &former_limits, false);
        void *bytes = malloc(size);
        CU_ASSERT_EQUAL_FATAL(fread(bytes, size, 1, file), 1);
        fds[kind] = memfd_create("former", MFD_CLOEXEC);
        CU_ASSERT_EQUAL_FATAL(write(fds[kind], bytes, size), (ssize_t)size);
        free(bytes);
    }
    CU_ASSERT_EQUAL(fgetc(file), EOF);
    fclose(file);
    CU_ASSERT_EQUAL_FATAL(segment_create(SEGMENT_RINGS, &former_limits, false, &fds[SEGMENT_RINGS], &read_only), 0);
    close(read_only);
}

static void unload(void)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        close(fds[kind]);
}

static struct tables attach(enum tables_role role)
{
    struct tables tables;
    CU_ASSERT_EQUAL_FATAL(tables_attach(role, fds, &tables), 0);
    return tables;
}

// But for `grown`, which the former release did not know, and left zero.
#define CHECK_INTENT(record, type, expected)                                                                           \
    do {                                                                                                               \
        struct type read_back, wanted = (expected);                                                                    \
        CU_ASSERT_EQUAL(record_read(&(record)->head, &read_back, sizeof(read_back)), 2);                               \
        CU_ASSERT_EQUAL(read_back.grown, 0);                                                                           \
        CU_ASSERT_EQUAL(memcmp(&read_back, &wanted, sizeof(read_back)), 0);                                            \
    } while (0)

static void check_intents(const struct tables *tables)
{
    for (uint32_t i = 0; i < 2; i++) {
        CHECK_INTENT(tables_transport(tables, i), transport_intent, former_transport(i));
        CHECK_INTENT(tables_stream(tables, i), stream_intent, former_stream(i));
        CHECK_INTENT(tables_route(tables, i), route_intent, former_route(i));
    }
    CU_ASSERT_EQUAL(tables->segments[SEGMENT_INTENT]->ssrcs_issued, 4711);
}

static void check_state(const struct tables *tables)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct transport_state *transport = tables_transport_state(tables, i);
        const struct stream_state *stream = tables_stream_state(tables, i);
        const struct route_state *route = tables_route_state(tables, i);
        CU_ASSERT(transport->srtcp_index == FORMER_WINDOW + i && transport->rtcp_senders[15].ssrc == 3000 + i);
        CU_ASSERT(stream->bindings[3].ssrc == 1000 + i && stream->packets_given_up == 5 + i);
        CU_ASSERT(route->highest_index == FORMER_INDEX + i && route->rtx_octets == 6 + i);
    }
}

static void what_it_wrote_is_read(void)
{
    char why[256];
    load();
    CU_ASSERT_EQUAL(tables_check(TABLES_CONTROL, fds, why, sizeof(why)), 0);
    CU_ASSERT_EQUAL(tables_check(TABLES_DATAPLANE, fds, why, sizeof(why)), 0);
    CU_ASSERT_EQUAL(tables_check(TABLES_SUPERVISE, fds, why, sizeof(why)), 0);
    struct tables tables = attach(TABLES_SUPERVISE);
    check_intents(&tables);
    check_state(&tables);
    for (uint32_t i = 0; i < 2; i++)
        CU_ASSERT(tables_transport_state(&tables, i)->grown == 0 && tables_stream_state(&tables, i)->grown == 0 &&
                  tables_route_state(&tables, i)->grown == 0);
    CU_ASSERT_EQUAL(tables_worker_state(&tables, 0)->grown, 0);
    CU_ASSERT_EQUAL(tables_worker_state(&tables, 0)->received, 99);
    tables_detach(&tables);
    unload();
}

static void what_has_grown_stands_beside_it(void)
{
    load();
    struct tables tables = attach(TABLES_SUPERVISE);
    for (uint32_t i = 0; i < 2; i++) {
        tables_transport_state(&tables, i)->grown = UINT64_MAX;
        tables_stream_state(&tables, i)->grown = UINT64_MAX;
        tables_route_state(&tables, i)->grown = UINT64_MAX;
    }
    check_state(&tables);
    struct transport_intent intent = former_transport(0), found;
    intent.grown = 1234;
    record_publish(&tables_transport(&tables, 0)->head, &intent, sizeof(intent));
    CU_ASSERT_EQUAL(record_read(&tables_transport(&tables, 0)->head, &found, sizeof(found)), 3);
    CU_ASSERT(found.grown == 1234 && found.keys[1].epoch == 2);
    CHECK_INTENT(tables_transport(&tables, 1), transport_intent, former_transport(1));
    tables_detach(&tables);
    unload();
}

static void each_owner_signs_its_own(void)
{
    load();
    struct tables tables = attach(TABLES_CONTROL);
    CU_ASSERT_EQUAL(tables.segments[SEGMENT_INTENT]->revision, TABLES_REVISION);
    CU_ASSERT_EQUAL(tables.segments[SEGMENT_STATE]->revision, 4);
    tables_detach(&tables);
    tables = attach(TABLES_DATAPLANE);
    CU_ASSERT_EQUAL(tables.segments[SEGMENT_STATE]->revision, TABLES_REVISION);
    tables_detach(&tables);
    unload();
}

// Which has other names for its counters: what stands there is nobody's.
static void counters_of_other_names_begin_anew(void)
{
    load();
    struct tables tables = attach(TABLES_SUPERVISE);
    tables.segments[SEGMENT_STATE]->counter_names ^= 1;
    CU_ASSERT_FALSE(release_knows_counters(&tables));
    tables_detach(&tables);
    tables = attach(TABLES_DATAPLANE);
    CU_ASSERT(release_knows_counters(&tables));
    CU_ASSERT_EQUAL(tables_worker_state(&tables, 0)->received, 0);
    tables_detach(&tables);
    unload();
}

int main(void)
{
    if (CU_initialize_registry())
        return 1;
    CU_pSuite suite = CU_add_suite("segments of the former release", NULL, NULL);
    CU_ADD_TEST(suite, what_it_wrote_is_read);
    CU_ADD_TEST(suite, what_has_grown_stands_beside_it);
    CU_ADD_TEST(suite, each_owner_signs_its_own);
    CU_ADD_TEST(suite, counters_of_other_names_begin_anew);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
