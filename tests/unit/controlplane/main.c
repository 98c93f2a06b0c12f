// SPDX-License-Identifier: Apache-2.0
#include "controlplane_suites.h"

#include <CUnit/Basic.h>

#include "log.h"

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    log_set_level(LOG_ERROR);
    state_suite();
    intents_suite();
    association_suite();
    dtls_library_suite();
    record_layer_suite();
    journal_suite();
    formats_suite();
    jsep_suite();
    room_suite();
    connectivity_suite();
    ice_agent_suite();
    ice_suite();
    peer_media_suite();
    peer_codecs_suite();
    peer_securing_suite();
    peer_negotiation_suite();
    quality_suite();
    peers_suite();
    peer_channels_suite();
    peer_bridge_suite();
    event_store_suite();
    placement_suite();
    sessions_suite();
    recovery_suite();
    trickle_suite();
    tcp_peers_suite();
    dcep_suite();
    data_channels_suite();
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures ? 1 : 0;
}
