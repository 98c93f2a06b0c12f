// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "log.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const gateway_session_state_names[SESSION_STATES] = {"new",          "connecting", "securing", "connected",
                                                                 "disconnected", "failed",     "closed"};

#define ENDS (STATE_BIT(SESSION_FAILED) | STATE_BIT(SESSION_CLOSED))

static const uint32_t moves[SESSION_STATES] = {
    [SESSION_NEW] = STATE_BIT(SESSION_CONNECTING) | ENDS,
    [SESSION_CONNECTING] = STATE_BIT(SESSION_SECURING) | ENDS,
    [SESSION_SECURING] = STATE_BIT(SESSION_CONNECTED) | ENDS,
    // Another DTLS association (RFC 8842 5.1) secures it anew.
    [SESSION_CONNECTED] = STATE_BIT(SESSION_DISCONNECTED) | STATE_BIT(SESSION_SECURING) | ENDS,
    [SESSION_DISCONNECTED] = STATE_BIT(SESSION_CONNECTED) | STATE_BIT(SESSION_SECURING) | ENDS,
    [SESSION_FAILED] = STATE_BIT(SESSION_CLOSED),
};
const struct state_table session_moves = {"session", SESSION_STATES, gateway_session_state_names, moves};

struct session *session_new(void)
{
    return calloc(1, sizeof(struct session));
}

void session_free(struct session *session)
{
    association_close(session->association);
    peer_free(session->peer);
    free(session->fingerprints);
    explicit_bzero(&session->record.records, sizeof(session->record.records));
    free(session);
}

int session_move(struct session *session, enum gateway_session_state to)
{
    int error = state_move(&session_moves, &session->state, to);
    if (error)
        log_warning("session %s may not go from %s to %s", session->record.id,
                    gateway_session_state_names[session->state], gateway_session_state_names[to]);
    return error;
}

bool session_is_live(const struct session *session)
{
    return session->state < SESSION_FAILED;
}

void session_public_name(const struct session *session, char ret_name[GATEWAY_ID_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};
    if (EVP_Digest(session->record.id, strlen(session->record.id), digest, NULL, EVP_sha256(), NULL) != 1)
        memset(digest, 0, sizeof(digest)); // out of memory: names are alike then
    for (unsigned i = 0; i < GATEWAY_ID_SIZE / 2; i++)
        snprintf(ret_name + (size_t)2 * i, 3, "%02x", digest[i]);
}

bool session_is_meant(const struct session *session, const struct gateway_request *request)
{
    return session && (bool)session->record.is_publisher == request->is_publisher &&
           (bool)session->record.is_peer == request->is_peer &&
           (!request->room[0] || strcmp(request->room, session->record.room_name) == 0);
}
