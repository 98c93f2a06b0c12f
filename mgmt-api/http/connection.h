// SPDX-License-Identifier: Apache-2.0
// One TCP connection: libwebsockets' events drive it through one request after the other. HTTP thread only.
#pragma once

#include "exchange.h"
#include "peer_source.h"
#include "routes.h"
#include <sys/queue.h>

struct lws;

enum connection_state {
    CONNECTION_IDLE, // no request, or one whose headers are incomplete
    CONNECTION_BODY,
    CONNECTION_WAITING,  // for the gateway
    CONNECTION_ANSWERED, // response is set and not sent
    CONNECTION_STREAMING // its head is sent: the response is what comes next, if there is any
};

struct connection {
    struct lws *wsi;
    struct peer_source source;
    LIST_ENTRY(connection) all;
    const struct http_service *service;
    struct mailbox *mailbox;
    enum connection_state state;
    struct http_request request;
    const struct route *route;
    struct exchange *exchange; // while waiting
    struct http_response response;
    struct gateway_request *more; // of a stream: what the gateway is asked next; malloc
    bool is_draining;             // of a stream: the last part has not left
    bool must_close; // after the response: its body will not be read, or the peer cannot be followed any more
};
LIST_HEAD(connection_list, connection);

struct connection *connection_new(struct lws *wsi, const struct http_service *service, struct mailbox *mailbox);

// The peer is gone: what the gateway still has of it is abandoned.
void connection_detach(struct connection *connection);
void connection_free(struct connection *connection);

void connection_headers_read(struct connection *connection);
void connection_body_read(struct connection *connection, const void *data, size_t length);
void connection_body_ended(struct connection *connection);
void connection_timed_out(struct connection *connection);

// The gateway's answer. Takes the exchange.
void connection_answered(struct exchange *exchange);

// Sends the response, if there is one. Not 0: close the connection.
int connection_writable(struct connection *connection);
