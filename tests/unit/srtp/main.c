// SPDX-License-Identifier: Apache-2.0
#include "support.h"
#include <CUnit/Basic.h>
#include <stdio.h>

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS || engines_open() != 0)
        return 2;
    suite_suite();
    derive_keys_suite();
    keys_suite();
    packet_index_suite();
    replay_window_suite();
    hmac_sha1_suite();
    protect_suite();
    srtcp_suite();
    backends_suite();
    oracle_rtp_suite();
    oracle_rtcp_suite();
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    engines_close();
    return failed == 0 ? 0 : 1;
}
