// SPDX-License-Identifier: Apache-2.0
// The sockets of TCP peers on libuv's loop: accepted, read into their connection, written from it, closed.
#include "gateway_internal.h"

#include "tcp_peers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define BACKLOG     128
#define SEND_BUFFER 262144 // of the kernel: what waits there is late already

struct tcp_socket {
    uv_tcp_t tcp;
    uv_write_t write;
    struct gateway *gateway;
    struct tcp_connection *connection; // NULL: it was refused
    uint32_t writing;                  // bytes of its `out`, handed to libuv
};

struct inherited {
    const int *fds;
    unsigned count;
};

static uint64_t now_of(const struct gateway *gateway)
{
    return gateway->control.system->monotonic();
}

static void on_closed(uv_handle_t *handle)
{
    struct tcp_socket *socket = handle->data;
    if (socket->connection)
        tcp_connection_free(&socket->gateway->control.tcp, socket->connection);
    free(socket);
}

static void close_socket(struct tcp_socket *socket)
{
    if (!uv_is_closing((uv_handle_t *)&socket->tcp))
        uv_close((uv_handle_t *)&socket->tcp, on_closed);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_room)
{
    const struct tcp_socket *socket = handle->data;
    struct tcp_connection *connection = socket->connection;
    *ret_room = uv_buf_init((char *)connection->in + connection->in_used, TCP_IN_SIZE - connection->in_used);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    struct tcp_socket *socket = stream->data;
    struct gateway *gateway = socket->gateway;
    if (socket->connection->has_ended)
        return;
    if (size < 0) {
        tcp_peers_closed(&gateway->control, socket->connection);
        return;
    }
    socket->connection->in_used += (uint32_t)size;
    tcp_peers_input(&gateway->control, socket->connection, now_of(gateway));
}

static void flush(struct tcp_socket *socket);

static void on_written(uv_write_t *write, int status)
{
    struct tcp_socket *socket = write->data;
    struct tcp_connection *connection = socket->connection;
    connection->out_begin += socket->writing;
    socket->writing = 0;
    if (status == 0)
        flush(socket);
    else
        tcp_peers_closed(&socket->gateway->control, connection);
}

// What libuv has of `out` stays where it is.
static void make_room(struct tcp_connection *connection)
{
    connection->out_end -= connection->out_begin;
    memmove(connection->out, connection->out + connection->out_begin, connection->out_end);
    connection->out_begin = 0;
}

static void flush(struct tcp_socket *socket)
{
    struct tcp_connection *connection = socket->connection;
    if (socket->writing || connection->has_ended)
        return;
    uv_buf_t rest =
        uv_buf_init((char *)connection->out + connection->out_begin, connection->out_end - connection->out_begin);
    int written = rest.len ? uv_try_write((uv_stream_t *)&socket->tcp, &rest, 1) : 0;
    if (written < 0 && written != UV_EAGAIN) {
        tcp_peers_closed(&socket->gateway->control, connection);
        return;
    }
    connection->out_begin += written > 0 ? (uint32_t)written : 0;
    make_room(connection);
    if (!connection->out_end)
        return;
    rest = uv_buf_init((char *)connection->out, connection->out_end);
    socket->writing = connection->out_end;
    socket->write.data = socket;
    if (uv_write(&socket->write, (uv_stream_t *)&socket->tcp, &rest, 1, on_written)) {
        socket->writing = 0;
        tcp_peers_closed(&socket->gateway->control, connection);
    }
}

void tcp_sockets_serve(struct gateway *gateway)
{
    struct tcp_connection *connection;
    while ((connection = tcp_connections_next_due(&gateway->control.tcp)))
        if (connection->has_ended)
            close_socket(connection->socket);
        else
            flush(connection->socket);
}

void tcp_sockets_close(struct gateway *gateway)
{
    struct tcp_connections *connections = &gateway->control.tcp;
    struct tcp_connection *due;
    while ((due = tcp_connections_next_due(connections))) // an evicted one has no place any more
        close_socket(due->socket);
    for (uint32_t i = 0; i < connections->size; i++)
        if (connections->places[i])
            close_socket(connections->places[i]->socket);
    for (unsigned i = 0; i < gateway->tcp_listener_count; i++)
        uv_close((uv_handle_t *)&gateway->tcp_listeners[i], NULL);
}

static int address_of(const uv_tcp_t *tcp, int (*get)(const uv_tcp_t *, struct sockaddr *, int *),
                      struct transport_address *ret_address)
{
    struct sockaddr_storage name;
    int size = sizeof(name), error = get(tcp, (struct sockaddr *)&name, &size);
    return error ? error : transport_address_from_sockaddr((struct sockaddr *)&name, ret_address);
}

static int begin(struct tcp_socket *socket)
{
    struct transport_address remote, local;
    int size = SEND_BUFFER, error = address_of(&socket->tcp, uv_tcp_getpeername, &remote);
    if (!error)
        error = address_of(&socket->tcp, uv_tcp_getsockname, &local);
    if (error)
        return error;
    uv_tcp_nodelay(&socket->tcp, 1);
    uv_send_buffer_size((uv_handle_t *)&socket->tcp, &size);
    socket->connection = tcp_connection_new(&socket->gateway->control.tcp, &remote, &local, now_of(socket->gateway));
    if (!socket->connection)
        return -ENOBUFS;
    socket->connection->socket = socket;
    return uv_read_start((uv_stream_t *)&socket->tcp, on_room, on_read);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct gateway *gateway = listener->data;
    struct tcp_socket *socket = status ? NULL : calloc(1, sizeof(*socket));
    if (!socket) // libuv keeps what it accepted until it is asked for, and accepts no more
        return;
    socket->gateway = gateway;
    socket->tcp.data = socket;
    uv_tcp_init(&gateway->loop, &socket->tcp);
    if (uv_accept(listener, (uv_stream_t *)&socket->tcp) || begin(socket))
        close_socket(socket);
}

// A socket of the supervisor's that listens there, or -1.
static int find_inherited(const struct inherited *inherited, const struct transport_address *wanted)
{
    for (unsigned i = 0; i < inherited->count; i++) {
        struct sockaddr_storage name;
        struct transport_address address;
        int listens = 0;
        socklen_t size = sizeof(listens), name_size = sizeof(name);
        if (!getsockopt(inherited->fds[i], SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) && listens &&
            !getsockname(inherited->fds[i], (struct sockaddr *)&name, &name_size) &&
            !transport_address_from_sockaddr((struct sockaddr *)&name, &address) &&
            transport_address_equal(&address, wanted))
            return inherited->fds[i];
    }
    return -1;
}

static int listen_on(struct gateway *gateway, const struct config_address *address, const struct inherited *inherited)
{
    uint16_t port = (uint16_t)gateway->control.config->ice.tcp_port;
    struct transport_address local = address->family == AF_INET
                                         ? transport_address_ipv4((const uint8_t *)&address->v4, port)
                                         : transport_address_ipv6((const uint8_t *)&address->v6, port);
    struct sockaddr_storage name;
    transport_address_to_sockaddr(&local, &name);
    uv_tcp_t *listener = &gateway->tcp_listeners[gateway->tcp_listener_count];
    int error = uv_tcp_init(&gateway->loop, listener);
    if (error)
        return error;
    gateway->tcp_listener_count++;
    listener->data = gateway;
    int fd = find_inherited(inherited, &local);
    if (fd >= 0)
        error = fcntl(fd, F_SETFD, FD_CLOEXEC) ? -errno : uv_tcp_open(listener, fd);
    else
        error = uv_tcp_bind(listener, (struct sockaddr *)&name, address->family == AF_INET6 ? UV_TCP_IPV6ONLY : 0);
    return error ? error : uv_listen((uv_stream_t *)listener, BACKLOG, on_connection);
}

int gateway_listen(struct gateway *gateway, const int *inherited_fds, unsigned count)
{
    const struct inherited inherited = {inherited_fds, count};
    const struct config_addresses *addresses = &gateway->control.config->ice.tcp_listen;
    int error = 0;
    for (unsigned i = 0; i < addresses->count && !error; i++)
        error = listen_on(gateway, &addresses->item[i], &inherited);
    return error; // libuv's are -errno
}
