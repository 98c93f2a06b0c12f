// SPDX-License-Identifier: Apache-2.0
// Errors as RFC 9457 problem details.
#pragma once

#include "gateway.h"
#include "response.h"

// Makes *response an application/problem+json of this status. `detail` says what is wrong and what to do about it.
void problem(struct http_response *response, unsigned status, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

// The same for what the gateway refused: with its detail, the line of the SDP, and Retry-After.
void problem_of_gateway(struct http_response *response, const struct gateway_request *refused);
