// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>

#include "peers_suites.h"

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    bencode_suite();
    pace_suite();
    sdes_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
