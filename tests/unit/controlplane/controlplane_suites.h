// SPDX-License-Identifier: Apache-2.0
#pragma once

void state_suite(void);
void intents_suite(void);
void association_suite(void);
void dtls_library_suite(void);
void record_layer_suite(void);
void journal_suite(void);
void formats_suite(void);
void jsep_suite(void);
void peer_media_suite(void);
void peer_codecs_suite(void);
void peer_securing_suite(void);
void peers_suite(void);
void peer_channels_suite(void);
void event_store_suite(void);
void placement_suite(void);
void room_suite(void);
void connectivity_suite(void);
void ice_agent_suite(void);
void ice_suite(void);
void sessions_suite(void);
void recovery_suite(void);
void tcp_peers_suite(void);
void trickle_suite(void);
void dcep_suite(void);
void data_channels_suite(void);
