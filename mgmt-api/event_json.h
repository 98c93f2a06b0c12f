// SPDX-License-Identifier: Apache-2.0
// Events of peers as JSON: the same over /v1/events and to webhooks.
#pragma once

#include "gateway.h"
#include <jansson.h>

// NULL: not of this release.
const char *event_name(enum gateway_event_kind kind);
// What is told beside the name; NULL without memory.
json_t *event_data(const struct gateway_event *event);
