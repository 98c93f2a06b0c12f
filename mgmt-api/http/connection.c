// SPDX-License-Identifier: Apache-2.0
#include "connection.h"
#include "config.h"
#include "dispatch.h"
#include "problem.h"
#include <assert.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#define GATEWAY_SECONDS 10
#define STREAM_SECONDS  20            // that a reader may take over what was sent to it
#define DISCARD_MAX     (1024 * 1024) // of a body that was refused: read it away, so that the peer sees the answer

struct connection *connection_new(struct lws *wsi, const struct http_service *service, struct mailbox *mailbox)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection) {
        connection->wsi = wsi;
        connection->service = service;
        connection->mailbox = mailbox;
        peer_source_of(lws_get_socket_fd(wsi), &connection->source);
    }
    return connection;
}

void connection_detach(struct connection *connection)
{
    if (connection->exchange)
        connection->exchange->connection = NULL;
    connection->exchange = NULL;
}

void connection_free(struct connection *connection)
{
    connection_detach(connection);
    request_clear(&connection->request);
    response_clear(&connection->response);
    free(connection->more);
    free(connection);
}

static void set_timer(struct connection *connection, unsigned seconds)
{
    lws_set_timer_usecs(connection->wsi, seconds ? seconds * LWS_USEC_PER_SEC : LWS_SET_TIMER_USEC_CANCEL);
}

static void answer(struct connection *connection)
{
    dispatch_common_headers(connection->service, &connection->request, &connection->response);
    connection->state = CONNECTION_ANSWERED;
    set_timer(connection, 0);
    lws_callback_on_writable(connection->wsi);
}

// Nothing is read while the gateway works: libwebsockets would take further bytes for more of this request.
static void ask_gateway(struct connection *connection, const struct gateway_request *ask)
{
    connection->exchange = exchange_submit(connection->mailbox, connection, ask);
    if (!connection->exchange) {
        problem(&connection->response, 503, "The gateway is out of memory; try again later.");
        answer(connection);
        return;
    }
    connection->state = CONNECTION_WAITING;
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    lws_rx_flow_control(connection->wsi, 0);
    set_timer(connection, GATEWAY_SECONDS);
}

static void serve(struct connection *connection)
{
    struct gateway_request ask = {0};
    static_assert(PEER_SOURCE_SIZE == GATEWAY_SOURCE_SIZE, "both name a source alike");
    memcpy(ask.source, connection->source.prefix, sizeof ask.source);
    if (dispatch_begin(connection->service, connection->route, &connection->request, &ask, &connection->response))
        ask_gateway(connection, &ask);
    else
        answer(connection);
}

static bool has_endless_body(const struct http_request *request)
{
    bool may_have_body = request->method == HTTP_POST || request->method == HTTP_PUT || request->method == HTTP_PATCH;
    return request->is_chunked || request->content_length > DISCARD_MAX || (may_have_body && !request->has_length);
}

void connection_headers_read(struct connection *connection)
{
    struct http_request *request = &connection->request;
    unsigned status = request_read(connection->wsi, request);
    if (status) {
        connection->must_close = true;
        problem(&connection->response, status, "The request line or a header field is malformed or too long.");
        answer(connection);
        return;
    }
    connection->must_close = has_endless_body(request);
    connection->route = dispatch_headers(connection->service, request, &connection->response);
    if (!connection->route) {
        answer(connection);
    } else if (request->content_length == 0) {
        serve(connection);
    } else if (!(request->body = malloc(request->content_length + 1))) {
        problem(&connection->response, 503, "The gateway is out of memory; try again later.");
        answer(connection);
    } else {
        connection->state = CONNECTION_BODY;
        set_timer(connection,
                  connection->service->config->limits
                      .http_body_seconds); // for the whole of it; libwebsockets' own starts anew with each piece
    }
}

void connection_body_read(struct connection *connection, const void *data, size_t length)
{
    struct http_request *request = &connection->request;
    if (connection->state != CONNECTION_BODY || length > request->content_length - request->body_length)
        return; // of a request that was refused
    memcpy(request->body + request->body_length, data, length);
    request->body_length += length;
    request->body[request->body_length] = '\0';
}

void connection_body_ended(struct connection *connection)
{
    if (connection->state == CONNECTION_BODY)
        serve(connection);
}

void connection_timed_out(struct connection *connection)
{
    if (connection->state == CONNECTION_BODY) {
        problem(&connection->response, 408, "The body did not come within %u seconds.",
                connection->service->config->limits.http_body_seconds);
    } else if (connection->state == CONNECTION_WAITING) {
        connection_detach(connection);
        lws_rx_flow_control(connection->wsi, 1);
        response_header(&connection->response, "Retry-After", "%d", GATEWAY_SECONDS);
        problem(&connection->response, 503, "The gateway did not answer within %d seconds.", GATEWAY_SECONDS);
    } else if (connection->state == CONNECTION_STREAMING) {
        if (!connection->exchange) // a timer that was cancelled comes, too, while the gateway is asked
            lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC); // it reads too slowly
        return;
    } else {
        return;
    }
    connection->must_close = true;
    answer(connection);
}

// What the gateway is to be asked when this part is sent: the same, behind what it told.
static void prepare_more(struct connection *connection, const struct gateway_request *answered)
{
    if (!connection->response.is_stream)
        return;
    if (!connection->more)
        connection->more = calloc(1, sizeof *connection->more);
    if (!connection->more)
        return; // the stream ends with this part
    connection->more->operation = answered->operation;
    connection->more->peer = answered->peer;
    connection->more->peer.is_first = false;
    connection->more->is_peer = answered->is_peer;
    memcpy(connection->more->id, answered->id, sizeof answered->id);
    memcpy(connection->more->room, answered->room, sizeof answered->room);
    memcpy(connection->more->source, answered->source, sizeof answered->source);
}

static void stream_answered(struct connection *connection, struct exchange *exchange)
{
    if (exchange->ask.status == GATEWAY_OK)
        connection->route->finish(&connection->request, &exchange->ask, &connection->response);
    prepare_more(connection, &exchange->ask);
    exchange_free(exchange);
    lws_rx_flow_control(connection->wsi, 1); // without it libwebsockets calls for no writing either
    set_timer(connection, STREAM_SECONDS);
    lws_callback_on_writable(connection->wsi);
}

void connection_answered(struct exchange *exchange)
{
    struct connection *connection = exchange->connection;
    if (!connection) {
        exchange_abandon(exchange);
        return;
    }
    connection->exchange = NULL;
    if (connection->state == CONNECTION_STREAMING) {
        stream_answered(connection, exchange);
        return;
    }
    lws_rx_flow_control(connection->wsi, 1);
    dispatch_finish(connection->route, &connection->request, &exchange->ask, &connection->response);
    prepare_more(connection, &exchange->ask);
    exchange_free(exchange);
    answer(connection);
}

static int send_response(struct connection *connection)
{
    bool is_head = connection->request.method == HTTP_HEAD;
    struct bytes bytes = response_render(&connection->response, LWS_PRE, is_head, connection->must_close);
    if (!bytes.data)
        return -1;
    // Whole at once: what the socket does not take, libwebsockets keeps and sends on.
    int written = lws_write(connection->wsi, (unsigned char *)bytes.data + LWS_PRE, bytes.length, LWS_WRITE_HTTP_FINAL);
    free(bytes.data);
    return written < 0 ? -1 : 0;
}

// Asks only when the last part has left: a slow reader keeps one part here and no more.
static int ask_for_more(struct connection *connection)
{
    response_clear(&connection->response);
    set_timer(connection, 0);
    lws_rx_flow_control(connection->wsi, 0);
    connection->exchange = exchange_submit(connection->mailbox, connection, connection->more);
    return connection->exchange ? 0 : -1;
}

// What the socket did not take libwebsockets keeps. It has to leave first: without reading there is no writing either,
// and a loop that polls for it.
static int end_part(struct connection *connection)
{
    connection->is_draining = lws_partial_buffered(connection->wsi);
    if (!connection->is_draining)
        return ask_for_more(connection);
    response_clear(&connection->response);
    set_timer(connection, STREAM_SECONDS);
    lws_callback_on_writable(connection->wsi);
    return 0;
}

static int begin_stream(struct connection *connection)
{
    struct bytes bytes = response_render(&connection->response, LWS_PRE, false, true);
    if (!bytes.data || !connection->more)
        return -1;
    int written = lws_write(connection->wsi, (unsigned char *)bytes.data + LWS_PRE, bytes.length, LWS_WRITE_HTTP);
    free(bytes.data);
    connection->state = CONNECTION_STREAMING;
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    return written < 0 ? -1 : end_part(connection);
}

static int go_on_streaming(struct connection *connection)
{
    const struct http_response *response = &connection->response;
    if (connection->exchange)
        return 0; // the last part has left, and more was asked for
    if (connection->is_draining)
        return end_part(connection);
    if (!response->status)
        return -1; // refused: there is no more
    unsigned char *part = malloc(LWS_PRE + response->body_length);
    if (!part)
        return -1;
    bool is_last = !response->is_stream;
    memcpy(part + LWS_PRE, response->body, response->body_length);
    int written = lws_write(connection->wsi, part + LWS_PRE, response->body_length, LWS_WRITE_HTTP);
    free(part);
    return written < 0 || is_last ? -1 : end_part(connection);
}

int connection_writable(struct connection *connection)
{
    if (connection->state == CONNECTION_STREAMING)
        return go_on_streaming(connection);
    if (connection->state == CONNECTION_ANSWERED && connection->response.is_stream)
        return begin_stream(connection);
    if (connection->state != CONNECTION_ANSWERED)
        return 0;
    int result = send_response(connection);
    request_clear(&connection->request);
    response_clear(&connection->response);
    connection->state = CONNECTION_IDLE;
    if (result || connection->must_close)
        return -1;
    return lws_http_transaction_completed(connection->wsi) ? -1 : 0;
}
