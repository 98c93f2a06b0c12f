// SPDX-License-Identifier: Apache-2.0
#include "tcp_peers.h"

#include "control_parts.h"
#include "courier.h"
#include "ice_request.h"

#include <string.h>

#define UNCHECKED_MAX 16                    // packets; who has the right password needs one
#define SILENT_TIME   (60 * CONTROL_SECOND) // more than consent takes (RFC 7675 5.1)
#define TOLD_TIME     (CONTROL_SECOND / 10) // a worker takes its ring in far less

// A full ring loses it: what the worker sends to a connection that is none tells it again.
static void tell_closed(struct control *control, const struct transport_address *carried, struct record_link transport)
{
    const struct session *session = session_of_transport(control, transport.index, transport.generation);
    struct ring_message message = {
        .transport = transport.index, .generation = transport.generation, .kind = CARRIED_CLOSED, .remote = *carried};
    if (session)
        courier_carry(&control->tables, control->worker_wakes,
                      intents_worker_of(&control->intents, session->record.shard), &message);
}

static void end(struct control *control, struct tcp_connection *connection, enum tcp_end why)
{
    struct transport_address carried = tcp_connection_address(&control->tcp, connection);
    tcp_connection_end(&control->tcp, connection, why);
    if (connection->transport.generation)
        tell_closed(control, &carried, connection->transport);
}

void tcp_peers_closed(struct control *control, struct tcp_connection *connection)
{
    if (!connection->has_ended)
        end(control, connection, TCP_END_PEER);
}

// The session that a check with the right password names; NULL: none.
static const struct session *find_session(struct control *control, const uint8_t *packet, size_t size)
{
    struct stun_message check;
    struct stun_span ufrag;
    struct transport_intent intent;
    if (!ice_request_parse(packet, size, &check, &ufrag))
        return NULL;
    uint32_t index = ufrags_find(&control->intents.ufrags, packet + ufrag.offset, ufrag.size);
    const struct session *session = index < control->tables.limits.transports ? control->by_transport[index] : NULL;
    if (!session || !intents_read_transport(&control->intents, session->record.transport, &intent))
        return NULL;
    bool is_theirs = ufrag.size == strnlen(intent.local_ufrag, sizeof(intent.local_ufrag)) &&
                     !memcmp(packet + ufrag.offset, intent.local_ufrag, ufrag.size) &&
                     ice_request_is_by(packet, &check, intent.local_pwd);
    explicit_bzero(&intent, sizeof(intent));
    return is_theirs ? session : NULL;
}

static bool is_checked(struct control *control, struct tcp_connection *connection, const uint8_t *packet, size_t size)
{
    if (connection->transport.generation)
        return true;
    const struct session *session = find_session(control, packet, size);
    if (session) {
        connection->transport = session->record.transport;
        return true;
    }
    control->tcp.dropped[TCP_DROP_UNCHECKED]++;
    // A check may come before the session knows of it, and is sent again; what is no STUN comes from nobody's peer.
    if (packet[0] > 3 || ++connection->unchecked >= UNCHECKED_MAX)
        end(control, connection, TCP_END_NOT_AUTHENTIC);
    return false;
}

static void take(struct control *control, struct tcp_connection *connection, const uint8_t *packet, size_t size)
{
    if (!size || !is_checked(control, connection, packet, size))
        return;
    const struct record_link transport = connection->transport;
    const struct session *session = session_of_transport(control, transport.index, transport.generation);
    if (!session || !session_is_live(session)) {
        end(control, connection, TCP_END_SESSION);
        return;
    }
    struct ring_message message;
    message.transport = transport.index;
    message.generation = transport.generation;
    message.kind = CARRIED_PACKET;
    message.length = (uint16_t)size;
    message.port = 0;
    message.value = 0;
    message.remote = tcp_connection_address(&control->tcp, connection);
    message.local = connection->local;
    message.mapped = connection->remote;
    memcpy(message.data, packet, size);
    control->tcp.received++;
    uint32_t worker = intents_worker_of(&control->intents, session->record.shard);
    if (courier_carry(&control->tables, control->worker_wakes, worker, &message))
        control->tcp.dropped[TCP_DROP_RING_FULL]++;
}

void tcp_peers_input(struct control *control, struct tcp_connection *connection, uint64_t now)
{
    const uint8_t *packet;
    size_t size, at = 0;
    int taken = 0;
    connection->last_received = now;
    while (!connection->has_ended &&
           (taken = tcp_frame_parse(connection->in + at, connection->in_used - at, &packet, &size)) > 0) {
        take(control, connection, packet, size);
        at += (size_t)taken;
    }
    connection->in_used -= (uint32_t)at;
    memmove(connection->in, connection->in + at, connection->in_used);
    if (taken < 0 && !connection->has_ended)
        end(control, connection, TCP_END_TOO_LONG);
}

void tcp_peers_output(struct control *control, const struct ring_message *message, uint64_t now)
{
    struct tcp_connections *connections = &control->tcp;
    struct tcp_connection *connection = tcp_connection_find(connections, &message->remote);
    if (connection && message->length) {
        bool is_slow = tcp_connection_queue(connections, connection, message->data, message->length);
        connections->dropped[TCP_DROP_PEER_SLOW] += is_slow;
        connections->sent += !is_slow;
        return;
    }
    connections->dropped[TCP_DROP_NO_CONNECTION]++;
    bool was_told =
        transport_address_equal(&connections->told_closed, &message->remote) && now - connections->told_at < TOLD_TIME;
    if (connection || was_told || !transport_address_is_carried(&message->remote))
        return;
    connections->told_closed = message->remote;
    connections->told_at = now;
    tell_closed(control, &message->remote, (struct record_link){message->transport, message->generation});
}

static bool has_session(const struct control *control, const struct tcp_connection *connection)
{
    const struct session *session =
        session_of_transport(control, connection->transport.index, connection->transport.generation);
    return session && session_is_live(session);
}

void tcp_peers_watch(struct control *control, uint64_t now)
{
    uint64_t check_time = control->config->limits.tcp_check_seconds * CONTROL_SECOND;
    for (uint32_t i = 0; i < control->tcp.size; i++) {
        struct tcp_connection *connection = control->tcp.places[i];
        if (!connection || connection->has_ended)
            continue;
        if (!connection->transport.generation) {
            if (now - connection->opened_at >= check_time)
                end(control, connection, TCP_END_UNCHECKED);
        } else if (!has_session(control, connection)) {
            end(control, connection, TCP_END_SESSION);
        } else if (now - connection->last_received >= SILENT_TIME) {
            end(control, connection, TCP_END_SILENT);
        }
    }
}

bool tcp_peers_real_address(const struct control *control, struct transport_address *address)
{
    if (!transport_address_is_carried(address))
        return false;
    const struct tcp_connection *connection = tcp_connection_find(&control->tcp, address);
    *address = connection ? connection->remote : (struct transport_address){0};
    return true;
}
