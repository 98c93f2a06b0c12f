// SPDX-License-Identifier: Apache-2.0
#include "handlers.h"

bool snapshot_begin(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    ask->operation = GATEWAY_SNAPSHOT;
    return true;
}
