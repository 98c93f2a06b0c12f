// SPDX-License-Identifier: Apache-2.0
// The HTTP server: WHIP, WHEP, REST, metrics and pages, on a thread and a loop of its own.
#pragma once

struct config;
struct gateway;
struct http_server;

// Binds, and serves from its own thread until http_server_stop. Both arguments must outlive the server; of *config only
// `http` and `limits.http_connections` are read. Port 0 takes a free one. 0, or -EADDRINUSE, -EADDRNOTAVAIL, -EACCES
// (port, or certificate unreadable), -EINVAL (certificate or key unusable), -ENOMEM ...; *ret_server is set on success.
int http_server_start(struct gateway *gateway, const struct config *config, struct http_server **ret_server);

// The TCP port that is listened on.
unsigned http_server_port(const struct http_server *server);

// From any thread, also the gateway's: never waits for the gateway. Requests that it still holds may be done later.
void http_server_stop(struct http_server *server);
