// SPDX-License-Identifier: Apache-2.0
#include "measure.h"
#include "perf_suites.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

static struct series a, b, sum;

static void quantiles_pass_over_what_was_not_measured(void)
{
    memset(&a, 0, sizeof(a));
    CU_ASSERT(isnan(series_median(&a)));
    static const double values[] = {5, NAN, 1, 4, 2, NAN, 3};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        series_add(&a, values[i]);
    CU_ASSERT_EQUAL(series_quantile(&a, 0), 1);
    CU_ASSERT_EQUAL(series_median(&a), 3);
    CU_ASSERT_EQUAL(series_quantile(&a, 1), 5);
}

// Two that a slow machine slows alike keep their ratio; the ratio of the medians would not say so.
static void a_ratio_is_that_of_slices_beside_each_other(void)
{
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    for (unsigned i = 0; i < 100; i++) {
        double slow = i % 10 < 4 ? 3 : 1;
        series_add(&a, i == 7 ? NAN : 120 * slow);
        series_add(&b, 100 * slow);
    }
    CU_ASSERT_DOUBLE_EQUAL(series_ratio(&a, &b), 1.2, 1e-9);
    series_sum(&a, &b, &sum);
    CU_ASSERT_EQUAL(sum.count, 100);
    CU_ASSERT_EQUAL(sum.values[0], 660);
    CU_ASSERT(isnan(sum.values[7]));
}

static void no_more_than_there_is_room_for(void)
{
    memset(&a, 0, sizeof(a));
    for (unsigned i = 0; i < SERIES_MAX + 10; i++)
        series_add(&a, i);
    CU_ASSERT_EQUAL(a.count, SERIES_MAX);
}

void measure_suite(void)
{
    CU_pSuite suite = CU_add_suite("measure", NULL, NULL);
    CU_ADD_TEST(suite, quantiles_pass_over_what_was_not_measured);
    CU_ADD_TEST(suite, a_ratio_is_that_of_slices_beside_each_other);
    CU_ADD_TEST(suite, no_more_than_there_is_room_for);
}
