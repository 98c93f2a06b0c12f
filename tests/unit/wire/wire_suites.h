// SPDX-License-Identifier: Apache-2.0
// Each test file registers one suite.
#pragma once

void address_suite(void);
void channel_data_suite(void);
void demux_suite(void);
void dtls_record_suite(void);
void extension_plan_suite(void);
void feedback_suite(void);
void rtcp_suite(void);
void rtcp_corpus_suite(void);
void rtp_suite(void);
void rtp_extension_suite(void);
void stun_suite(void);
void stun_writer_suite(void);
void tcp_frame_suite(void);
void stun_vectors_suite(void);
