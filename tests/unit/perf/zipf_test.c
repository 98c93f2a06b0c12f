// SPDX-License-Identifier: Apache-2.0
#include "perf_suites.h"
#include "zipf.h"

#include <CUnit/CUnit.h>
#include <math.h>

// 1 + 1/2 + 1/3 + 1/4 = 25/12.
static void the_share_of_each_is_its_rank(void)
{
    struct zipf zipf;
    CU_ASSERT_FATAL(zipf_open(4, &zipf) == 0);
    static const struct {
        double uniform;
        uint32_t source;
    } rows[] = {{0, 0}, {0.479, 0}, {0.481, 1}, {0.719, 1}, {0.721, 2}, {0.87, 2}, {0.881, 3}, {0.9, 3}, {0.999999, 3}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CU_ASSERT_EQUAL(zipf_pick(&zipf, rows[i].uniform), rows[i].source);
    zipf_close(&zipf);
}

static void many_draws_follow_it(void)
{
    enum { SOURCES = 1000, DRAWS = 200000 };
    static unsigned drawn[SOURCES];
    struct zipf zipf;
    CU_ASSERT_FATAL(zipf_open(SOURCES, &zipf) == 0);
    double sum = 0;
    for (unsigned i = 0; i < SOURCES; i++)
        sum += 1.0 / (i + 1);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t source = zipf_pick(&zipf, (i + 0.5) / DRAWS); // evenly: no luck in it
        CU_ASSERT_FATAL(source < SOURCES);
        drawn[source]++;
    }
    for (unsigned i = 0; i < SOURCES; i++)
        CU_ASSERT(fabs(drawn[i] - DRAWS / sum / (i + 1)) < 2);
    zipf_close(&zipf);
}

static void one_source_is_all(void)
{
    struct zipf zipf;
    CU_ASSERT_FATAL(zipf_open(1, &zipf) == 0);
    CU_ASSERT_EQUAL(zipf_pick(&zipf, 0), 0);
    CU_ASSERT_EQUAL(zipf_pick(&zipf, 0.99), 0);
    zipf_close(&zipf);
}

void zipf_suite(void)
{
    CU_pSuite suite = CU_add_suite("zipf", NULL, NULL);
    CU_ADD_TEST(suite, the_share_of_each_is_its_rank);
    CU_ADD_TEST(suite, many_draws_follow_it);
    CU_ADD_TEST(suite, one_source_is_all);
}
