// SPDX-License-Identifier: Apache-2.0
// DTLS between the rings and the association: datagrams in, keys into the tables, the last flight out once the worker
// acts on them. From then on the association's records are the session's (records.c).
#include "control_parts.h"

#include "courier.h"
#include "log.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool session_say(struct control *control, const struct session *session, bool established, const void *data,
                 size_t size)
{
    struct ring_message address = {.transport = session->record.transport.index,
                                   .generation = session->record.transport.generation,
                                   .remote = session->reply_to.remote,
                                   .local = session->reply_to.local,
                                   .port = session->reply_to.port};
    uint32_t worker = intents_worker_of(&control->intents, session->record.shard);
    // A full ring is counted there; a retransmission repairs it.
    return !courier_inject(&control->tables, control->worker_wakes, worker, established, &address, data, size);
}

bool handshake_flush(struct control *control, struct session *session, bool established)
{
    struct association_datagram *datagram;
    bool said = false;
    while ((datagram = association_next_output(session->association))) {
        said |= session_say(control, session, established, datagram->data, datagram->size);
        free(datagram);
    }
    return said;
}

static int open_association(struct control *control, struct session *session)
{
    struct association_setup setup = {.engine = control->dtls,
                                      .context = control->dtls_context,
                                      .is_client = session->record.is_dtls_client,
                                      .mtu = control->config->dtls.mtu,
                                      .handshake_ns = control->config->dtls.handshake_seconds * CONTROL_SECOND,
                                      .fingerprints = session->fingerprints,
                                      .fingerprint_count = session->fingerprint_count};
    if (session->state == SESSION_NEW)
        session_move(session, SESSION_CONNECTING);
    int error = association_open(&setup, &session->association);
    if (!error && session->state != SESSION_SECURING)
        session_move(session, SESSION_SECURING);
    return error;
}

static void note_peer(struct session *session)
{
    (void)association_peer_fingerprint(session->association, session->record.fingerprint,
                                       sizeof(session->record.fingerprint));
}

// A peer of data channels alone may offer no SRTP. The worker wants keys: these verify nothing, and seal nothing.
static int make_keys_of_nobody(const struct control *control, struct transport_keys *ret_keys)
{
    memset(ret_keys, 0, sizeof(*ret_keys));
    ret_keys->suite = srtp_suite_find_name("AEAD_AES_128_GCM", 16)->id;
    control->system->random(ret_keys->send_key, sizeof(ret_keys->send_key));
    control->system->random(ret_keys->receive_key, sizeof(ret_keys->receive_key));
    return 0;
}

static int publish_keys(struct control *control, struct session *session, struct transport_intent *intent)
{
    if (session->peer && intent->keys[0].epoch > 1)
        return peer_renew_media(control, session, intent, &session->held_version);
    session->held_version = intents_publish_transport(&control->intents, session->record.transport.index, intent);
    return 0;
}

// Only here do keys enter the tables: the handshake is over, so the fingerprint was right (RFC 8827 6.5).
static int install_keys(struct control *control, struct session *session)
{
    struct transport_intent intent;
    int error = -ENOENT;
    uint32_t epoch = 0; // of the association before
    if (intents_read_transport(&control->intents, session->record.transport, &intent)) {
        epoch = intent.keys[0].epoch;
        error = association_export_keys(session->association, &intent.keys[0]);
    }
    if (error == -ENOTSUP && session->channels)
        error = make_keys_of_nobody(control, &intent.keys[0]);
    if (!error) {
        intent.keys[0].epoch = epoch + 1;
        session->record.suite = intent.keys[0].suite;
        session_channels_allow(session, &intent);
        error = publish_keys(control, session, &intent);
    }
    control->held_count += !error;
    explicit_bzero(&intent, sizeof(intent));
    return error;
}

// After each call into the association: look where it stands now. The session may be gone afterwards.
static void follow(struct control *control, struct session *session, uint64_t now)
{
    struct association *association = session->association;
    if (association->state == ASSOCIATION_FAILED) {
        session_end(control, session, SESSION_FAILED, association->reason, now);
        return;
    }
    if (association->state == ASSOCIATION_ESTABLISHED && session->state == SESSION_SECURING && !session->held_version) {
        note_peer(session);
        int error = install_keys(control, session);
        if (error) {
            session_end(control, session, SESSION_FAILED,
                        error == -ENOTSUP ? "no SRTP suite in common" : "no room for its keys", now);
            return;
        }
        // Where it is refused the association keeps its handshake, and its records.
        (void)association_hand_over(association, &session->record.records);
        handshake_settle(control, session, now);
        return;
    }
    if (association->state == ASSOCIATION_CLOSED) {
        session_end(control, session, SESSION_CLOSED, association->reason, now);
        return;
    }
    if (!session->held_version)
        handshake_flush(control, session, session->record.has_keys);
}

static void note_reply_address(struct session *session, const struct ring_message *message)
{
    session->reply_to = (struct reply_address){message->remote, message->local, message->port};
}

void handshake_input(struct control *control, struct session *session, const struct ring_message *message, uint64_t now)
{
    if (session->record.records.cipher && !peer_hears_hello(control, session, message, now)) {
        records_input(control, session, message, now);
        return;
    }
    if (!session->association && session->record.has_keys)
        return; // adopted without records
    note_reply_address(session, message);
    if (!session->association && open_association(control, session)) {
        session_end(control, session, SESSION_FAILED, "out of memory", now);
        return;
    }
    association_input(session->association, message->data, message->length, now);
    follow(control, session, now);
}

void handshake_reachable(struct control *control, struct session *session, uint64_t now)
{
    if (!session->record.is_dtls_client || session->association || session->record.has_keys)
        return;
    if (open_association(control, session)) {
        session_end(control, session, SESSION_FAILED, "out of memory", now);
        return;
    }
    association_start(session->association, now);
    follow(control, session, now);
}

void handshake_begin(struct control *control, struct session *session, uint64_t now)
{
    if (open_association(control, session))
        return; // tried again with what comes; the time for its set-up ends it
    if (session->record.is_dtls_client)
        association_start(session->association, now);
    handshake_flush(control, session, false); // the next tick follows
}

// What only the handshake needed, and what it was made with, once the last flight has left.
static void forget_handshake(struct session *session)
{
    if (session->record.records.cipher) {
        association_close(session->association);
        session->association = NULL;
    }
    free(session->fingerprints);
    session->fingerprints = NULL;
    session->fingerprint_count = 0;
}

void handshake_settle(struct control *control, struct session *session, uint64_t now)
{
    if (!session->held_version ||
        !intents_is_applied(&control->intents, session->record.transport, session->held_version))
        return;
    session->held_version = 0;
    control->held_count--;
    session->record.has_keys = 1;
    session->record.connected_at = session->consent_from = now;
    if (session->peer)
        journal_write_peer(&control->journal, session->record.transport.index, &session->peer->record);
    session_save(control, session); // before the flight: from here on a successor adopts it
    handshake_flush(control, session, false);
    forget_handshake(session);
    session_set_up(control, session);
    session_move(session, SESSION_CONNECTED);
    control->connected++;
    session_channels_start(control, session, now);
    const struct srtp_suite *suite = srtp_suite_find(session->record.suite);
    log_info("session %s connected, %s", session->record.id, suite ? suite->name : "?");
}

static const char *set_up_problem(const struct control *control, const struct session *session, uint64_t now)
{
    if (session->held_version && now >= session->association->deadline)
        return "the dataplane did not take the keys in time";
    if (now - session->setup_at < control->config->limits.setup_seconds * CONTROL_SECOND)
        return NULL;
    return session->state == SESSION_NEW ? "no authenticated ICE check arrived in time" : "not set up in time";
}

void handshake_tick(struct control *control, struct session *session, uint64_t now)
{
    const char *problem = set_up_problem(control, session, now);
    if (problem) {
        session_end(control, session, SESSION_FAILED, problem, now);
        return;
    }
    if (now - session->setup_at >= PLACEMENT_EXPECTED)
        session_doubt(control, session);
    struct association *association = session->association;
    if (!association || !association->handshake)
        return;
    association_tick(association, now);
    if (association->state == ASSOCIATION_NEW && association->is_client && association->resets)
        association_start(association, now);
    follow(control, session, now);
}
