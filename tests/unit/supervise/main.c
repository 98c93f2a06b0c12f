// SPDX-License-Identifier: Apache-2.0
#include "suites.h"

#include <CUnit/Basic.h>

int main(void)
{
    if (CU_initialize_registry())
        return 1;
    chronicle_suite();
    embedded_device_suite();
    messages_suite();
    restart_policy_suite();
    watchdog_suite();
    tcp_listeners_suite();
    threads_suite();
    trial_suite();
    supervisor_suite();
    succession_suite();
    upgrade_suite();
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failed != 0;
}
