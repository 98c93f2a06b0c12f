// SPDX-License-Identifier: Apache-2.0
#include <CUnit/Basic.h>
#include <srtp2/srtp.h>
#include <stdio.h>

#include "gateway.h"
#include "nodes_suites.h"

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS || srtp_init() != srtp_err_status_ok)
        return 1;
    if (gateway_start()) {
        fprintf(stderr, "unit-nodes: the EAL or its ring devices did not start\n");
        return 1;
    }
    input_suite();
    checksum_suite();
    claims_suite();
    arp_input_suite();
    port_tx_suite();
    nd_input_suite();
    neighbour_suite();
    stun_reply_suite();
    full_agent_suite();
    packet_pool_suite();
    object_pool_suite();
    path_suite();
    path_proof_suite();
    udp_classify_suite();
    dtls_punt_suite();
    carried_suite();
    srtp_unprotect_suite();
    rtp_rewrite_suite();
    fan_out_suite();
    rtcp_input_suite();
    restart_suite();
    poison_suite();
    rtx_send_suite();
    rtx_receive_suite();
    repair_suite();
    index_safety_suite();
    install_suite();
    handoff_suite();
    spill_suite();
    handover_suite();
    handover_rooms_suite();
    walk_clock_suite();
    load_window_suite();
    dry_pools_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    gateway_stop();
    srtp_shutdown();
    return failures ? 1 : 0;
}
