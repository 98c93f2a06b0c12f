// SPDX-License-Identifier: Apache-2.0
// The library's outside, which the parsers never call.
#include "gateway_view.h"
#include <stdlib.h>

const char *const gateway_session_state_names[SESSION_STATES] = {"new",          "connecting", "securing", "connected",
                                                                 "disconnected", "failed",     "closed"};

void gateway_submit(struct gateway *gateway, struct gateway_request *request)
{
    abort();
}

bool gateway_is_ready(const struct gateway *gateway, char *ret_reason, size_t size)
{
    abort();
}

void gateway_snapshot_free(struct gateway_snapshot *snapshot)
{
    abort();
}
