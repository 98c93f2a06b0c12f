// SPDX-License-Identifier: Apache-2.0
// From a request to a response, without a socket: what is refused before a handler sees it, and what every response
// carries.
#pragma once

#include "routes.h"

// Once the headers are there. The route to serve, or NULL: then *response refuses, or answers OPTIONS.
const struct route *dispatch_headers(const struct http_service *service, struct http_request *request,
                                     struct http_response *response);

// Once the body is there: true if *ask is to be submitted, else *response is set.
bool dispatch_begin(const struct http_service *service, const struct route *route, struct http_request *request,
                    struct gateway_request *ask, struct http_response *response);

// Once the gateway has answered.
void dispatch_finish(const struct route *route, const struct http_request *request, struct gateway_request *answer,
                     struct http_response *response);

// The fields of every response: CORS where other origins may call, and what keeps browsers from guessing.
void dispatch_common_headers(const struct http_service *service, const struct http_request *request,
                             struct http_response *response);
