// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>

#include "wire_suites.h"

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    address_suite();
    channel_data_suite();
    demux_suite();
    dtls_record_suite();
    extension_plan_suite();
    feedback_suite();
    rtcp_suite();
    rtcp_corpus_suite();
    rtp_suite();
    rtp_extension_suite();
    stun_suite();
    stun_writer_suite();
    tcp_frame_suite();
    stun_vectors_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
