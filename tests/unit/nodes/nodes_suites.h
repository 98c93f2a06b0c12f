// SPDX-License-Identifier: Apache-2.0
// One suite per file of this folder.
#pragma once

void arp_input_suite(void);
void port_tx_suite(void);
void carried_suite(void);
void checksum_suite(void);
void claims_suite(void);
void dry_pools_suite(void);
void dtls_punt_suite(void);
void fan_out_suite(void);
void handoff_suite(void);
void handover_rooms_suite(void);
void handover_suite(void);
void index_safety_suite(void);
void input_suite(void);
void install_suite(void);
void load_window_suite(void);
void nd_input_suite(void);
void neighbour_suite(void);
void path_proof_suite(void);
void packet_pool_suite(void);
void object_pool_suite(void);
void path_suite(void);
void poison_suite(void);
void repair_suite(void);
void restart_suite(void);
void rtcp_input_suite(void);
void rtp_rewrite_suite(void);
void rtx_receive_suite(void);
void rtx_send_suite(void);
void spill_suite(void);
void srtp_unprotect_suite(void);
void stun_reply_suite(void);
void full_agent_suite(void);
void udp_classify_suite(void);
void walk_clock_suite(void);
