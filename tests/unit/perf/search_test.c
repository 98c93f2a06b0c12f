// SPDX-License-Identifier: Apache-2.0
#include "perf_suites.h"
#include "search.h"

#include <CUnit/CUnit.h>

struct device {
    double holds_up_to;
    unsigned trials;
};

static bool holds(void *context, double rate)
{
    struct device *device = context;
    device->trials++;
    return rate <= device->holds_up_to;
}

static void finds_the_rate_within_its_resolution(void)
{
    static const struct {
        double holds_up_to, low, high;
        unsigned most_trials;
    } rows[] = {{1e6, 0, 8e6, 12}, {1, 0, 8e6, 40}, {8e6, 0, 8e6, 1}, {9e6, 0, 8e6, 1}, {3.3e6, 2e6, 4e6, 8}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct device device = {.holds_up_to = rows[i].holds_up_to};
        struct search search = {
            .low = rows[i].low, .high = rows[i].high, .resolution = 0.01, .holds = holds, .context = &device};
        double found = search_highest(&search), wanted = rows[i].holds_up_to;
        if (wanted > rows[i].high)
            wanted = rows[i].high;
        CU_ASSERT(found <= wanted && found >= wanted * 0.98);
        CU_ASSERT(device.trials <= rows[i].most_trials);
    }
}

static void nothing_that_holds_is_the_lowest(void)
{
    struct device device = {.holds_up_to = 10};
    struct search search = {.low = 100, .high = 1000, .resolution = 0.01, .holds = holds, .context = &device};
    CU_ASSERT_EQUAL(search_highest(&search), 100);
}

void search_suite(void)
{
    CU_pSuite suite = CU_add_suite("search", NULL, NULL);
    CU_ADD_TEST(suite, finds_the_rate_within_its_resolution);
    CU_ADD_TEST(suite, nothing_that_holds_is_the_lowest);
}
