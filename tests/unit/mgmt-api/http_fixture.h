// SPDX-License-Identifier: Apache-2.0
// The real server on a free loopback port, and libcurl to talk to it.
#pragma once

#include "config.h"
#include "gateway_double.h"
#include <jansson.h>

extern const char *naru_ctl_path;

struct reply {
    long status;
    char headers[8192]; // as received, lines ended by CRLF
    char *body;         // malloc, never NULL
    size_t length;
};

// Server and double with a configuration of defaults on 127.0.0.1; `token` NULL: open. 0, so that CUnit takes it.
int fixture_start(const char *token);
int fixture_start_config(const struct config *config);
int fixture_stop(void);
int fixture_open(void); // fixture_start(NULL), for suites
struct config fixture_config(const char *token);
unsigned fixture_port(void);
void fixture_stop_server(void); // the double goes on
const char *fixture_url(void);

// `headers` are lines separated by \n, or NULL; `body` NULL: none.
struct reply fetch(const char *method, const char *path, const char *headers, const char *body);
void reply_free(struct reply *reply);

// The value of a field, "" if absent. Valid until the next call.
const char *reply_header(const struct reply *reply, const char *name);
json_t *reply_json(const struct reply *reply); // NULL if it is none
