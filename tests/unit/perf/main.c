// SPDX-License-Identifier: Apache-2.0
#include "perf_suites.h"

#include <CUnit/Basic.h>

int main(void)
{
    CU_initialize_registry();
    histogram_suite();
    measure_suite();
    plot_suite();
    search_suite();
    zipf_suite();
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
