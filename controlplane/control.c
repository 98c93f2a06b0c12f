// SPDX-License-Identifier: Apache-2.0
#include "control_parts.h"

#include "connectivity.h"
#include "courier.h"
#include "log.h"
#include "tcp_peers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define HANDSHAKES_A_TURN 32 // of some 0.3 ms each at most
#define MESSAGES_A_TURN   512

static int make_identity(struct control *control)
{
    struct dtls_identity_der der;
    if (control->config->dtls.certificate[0])
        return dtls_identity_load(control->config->dtls.certificate, control->config->dtls.key, &control->identity);
    int error = journal_read_identity(&control->journal, &der);
    if (!error)
        error = dtls_identity_import(&der, &control->identity);
    if (error) {
        error = dtls_identity_make(control->system->wall(), control->system->random, &control->identity);
        if (!error && !(error = dtls_identity_export(&control->identity, &der)))
            journal_write_identity(&control->journal, &der);
    }
    explicit_bzero(&der, sizeof(der));
    return error;
}

// Without the supervisor's memory everything works but a successor.
static int find_journal(const struct control *control, const struct control_setup *setup)
{
    int fd = setup->journal_fd >= 0 ? setup->journal_fd : setup->worker_wakes[control->tables.limits.workers];
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
        return fd;
    log_warning("no journal on descriptor %d: sessions will not outlive a restart of naru-control", fd);
    return memfd_create("naru-journal", MFD_CLOEXEC);
}

// Only to be looked at: without it everything works.
static void find_supervision(struct control *control, const struct control_setup *setup)
{
    if (setup->journal_fd >= 0)
        return;
    int fd = setup->worker_wakes[control->tables.limits.workers + 1];
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
        (void)supervision_attach(fd, false, &control->supervision);
}

// A descriptor of a supervisor that knows no naru-sctp is another thing.
static int find_link(const struct control *control, const struct control_setup *setup)
{
    int fd = setup->journal_fd >= 0 ? setup->link_fd : setup->worker_wakes[control->tables.limits.workers + 2],
        type = 0;
    socklen_t size = sizeof(type);
    if (fd <= 0 || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) || type != SOCK_SEQPACKET)
        return -1;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

static int open_rest(struct control *control, const struct control_setup *setup, uint64_t now)
{
    uint64_t seeds[2];
    control->system->random(seeds, sizeof(seeds));
    find_supervision(control, setup);
    data_link_open(&control->data_link, find_link(control, setup), control->epoch);
    int error = journal_open(find_journal(control, setup), control->tables.limits.transports, &control->journal);
    if (!error)
        error = intents_open(&control->intents, &control->tables, setup->worker_wakes);
    if (!error)
        error = make_identity(control);
    if (!error)
        error = control->dtls->open(&control->identity, &control->config->dtls.srtp_suites, &control->dtls_context);
    if (!error)
        error = rooms_open(&control->rooms, control->config->limits.rooms, seeds[0]);
    if (!error)
        error = directory_open(&control->sessions, control->tables.limits.transports, seeds[1]);
    if (!error)
        error = peer_events_open(control);
    if (!error)
        error = tcp_connections_open(&control->tcp, control->config->limits.tcp_connections,
                                     control->config->limits.tcp_connections_per_source, (uint32_t)control->epoch);
    control->by_transport = calloc(control->tables.limits.transports, sizeof(*control->by_transport));
    if (!error && !control->by_transport)
        error = -ENOMEM;
    if (error)
        return error;
    intents_assign_shards(&control->intents);
    return recover(control, now);
}

int control_open(const struct control_setup *setup, uint64_t now, struct control *ret_control)
{
    struct control *control = ret_control;
    *control = (struct control){.config = setup->config,
                                .worker_wakes = setup->worker_wakes,
                                .epoch = setup->epoch,
                                .system = setup->system,
                                .dtls = setup->dtls,
                                .started_at = now,
                                .setup_allowance = 2.0 * setup->config->limits.setups_per_second,
                                .allowance_at = now};
    TAILQ_INIT(&control->all);
    TAILQ_INIT(&control->setup);
    TAILQ_INIT(&control->checking);
    TAILQ_INIT(&control->channels);
    int error = tables_attach(TABLES_CONTROL, setup->fds, &control->tables);
    if (!error && !control->epoch)
        control->epoch = atomic_load(&control->tables.segments[SEGMENT_STATE]->reader_epoch);
    if (!error)
        error = open_rest(control, setup, now);
    if (error)
        control_close(control);
    return error;
}

void control_close(struct control *control)
{
    struct session *session;
    control->is_stopping = true;
    control->data_link.fd = -1; // a successor goes on with the associations
    for (session = control->all.tqh_last ? TAILQ_FIRST(&control->all) : NULL; session;
         session = TAILQ_NEXT(session, all))
        peer_channels_close(control, session, 0);
    peer_events_close(control);
    while (control->all.tqh_last && (session = TAILQ_FIRST(&control->all))) {
        TAILQ_REMOVE(&control->all, session, all);
        connectivity_end(control, session);
        session_free(session);
    }
    rooms_close(&control->rooms);
    directory_close(&control->sessions);
    free(control->by_transport);
    tcp_connections_close(&control->tcp);
    if (control->dtls)
        control->dtls->close(control->dtls_context);
    dtls_identity_free(&control->identity);
    intents_close(&control->intents);
    journal_close(&control->journal);
    supervision_detach(control->supervision);
    tables_detach(&control->tables);
    *control = (struct control){0};
}

static void event(struct control *control, const struct ring_message *message, uint64_t now)
{
    struct session *session = session_of_transport(control, message->transport, message->generation);
    if (!session)
        return;
    switch (message->kind) {
    case EVENT_APPLIED:
        handshake_settle(control, session, now);
        if (session->peer)
            peer_watch(control, session, now);
        return;
    case EVENT_PATH_CHANGED:
    case EVENT_CONSENT_LOST:
    case EVENT_QUARANTINED:
        watch_session(control, session, now);
        break;
    case EVENT_CHECK_RECEIVED:
    case EVENT_CHECK_ANSWERED:
    case EVENT_ROLE_CONFLICT:
        connectivity_event(control, session, message, now);
        break;
    default: // media and bandwidth are read from state when somebody asks
        break;
    }
}

static void datagram(struct control *control, const struct ring_message *message, uint64_t now)
{
    struct session *session = session_of_transport(control, message->transport, message->generation);
    if (session && message->length)
        handshake_input(control, session, message, now);
    // It may be gone now.
    session = session_of_transport(control, message->transport, message->generation);
    if (session)
        peer_tell_state(control, session);
}

bool control_receive(struct control *control, uint64_t now)
{
    struct ring_message message;
    unsigned limit = MESSAGES_A_TURN;
    session_channels_receive(control, now);
    while (limit-- && courier_next(&control->tables, RING_EVENT, &control->turns[RING_EVENT], &message))
        event(control, &message, now);
    limit = MESSAGES_A_TURN;
    while (limit-- && courier_next(&control->tables, RING_CARRIED_OUT, &control->turns[RING_CARRIED_OUT], &message))
        tcp_peers_output(control, &message, now);
    limit = MESSAGES_A_TURN;
    while (limit-- &&
           courier_next(&control->tables, RING_PUNT_ESTABLISHED, &control->turns[RING_PUNT_ESTABLISHED], &message))
        datagram(control, &message, now);
    limit = HANDSHAKES_A_TURN;
    while (limit-- &&
           courier_next(&control->tables, RING_PUNT_HANDSHAKE, &control->turns[RING_PUNT_HANDSHAKE], &message))
        datagram(control, &message, now);
    if (control->has_news)
        peer_events_deliver(control, now);
    return courier_has_any(&control->tables);
}

bool control_settle(struct control *control, uint64_t now)
{
    struct session *session, *next;
    if (control->held_count)
        for (session = TAILQ_FIRST(&control->setup); session; session = next) {
            next = TAILQ_NEXT(session, setup);
            handshake_settle(control, session, now);
            peer_tell_state(control, session);
        }
    return departures_advance(&control->intents, now) || control->held_count;
}

bool control_has_ticks(const struct control *control)
{
    return control->setup_count || !TAILQ_EMPTY(&control->checking);
}

void control_tick(struct control *control, uint64_t now)
{
    connectivity_tick(control, now);
    // Ending a publisher ends its viewers, which may stand next in the list: start over after each end.
    struct session *session = TAILQ_FIRST(&control->setup);
    for (unsigned left = control->setup_count; session && left; left--) {
        struct session *next = TAILQ_NEXT(session, setup);
        unsigned before = control->setup_count;
        handshake_tick(control, session, now);
        session = control->setup_count == before ? next : TAILQ_FIRST(&control->setup);
    }
    if (control->has_news)
        peer_events_deliver(control, now);
}

static void close_session(struct control *control, struct gateway_request *request, uint64_t now)
{
    struct session *session = session_find(control, request->id);
    if (session_is_meant(session, request)) {
        session_end(control, session, SESSION_CLOSED, "closed by request", now);
        farewells_take(&control->farewells, request->id, request->is_publisher, now); // DELETE is answered once
    } else if (!farewells_take(&control->farewells, request->id, request->is_publisher, now))
        refuse(request, GATEWAY_NO_SESSION, 0, "there is no such session");
}

void answer_snapshot(struct control *control, struct gateway_request *request, uint64_t now)
{
    request->snapshot = snapshot_make(control, now);
    if (!request->snapshot)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
}

static bool may_have_answer(const struct gateway_request *request)
{
    return request->operation < GATEWAY_CLOSE || request->operation == GATEWAY_PEER_CREATE ||
           request->operation == GATEWAY_PEER_SET_LOCAL;
}

static bool asks_for_session(const struct gateway_request *request)
{
    return request->operation <= GATEWAY_SUBSCRIBE || request->operation == GATEWAY_PEER_OPEN;
}

void control_request(struct control *control, struct gateway_request *request, uint64_t now)
{
    request->status = GATEWAY_OK;
    request->refusal = REFUSED_REQUEST;
    switch (request->operation) {
    case GATEWAY_PUBLISH:
        publish(control, request, now);
        break;
    case GATEWAY_SUBSCRIBE:
        subscribe(control, request, now);
        break;
    case GATEWAY_TRICKLE:
        trickle(control, request, now);
        break;
    case GATEWAY_CLOSE:
        close_session(control, request, now);
        break;
    case GATEWAY_SNAPSHOT:
        answer_snapshot(control, request, now);
        break;
    case GATEWAY_OPERATE:
        operate(control, request, now);
        break;
    case GATEWAY_PEER_OPEN:
        peer_open(control, request, now);
        break;
    case GATEWAY_PEER_EVENTS:
        if (!peer_events_ask(control, request, now))
            return;
        break;
    default:
        peer_request(control, request, now);
        break;
    }
    if (request->status != GATEWAY_OK && asks_for_session(request))
        control->refused[request->refusal]++;
    if (request->status != GATEWAY_OK || !may_have_answer(request)) { // an offer is no answer
        free(request->sdp);
        request->sdp = NULL;
        request->sdp_length = 0;
    }
    request->done(request);
    if (control->has_news)
        peer_events_deliver(control, now);
}

void control_drain(struct control *control, uint64_t now)
{
    struct session *session;
    control->is_stopping = true;
    while ((session = TAILQ_FIRST(&control->all)))
        session_end(control, session, SESSION_CLOSED, "the gateway stops", now);
}

bool control_is_drained(const struct control *control)
{
    return TAILQ_EMPTY(&control->all) && control->intents.oldest == UINT32_MAX;
}

bool control_is_fenced(const struct control *control)
{
    return tables_is_fenced(&control->tables, TABLES_CONTROL, control->epoch);
}
