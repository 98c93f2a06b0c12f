// SPDX-License-Identifier: Apache-2.0
// Liveness and readiness, for probes: open, short, and without waiting for the gateway.
#include "handlers.h"
#include "problem.h"

bool health_alive(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    response_static(response, "text/plain; charset=utf-8", "alive\n", 6);
    return false;
}

bool health_ready(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    char reason[256] = "";
    if (gateway_is_ready(service->gateway, reason, sizeof reason))
        response_static(response, "text/plain; charset=utf-8", "ready\n", 6);
    else
        problem(response, 503, "%s", reason);
    response_header(response, "Cache-Control", "no-store");
    return false;
}
