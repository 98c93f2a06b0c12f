// SPDX-License-Identifier: Apache-2.0
// A client of the peer API: asks, and holds what it was told.
#pragma once

#include "test_gateway.h"

struct peer_caller {
    char id[GATEWAY_ID_SIZE];
    unsigned lines;        // m-lines that it offers: audio, video, audio ...
    const char *direction; // of each; NULL: sendrecv
    const char *ufrag;
    const char *setup, *security; // of its offers, NULL: actpass; lines of fingerprints and tls-id, NULL: one
    const char *video;            // rtpmap; NULL: VP8/90000
    unsigned stopped;             // bits: m-lines with port 0
    const char *first_mid;
    bool sends;                  // in sections of the gateway, when it answers
    const char *mid_prefix;      // of the number; NULL: none
    bool has_data, rejects_data; // m=application behind the others; the gateway's
};

enum gateway_status peer_caller_open(struct test_gateway *gateway, struct peer_caller *caller, const char *room);
enum gateway_status peer_caller_ask(struct test_gateway *gateway, const struct peer_caller *caller,
                                    enum gateway_operation operation, struct gateway_peer_ask ask, char *sdp);
enum gateway_status peer_caller_set_local(struct test_gateway *gateway, const struct peer_caller *caller,
                                          enum gateway_sdp_type type);
enum gateway_status peer_caller_set_remote(struct test_gateway *gateway, const struct peer_caller *caller,
                                           enum gateway_sdp_type type, char *sdp);
// malloc
char *peer_caller_offer(const struct peer_caller *caller);
// What it answers to the gateway's offer: takes all, sends nothing, or everywhere.
char *peer_caller_answer(const struct peer_caller *caller, const char *offer);

// Its offer, the gateway's answer.
void peer_caller_publish(struct test_gateway *gateway, struct peer_caller *caller);
// The gateway's offer, its answer. The number of sections that were offered as sent and not stopped.
unsigned peer_caller_follow(struct test_gateway *gateway, struct peer_caller *caller);
// As if DTLS had ended.
void peer_caller_connect(struct test_gateway *gateway, const struct peer_caller *caller);

struct session *peer_caller_session(struct test_gateway *gateway, const struct peer_caller *caller);
unsigned peer_caller_streams(struct test_gateway *gateway, const struct peer_caller *caller);
unsigned peer_caller_routes(struct test_gateway *gateway, const struct peer_caller *caller);
unsigned peer_caller_count(const char *text, const char *part);
