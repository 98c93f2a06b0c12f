// SPDX-License-Identifier: Apache-2.0
#include "histogram.h"
#include "perf_suites.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

static struct histogram histogram, other;

static void small_values_are_exact(void)
{
    memset(&histogram, 0, sizeof(histogram));
    CU_ASSERT(isnan(histogram_quantile(&histogram, 0.5)));
    for (uint64_t value = 1; value <= 60; value++)
        histogram_add(&histogram, value);
    static const struct {
        double share, value;
    } rows[] = {{0, 1}, {1 / 60.0, 1}, {0.5, 30}, {0.9, 54}, {0.99, 60}, {1, 60}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CU_ASSERT_EQUAL(histogram_quantile(&histogram, rows[i].share), rows[i].value);
}

static void large_values_are_within_two_percent(void)
{
    for (uint64_t value = 63; value < 1ULL << 40; value += value / 7 + 1) {
        memset(&histogram, 0, sizeof(histogram));
        histogram_add(&histogram, value);
        histogram_add(&histogram, 4 * value); // so that the largest is not the answer
        double found = histogram_quantile(&histogram, 0.5);
        CU_ASSERT(found >= (double)value && found <= 1.02 * (double)value);
        CU_ASSERT_EQUAL(histogram.largest, 4 * value);
        CU_ASSERT_EQUAL(histogram_quantile(&histogram, 1), 4.0 * (double)value);
    }
}

static void what_is_beyond_all_buckets_is_counted(void)
{
    memset(&histogram, 0, sizeof(histogram));
    histogram_add(&histogram, UINT64_MAX);
    CU_ASSERT_EQUAL(histogram.count, 1);
    CU_ASSERT(histogram_quantile(&histogram, 1) > 1e12);
}

static void two_add_up(void)
{
    memset(&histogram, 0, sizeof(histogram));
    memset(&other, 0, sizeof(other));
    for (unsigned i = 0; i < 99; i++)
        histogram_add(&histogram, 10);
    histogram_add(&other, 5000);
    histogram_merge(&histogram, &other);
    CU_ASSERT_EQUAL(histogram.count, 100);
    CU_ASSERT_EQUAL(histogram_quantile(&histogram, 0.99), 10);
    CU_ASSERT_EQUAL(histogram_quantile(&histogram, 1), 5000);
}

void histogram_suite(void)
{
    CU_pSuite suite = CU_add_suite("histogram", NULL, NULL);
    CU_ADD_TEST(suite, small_values_are_exact);
    CU_ADD_TEST(suite, large_values_are_within_two_percent);
    CU_ADD_TEST(suite, what_is_beyond_all_buckets_is_counted);
    CU_ADD_TEST(suite, two_add_up);
}
