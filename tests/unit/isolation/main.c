// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>
#include <stdio.h>

#include "isolation_suites.h"

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0); // children of fork must not print it again
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    identity_suite();
    standing_suite();
    syscall_filter_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
