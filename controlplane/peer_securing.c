// SPDX-License-Identifier: Apache-2.0
#include "peer_securing.h"

#include "agreement.h"
#include "dtls_record.h"
#include "log.h"
#include "peer_channel_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// FNV-1a, never 0.
static uint64_t digest_of(const char *text)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        digest = (digest ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return digest ? digest : 1;
}

// In any order.
static uint64_t digest_of_all(const struct sdp_fingerprint *fingerprints, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += digest_of(fingerprints[i].hash) ^ digest_of(fingerprints[i].value);
    return sum ? sum : 1;
}

static bool is_pending(const struct session *session, const struct sdp_fingerprint *fingerprint)
{
    for (unsigned i = 0; i < session->fingerprint_count; i++)
        if (!strcasecmp(session->fingerprints[i].hash, fingerprint->hash) &&
            !strcasecmp(session->fingerprints[i].value, fingerprint->value))
            return true;
    return false;
}

// The certificate that was shown is known by its SHA-256; what is signalled under other hashes alone, by all of it.
static bool is_shown(const struct session *session, const struct sdp_fingerprint *fingerprints, unsigned count)
{
    bool has_comparable = false;
    for (unsigned i = 0; i < count; i++) {
        bool is_sha256 = !strcasecmp(fingerprints[i].hash, "sha-256");
        has_comparable |= is_sha256;
        if (is_sha256 && !strcasecmp(fingerprints[i].value, session->record.fingerprint))
            return true;
    }
    uint64_t known = session->peer->fingerprints;
    return !has_comparable && (!known || known == digest_of_all(fingerprints, count));
}

bool peer_is_another(const struct session *session, const struct sdp_fingerprint *fingerprints, unsigned count,
                     const char *tls_id)
{
    uint64_t known = session->peer->record.remote_tls_id;
    if (!session->peer->is_published)
        return false;
    if (known && *tls_id && digest_of(tls_id) != known)
        return true;
    if (session->record.fingerprint[0])
        return !is_shown(session, fingerprints, count);
    for (unsigned i = 0; i < count; i++)
        if (is_pending(session, &fingerprints[i]))
            return false;
    return session->fingerprint_count;
}

int peer_securing_read(const struct session *session, const struct sdp_answer *answer, struct gateway_request *request,
                       struct peer_securing *ret_securing)
{
    struct peer_securing securing = {.is_client = session->record.is_dtls_client};
    bool has_transport = answer->tag < answer->section_count;
    if (has_transport) {
        securing.fingerprints = agreement_fingerprints(answer, &securing.count);
        securing.is_client = answer->local_setup == SDP_ACTIVE;
        securing.digest = digest_of_all(answer->fingerprints, answer->fingerprint_count);
        securing.tls_id = *answer->tls_id ? digest_of(answer->tls_id) : 0;
        // RFC 8842 5.1: also where the roles change. Who takes the client's says so by its ClientHello.
        securing.is_anew = peer_is_another(session, answer->fingerprints, answer->fingerprint_count, answer->tls_id) ||
                           (session->peer->is_published && securing.is_client && !session->record.is_dtls_client);
        if (!securing.fingerprints)
            refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        else if (!securing.count)
            refuse(request, GATEWAY_UNPROCESSABLE, 0, "no fingerprint of SHA-256 or better (RFC 8122 5)");
    }
    if (has_transport && !securing.count) {
        free(securing.fingerprints);
        return -EPROTO;
    }
    *ret_securing = securing;
    return 0;
}

static void take_fingerprints(struct session *session, struct peer_securing *securing)
{
    free(session->fingerprints);
    session->fingerprints = securing->fingerprints;
    session->fingerprint_count = securing->count;
    securing->fingerprints = NULL;
}

// Half-done sessions are not in the journal: a successor ends it. Media goes on; its keys and links stay in the tables.
static void forget_association(struct control *control, struct session *session)
{
    struct journal_session *record = &session->record;
    if (session->held_version)
        control->held_count--;
    session->held_version = 0;
    association_close(session->association);
    session->association = NULL;
    explicit_bzero(&record->records, sizeof(record->records));
    memset(record->fingerprint, 0, sizeof(record->fingerprint));
    session->reply_to = (struct reply_address){0};
    journal_erase_session(&control->journal, record->transport.index);
    journal_erase_peer(&control->journal, record->transport.index);
    record->has_keys = false;
}

static void secure_anew(struct control *control, struct session *session, struct peer_securing *securing, uint64_t now)
{
    bool has_begun = session->state > SESSION_CONNECTING;
    log_info("session %s: another DTLS association, as its %s", session->record.id,
             securing->is_client ? "client" : "server");
    forget_association(control, session);
    take_fingerprints(session, securing);
    session->record.is_dtls_client = securing->is_client;
    session->peer->record.associations++;
    session->setup_at = now;
    session_resume_setup(control, session);
    if (has_begun)
        handshake_begin(control, session, now);
    peer_channels_renew(control, session, now); // not while it counts as connected: they start later, in the new role
}

void peer_secure(struct control *control, struct session *session, struct peer_securing *securing, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    bool is_there = session->association || session->record.has_keys;
    if (securing->count) {
        peer->fingerprints = securing->digest;
        peer->record.remote_tls_id = securing->tls_id;
        peer->awaits_hello = !securing->is_anew && is_there && !securing->is_client && session->record.is_dtls_client;
    }
    if (securing->is_anew)
        secure_anew(control, session, securing, now);
    else if (!is_there && securing->count)
        take_fingerprints(session, securing);
    free(securing->fingerprints);
    securing->fingerprints = NULL;
}

bool peer_hears_hello(struct control *control, struct session *session, const struct ring_message *message,
                      uint64_t now)
{
    struct peer_securing securing = {.is_anew = true, .count = 1};
    if (!session->peer || !session->peer->awaits_hello ||
        dtls_classify(message->data, message->length) != DTLS_KIND_CLIENT_HELLO)
        return false;
    securing.fingerprints = calloc(FINGERPRINTS_MAX, sizeof(*securing.fingerprints));
    if (!securing.fingerprints)
        return false;
    session->peer->awaits_hello = false;
    snprintf(securing.fingerprints->hash, sizeof(securing.fingerprints->hash), "sha-256");
    snprintf(securing.fingerprints->value, sizeof(securing.fingerprints->value), "%s", session->record.fingerprint);
    secure_anew(control, session, &securing, now);
    return true;
}

void peer_tls_id(const struct session *session, bool is_anew, char ret_text[PEER_TLS_ID_SIZE])
{
    char name[GATEWAY_ID_SIZE];
    session_public_name(session, name);
    snprintf(ret_text, PEER_TLS_ID_SIZE, "%s-%u", name, session->peer->record.associations + is_anew);
}
