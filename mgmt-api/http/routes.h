// SPDX-License-Identifier: Apache-2.0
// Which handler serves which method and path. The one table is in routes.c; openapi.yaml is tested against it.
#pragma once

#include "access.h"
#include "gateway.h"
#include "request.h"
#include "response.h"

struct config;
struct webhooks;

// Since the server began; HTTP thread only.
struct http_counts {
    struct webhooks *webhooks;                // NULL: none; webhooks_count() is for all threads
    unsigned connections;                     // now
    uint64_t refused_total, refused_a_source; // over limits.http-connections, and over what one source may have
};

struct http_service {
    struct gateway *gateway;
    const struct config *config;
    const struct json_web_keys *keys; // NULL: no JSON Web Tokens
    const struct http_counts *counts;
};

struct route {
    enum http_method method;
    const char *pattern;   // "/whip/{room}": {...} stands for one segment that is not empty
    enum permission needs; // in the {room} of the path, or in all
    bool is_cross_origin;  // pages of http.cors-origin may call it
    const char *consumes;  // media types of the body, NULL: takes none

    // Writes *response; or fills *ask, and returns true: the gateway is asked, and `finish` writes the response from
    // what it answers with GATEWAY_OK. Refusals never come here. Of a stream it is called for each further answer.
    bool (*begin)(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response);
    void (*finish)(const struct http_request *request, struct gateway_request *answer, struct http_response *response);
};

extern const struct route routes[]; // ends with a pattern of NULL

// Fills the parameters on a match.
bool path_match(const char *pattern, const char *path, char ret_parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX]);

// The route, or NULL. *ret_allowed gets a bit (1 << method) for each method that the path has: 0 is "no such path".
const struct route *route_find(struct http_request *request, unsigned *ret_allowed);

// A bit (1 << method) for each method of the path that pages of other origins may call, and for OPTIONS if there is
// any.
unsigned route_cross_origin_methods(const char *path);
