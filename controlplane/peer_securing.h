// SPDX-License-Identifier: Apache-2.0
// Which DTLS association a peer's descriptions mean, and another one in the place of the one that is there, on the same
// ICE transport (RFC 8842 5.1): media goes on under the old keys until the new ones are there.
#pragma once

#include "peer_parts.h"

#define PEER_TLS_ID_SIZE 64

// What a description agrees on.
struct peer_securing {
    bool is_anew; // another association
    bool is_client;
    uint64_t digest, tls_id;
    unsigned count;
    struct fingerprint *fingerprints; // malloc: of a hash that proves something
};

// Whether these can only be another association's.
bool peer_is_another(const struct session *session, const struct sdp_fingerprint *fingerprints, unsigned count,
                     const char *tls_id);
// 0, or -errno with the request refused.
int peer_securing_read(const struct session *session, const struct sdp_answer *answer, struct gateway_request *request,
                       struct peer_securing *ret_securing);
// Nothing fails; takes the fingerprints.
void peer_secure(struct control *control, struct session *session, struct peer_securing *securing, uint64_t now);
// RFC 8842 4: this side's; `is_anew`: with the next association.
void peer_tls_id(const struct session *session, bool is_anew, char ret_text[PEER_TLS_ID_SIZE]);
