// SPDX-License-Identifier: Apache-2.0
#include "tcp_connections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const tcp_end_names[TCP_ENDS] = {
    [TCP_END_PEER] = "peer",
    [TCP_END_UNCHECKED] = "unchecked",
    [TCP_END_EVICTED] = "evicted",
    [TCP_END_NOT_AUTHENTIC] = "not_authentic",
    [TCP_END_TOO_LONG] = "packet_too_long",
    [TCP_END_SILENT] = "silent",
    [TCP_END_SESSION] = "session_ended",
};

const char *const tcp_end_help[TCP_ENDS] = {
    [TCP_END_PEER] = "the peer closed it, or the network did",
    [TCP_END_UNCHECKED] = "no authenticated ICE check came within limits.tcp-check-seconds",
    [TCP_END_EVICTED] = "no authenticated ICE check had come when newer connections took its place",
    [TCP_END_NOT_AUTHENTIC] = "what came first was no ICE check of a session",
    [TCP_END_TOO_LONG] = "a packet was longer than any media is (RFC 4571 framing)",
    [TCP_END_SILENT] = "nothing came for a minute",
    [TCP_END_SESSION] = "its session has ended",
};

const char *const tcp_refusal_names[TCP_REFUSALS] = {
    [TCP_REFUSED_LIMIT] = "limit",
    [TCP_REFUSED_SOURCE_LIMIT] = "source_limit",
    [TCP_REFUSED_NO_MEMORY] = "no_memory",
};

const char *const tcp_refusal_help[TCP_REFUSALS] = {
    [TCP_REFUSED_LIMIT] = "limits.tcp-connections were open",
    [TCP_REFUSED_SOURCE_LIMIT] = "limits.tcp-connections-per-source were open from there",
    [TCP_REFUSED_NO_MEMORY] = "out of memory",
};

const char *const tcp_drop_names[TCP_DROPS] = {
    [TCP_DROP_UNCHECKED] = "unchecked",
    [TCP_DROP_RING_FULL] = "ring_full",
    [TCP_DROP_PEER_SLOW] = "peer_slow",
    [TCP_DROP_NO_CONNECTION] = "no_connection",
};

const char *const tcp_drop_help[TCP_DROPS] = {
    [TCP_DROP_UNCHECKED] = "it came before an authenticated ICE check did",
    [TCP_DROP_RING_FULL] = "the worker does not keep up, or is away",
    [TCP_DROP_PEER_SLOW] = "the peer's connection did not take it, and its buffer was full",
    [TCP_DROP_NO_CONNECTION] = "the connection that it was for has ended",
};

int tcp_connections_open(struct tcp_connections *connections, uint32_t size, uint32_t per_source, uint32_t epoch)
{
    *connections = (struct tcp_connections){
        .size = size < UINT16_MAX ? size : UINT16_MAX, .per_source = per_source, .epoch = epoch, .next_serial = 1};
    TAILQ_INIT(&connections->due);
    connections->places = calloc(size ? size : 1, sizeof(struct tcp_connection *));
    return connections->places ? 0 : -ENOMEM;
}

void tcp_connections_close(struct tcp_connections *connections)
{
    for (uint32_t i = 0; connections->places && i < connections->size; i++)
        if (connections->places[i])
            tcp_connection_free(connections, connections->places[i]);
    struct tcp_connection *evicted; // of all that are due these alone had no place
    while ((evicted = tcp_connections_next_due(connections)))
        free(evicted);
    free(connections->places);
    *connections = (struct tcp_connections){0};
}

struct census {
    uint32_t of_source, unchecked, vacant; // vacant: a place, or as many as there are
    struct tcp_connection *oldest;         // unchecked one
};

static struct census count_places(const struct tcp_connections *connections, const uint8_t source[16])
{
    struct census census = {.vacant = connections->size};
    for (uint32_t i = 0; i < connections->size; i++) {
        struct tcp_connection *other = connections->places[i];
        if (!other && census.vacant == connections->size)
            census.vacant = i;
        if (!other)
            continue;
        census.of_source += memcmp(other->source, source, sizeof(other->source)) == 0;
        if (other->transport.generation || other->has_ended)
            continue;
        census.unchecked++;
        if (!census.oldest || (int32_t)(other->serial - census.oldest->serial) < 0)
            census.oldest = other;
    }
    return census;
}

// Its place is another's now; its socket is closed in its turn.
static void evict(struct tcp_connections *connections, struct tcp_connection *connection)
{
    connections->places[connection->place] = NULL;
    tcp_connection_end(connections, connection, TCP_END_EVICTED);
}

// Whoever says nothing keeps nobody out.
static enum tcp_refusal find_place(struct tcp_connections *connections, const uint8_t source[16], uint32_t *ret_place)
{
    struct census census = count_places(connections, source);
    if (census.of_source >= connections->per_source)
        return TCP_REFUSED_SOURCE_LIMIT;
    bool is_full = census.vacant == connections->size;
    if (is_full && !census.oldest)
        return TCP_REFUSED_LIMIT;
    *ret_place = is_full ? census.oldest->place : census.vacant;
    if (census.oldest && (is_full || census.unchecked >= connections->size / 2))
        evict(connections, census.oldest);
    return TCP_REFUSALS;
}

struct tcp_connection *tcp_connection_new(struct tcp_connections *connections, const struct transport_address *remote,
                                          const struct transport_address *local, uint64_t now)
{
    uint8_t source[16] = {0};
    uint32_t place;
    memcpy(source, remote->ip, transport_address_is_ipv4(remote) ? 16 : 8);
    enum tcp_refusal refusal = find_place(connections, source, &place);
    struct tcp_connection *connection = refusal == TCP_REFUSALS ? malloc(sizeof(*connection)) : NULL;
    if (!connection) {
        connections->refused[refusal == TCP_REFUSALS ? TCP_REFUSED_NO_MEMORY : refusal]++;
        return NULL;
    }
    memset(connection, 0, offsetof(struct tcp_connection, in)); // its buffers are touched as they fill
    connection->place = (uint16_t)place;
    connection->serial = connections->next_serial++;
    connection->remote = *remote;
    connection->local = *local;
    memcpy(connection->source, source, sizeof(source));
    connection->opened_at = connection->last_received = now;
    connections->places[place] = connection;
    connections->count++;
    connections->accepted++;
    return connection;
}

static void become_due(struct tcp_connections *connections, struct tcp_connection *connection)
{
    if (!connection->is_due)
        TAILQ_INSERT_TAIL(&connections->due, connection, due);
    connection->is_due = true;
}

struct tcp_connection *tcp_connections_next_due(struct tcp_connections *connections)
{
    struct tcp_connection *connection = TAILQ_FIRST(&connections->due);
    if (!connection)
        return NULL;
    TAILQ_REMOVE(&connections->due, connection, due);
    connection->is_due = false;
    return connection;
}

void tcp_connection_end(struct tcp_connections *connections, struct tcp_connection *connection, enum tcp_end why)
{
    if (connection->has_ended)
        return;
    connection->has_ended = true;
    connections->ended[why]++;
    become_due(connections, connection);
}

void tcp_connection_free(struct tcp_connections *connections, struct tcp_connection *connection)
{
    if (connection->is_due)
        TAILQ_REMOVE(&connections->due, connection, due);
    if (connections->places[connection->place] == connection) // an evicted one's may be another's
        connections->places[connection->place] = NULL;
    connections->count--;
    free(connection);
}

struct transport_address tcp_connection_address(const struct tcp_connections *connections,
                                                const struct tcp_connection *connection)
{
    const struct carried_address carried = {connections->epoch, connection->serial, connection->place};
    return carried_address_write(&carried);
}

struct tcp_connection *tcp_connection_find(const struct tcp_connections *connections,
                                           const struct transport_address *address)
{
    struct carried_address carried = carried_address_read(address);
    if (!transport_address_is_carried(address) || carried.epoch != connections->epoch ||
        carried.place >= connections->size)
        return NULL;
    struct tcp_connection *connection = connections->places[carried.place];
    return connection && connection->serial == carried.serial && !connection->has_ended ? connection : NULL;
}

int tcp_connection_queue(struct tcp_connections *connections, struct tcp_connection *connection, const void *packet,
                         size_t size)
{
    int taken =
        tcp_frame_write(connection->out + connection->out_end, TCP_OUT_SIZE - connection->out_end, packet, size);
    if (taken < 0)
        return taken;
    connection->out_end += (uint32_t)taken;
    become_due(connections, connection);
    return 0;
}
