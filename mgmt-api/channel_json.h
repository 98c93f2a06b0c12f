// SPDX-License-Identifier: Apache-2.0
// Data channels as JSON, with the names of RTCDataChannel.
#pragma once

#include "gateway_channel.h"

#include <jansson.h>

json_t *channel_json(const struct gateway_channel_view *view);
// What an event says of its channel; null of one that is about none.
json_t *channel_json_of_event(const struct gateway_channel_event *event);
// Bytes in base64 (RFC 4648 4).
json_t *channel_json_binary(const uint8_t *data, size_t size);
