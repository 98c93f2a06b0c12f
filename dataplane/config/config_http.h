// SPDX-License-Identifier: Apache-2.0
// The sections `http` and `webhooks` of the configuration.
#pragma once

#include "config_types.h"

struct config_http {
    struct config_address listen; // prefix is the address's full length
    unsigned port;
    struct {
        char certificate[CONFIG_PATH_SIZE]; // both empty (no TLS) or both set
        char key[CONFIG_PATH_SIZE];
    } tls;
    struct config_strings tokens, jwt_keys; // neither only if listen is a loopback address; keys: json_web_key.h
    struct config_strings names;            // of the host
    char cors_origin[CONFIG_STRING_SIZE];
};

struct config_webhooks {
    struct config_strings urls, events; // events: names; none is all
    char secret_file[CONFIG_PATH_SIZE], ca_file[CONFIG_PATH_SIZE];
};

static inline bool config_http_asks_for_tokens(const struct config_http *http)
{
    return http->tokens.count > 0 || http->jwt_keys.count > 0;
}
