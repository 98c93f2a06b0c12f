// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>

#include "media_suites.h"

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    twcc_suite();
    bandwidth_suite();
    history_suite();
    missing_suite();
    retransmission_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
