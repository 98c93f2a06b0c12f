// SPDX-License-Identifier: Apache-2.0
// What the handlers of /v1/peers share.
#pragma once

#include "gateway.h"
#include "request.h"
#include "response.h"

// The body as an object, which the caller releases; NULL: *response says what is wrong.
json_t *peer_json_body(const struct http_request *request, struct http_response *response);

// peer_parameters.c: setCodecPreferences, replaceTrack, setParameters. False: *response says what is wrong.
bool parameters_read(const struct http_service *service, json_t *body, struct gateway_peer_ask *ask,
                     struct http_response *response);

// What the gateway would refuse is refused before it is asked, in the same words. False.
bool peer_json_refuse(struct http_response *response, enum gateway_status status, const char *what);

// Begins a request to a data channel of a peer, which the path names. False: as below.
bool peer_json_channel(struct http_request *request, struct gateway_request *ask, enum gateway_operation operation,
                       struct http_response *response);
// False: *response says that the token permits no data.
bool peer_json_may_use_data(const struct http_request *request, struct http_response *response);

// Begins a request to the peer that the path names. False: *response says that there is none.
bool peer_json_name(struct http_request *request, struct gateway_request *ask, enum gateway_operation operation,
                    struct http_response *response);
