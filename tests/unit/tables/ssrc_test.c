// SPDX-License-Identifier: Apache-2.0
// Proves: no egress SSRC is issued twice, not by another process either.
#include "segments.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tables_suites.h"

#define ISSUED 2000000u

static void no_ssrc_is_issued_twice(void)
{
    struct segments segments;
    struct tables control;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, segments.fds, &control), 0);
    uint8_t *seen = calloc(1u << 29, 1); // a bit for each of 2^32; only touched pages are real
    CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
    unsigned twice = 0;
    for (unsigned i = 0; i < ISSUED; i++) {
        uint32_t ssrc = tables_issue_ssrc(&control);
        twice += ssrc == 0 || seen[ssrc / 8] >> (ssrc % 8) & 1;
        seen[ssrc / 8] |= (uint8_t)(1 << (ssrc % 8));
    }
    CU_ASSERT_EQUAL(twice, 0);
    free(seen);
    tables_detach(&control);
    segments_close(&segments);
}

static void a_restarted_control_plane_goes_on_where_it_was(void)
{
    struct segments segments;
    struct tables control;
    uint32_t first, second;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, segments.fds, &control), 0);
    uint32_t start = control.segments[SEGMENT_INTENT]->ssrcs_issued;
    first = tables_issue_ssrc(&control);
    tables_detach(&control);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, segments.fds, &control), 0);
    second = tables_issue_ssrc(&control);
    CU_ASSERT_NOT_EQUAL(first, second);
    CU_ASSERT_EQUAL(control.segments[SEGMENT_INTENT]->ssrcs_issued, start + 2);
    tables_detach(&control);
    segments_close(&segments);
}

static void zero_is_skipped_where_the_counter_wraps(void)
{
    struct segments segments;
    struct tables control;
    segments_open(&segments);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, segments.fds, &control), 0);
    atomic_store(&control.segments[SEGMENT_INTENT]->ssrcs_issued, UINT32_MAX - 1);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_NOT_EQUAL(tables_issue_ssrc(&control), 0);
    tables_detach(&control);
    segments_close(&segments);
}

// RFC 3550 8.1: two gateways, or two starts of one, do not issue the same SSRCs.
static void the_first_is_random(void)
{
    struct segments one, other;
    struct tables control;
    uint32_t first[2];
    segments_open(&one);
    segments_open(&other);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, one.fds, &control), 0);
    first[0] = tables_issue_ssrc(&control);
    tables_detach(&control);
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_CONTROL, other.fds, &control), 0);
    first[1] = tables_issue_ssrc(&control);
    tables_detach(&control);
    CU_ASSERT_NOT_EQUAL(first[0], first[1]);
    segments_close(&one);
    segments_close(&other);
}

void ssrc_suite(void)
{
    CU_pSuite suite = CU_add_suite("segment: egress SSRCs", NULL, NULL);
    CU_ADD_TEST(suite, no_ssrc_is_issued_twice);
    CU_ADD_TEST(suite, a_restarted_control_plane_goes_on_where_it_was);
    CU_ADD_TEST(suite, the_first_is_random);
    CU_ADD_TEST(suite, zero_is_skipped_where_the_counter_wraps);
}
