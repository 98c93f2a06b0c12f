// SPDX-License-Identifier: Apache-2.0
// The HTTP server: WHIP, WHEP, REST, metrics and pages, on a thread and a loop of its own.
#pragma once

struct config;
struct gateway;
struct http_server;

// Reads certificate and key, and binds: what root may be needed for. Both arguments must outlive the server; of *config
// only `http` and `limits.http_connections` are read. Port 0 takes a free one. 0, or -EADDRINUSE, -EADDRNOTAVAIL,
// -EACCES (port, or a file unreadable), -ENOENT, -ENOKEY (http.jwt-keys), -EINVAL (certificate or key unusable),
// -ENOMEM
// ...; *ret_server is set on success.
int http_server_open(struct gateway *gateway, const struct config *config, struct http_server **ret_server);

// Serves from a thread of its own, which is there already, until http_server_stop.
void http_server_serve(struct http_server *server);

// The TCP port that is listened on.
unsigned http_server_port(const struct http_server *server);

// Also where it does not serve yet. From any thread, also the gateway's: never waits for the gateway. Requests that it
// still holds may be done later.
void http_server_stop(struct http_server *server);
