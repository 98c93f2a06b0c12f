// SPDX-License-Identifier: Apache-2.0
#include "http_server.h"
#include "config.h"
#include "connection.h"
#include "descriptors.h"
#include "json_web_token.h"
#include "listen_address.h"
#include "log_filter.h"
#include "webhooks.h"
#include <errno.h>
#include <libwebsockets.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#define KEEP_ALIVE_SECONDS 20

struct http_server {
    struct http_service service;
    struct json_web_keys *keys;
    struct mailbox *mailbox;
    struct lws_context *context;
    struct lws_vhost *vhost;
    pthread_t thread; // waits for go
    sem_t go;
    atomic_bool is_stopping;
    struct http_counts counts; // these two: HTTP thread only
    struct connection_list connections;
    unsigned most_connections;
    char address[INET6_ADDRSTRLEN];
};

static void wake(void *context)
{
    struct http_server *server = context;
    lws_cancel_service(server->context);
}

static void deliver(struct http_server *server)
{
    for (struct exchange *exchange = mailbox_take(server->mailbox), *next; exchange; exchange = next) {
        next = exchange->next;
        connection_answered(exchange);
    }
}

static unsigned connections_of(const struct http_server *server, const struct peer_source *source)
{
    unsigned count = 0;
    for (struct connection *connection = LIST_FIRST(&server->connections); connection;
         connection = LIST_NEXT(connection, all))
        count += peer_source_equal(&connection->source, source);
    return count;
}

// Before anything is read: whoever holds all connections open must not lock the others out.
static bool is_one_too_many(struct http_server *server, int socket)
{
    const struct config *config = server->service.config;
    struct peer_source source;
    if (server->counts.connections >= server->most_connections) {
        server->counts.refused_total++;
        return true;
    }
    if (server->counts.connections < config->limits.http_connections_per_source)
        return false;
    peer_source_of(socket, &source);
    if (connections_of(server, &source) < config->limits.http_connections_per_source)
        return false;
    server->counts.refused_a_source++;
    return true;
}

static int accept_connection(struct http_server *server, struct lws *wsi)
{
    struct connection *connection = connection_new(wsi, &server->service, server->mailbox);
    if (!connection)
        return -1;
    lws_set_opaque_user_data(wsi, connection);
    LIST_INSERT_HEAD(&server->connections, connection, all);
    server->counts.connections++;
    return 0;
}

static void end_connection(struct http_server *server, struct lws *wsi, struct connection *connection)
{
    lws_set_opaque_user_data(wsi, NULL);
    LIST_REMOVE(connection, all);
    server->counts.connections--;
    connection_free(connection);
}

// WebSocket and HTTP/2 by upgrade are not spoken here.
static int refuse_upgrade(struct lws *wsi)
{
    lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST, "This server does not upgrade connections.");
    return -1;
}

static int handle_connection(struct connection *connection, enum lws_callback_reasons reason, void *in, size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        connection_headers_read(connection);
        return 0;
    case LWS_CALLBACK_HTTP_BODY:
        connection_body_read(connection, in, length);
        return 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        connection_body_ended(connection);
        return 0;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return connection_writable(connection);
    case LWS_CALLBACK_TIMER:
        connection_timed_out(connection);
        return 0;
    case LWS_CALLBACK_CLOSED_HTTP:
        connection_detach(connection);
        return 0;
    default:
        return 0;
    }
}

static int handle(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    struct lws_context *context = wsi ? lws_get_context(wsi) : NULL;
    struct http_server *server = context ? lws_context_user(context) : NULL;
    struct connection *connection = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: // wsi is the listener here
        return is_one_too_many(server, (int)(intptr_t)in);
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        return accept_connection(server, wsi);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        if (server)
            deliver(server);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return refuse_upgrade(wsi);
    case LWS_CALLBACK_RAW_ADOPT: // not HTTP
    case LWS_CALLBACK_RAW_RX:
        return -1;
    case LWS_CALLBACK_WSI_DESTROY:
        if (connection)
            end_connection(server, wsi, connection);
        return 0;
    default:
        return connection ? handle_connection(connection, reason, in, length) : 0;
    }
}

static const struct lws_protocols protocols[] = {
    {.name = "http", .callback = handle},
    {.name = NULL},
};

static struct lws_context *create_context(struct http_server *server)
{
    server->most_connections = descriptors_prepare(server->service.config->limits.http_connections);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .user = server,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
        .timeout_secs = server->service.config->limits.http_header_seconds,
        .max_http_header_data = HTTP_HEADERS_MAX,
        .pt_serv_buf_size = 32 * 1024,
    };
    return lws_create_context(&info);
}

static struct lws_vhost *create_vhost(struct http_server *server)
{
    const struct config *config = server->service.config;
    struct lws_context_creation_info info = {
        .port = (int)config->http.port,
        .iface = server->address,
        .vhost_name = "naru",
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS,
        .keepalive_timeout = KEEP_ALIVE_SECONDS,
        .timeout_secs = config->limits.http_header_seconds,
        .timeout_secs_ah_idle = config->limits.http_header_seconds,
        .alpn = "http/1.1",
    };
    if (config->http.listen.family == AF_INET)
        info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    if (config->http.tls.certificate[0]) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = config->http.tls.certificate;
        info.ssl_private_key_filepath = config->http.tls.key;
    }
    return lws_create_vhost(server->context, &info);
}

static void *serve(void *argument)
{
    struct http_server *server = argument;
    pthread_setname_np(pthread_self(), "http");
    while (sem_wait(&server->go))
        ;
    while (!atomic_load(&server->is_stopping) && lws_service(server->context, 0) >= 0)
        ;
    return NULL;
}

static int start_thread(struct http_server *server)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the main thread's
    int result = -pthread_create(&server->thread, NULL, serve, server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static void destroy(struct http_server *server)
{
    if (server->mailbox)
        mailbox_mute(server->mailbox);
    if (server->context)
        lws_context_destroy(server->context);
    if (server->mailbox)
        mailbox_close(server->mailbox);
    json_web_keys_free(server->keys);
    webhooks_stop(server->counts.webhooks);
    free(server);
}

static int bind_to_address(struct http_server *server)
{
    const struct config *config = server->service.config;
    int result = listen_address_check(config, server->address);
    if (!result)
        result = json_web_keys_read(&config->http.jwt_keys, &server->keys);
    if (result)
        return result;
    server->service.keys = server->keys;
    result = webhooks_open(server->service.gateway, config, &server->counts.webhooks);
    if (result)
        return result;
    server->context = create_context(server);
    server->mailbox = mailbox_new(server->service.gateway, wake, server);
    if (!server->context || !server->mailbox)
        return -ENOMEM;
    server->vhost = create_vhost(server);
    return server->vhost ? start_thread(server) : -EINVAL;
}

int http_server_open(struct gateway *gateway, const struct config *config, struct http_server **ret_server)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return -ENOMEM;
    log_filter_install();
    sem_init(&server->go, 0, 0);
    server->service = (struct http_service){.gateway = gateway, .config = config, .counts = &server->counts};
    int result = bind_to_address(server);
    if (result)
        destroy(server);
    else
        *ret_server = server;
    return result;
}

void http_server_serve(struct http_server *server)
{
    webhooks_serve(server->counts.webhooks);
    sem_post(&server->go);
}

unsigned http_server_port(const struct http_server *server)
{
    return (unsigned)lws_get_vhost_listen_port(server->vhost);
}

void http_server_stop(struct http_server *server)
{
    atomic_store(&server->is_stopping, true);
    sem_post(&server->go); // it may not have been told to serve
    lws_cancel_service(server->context);
    pthread_join(server->thread, NULL);
    destroy(server);
}
