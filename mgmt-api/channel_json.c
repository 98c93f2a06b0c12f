// SPDX-License-Identifier: Apache-2.0
#include "channel_json.h"

#include <openssl/evp.h>
#include <stdlib.h>

static const struct {
    unsigned value;
    const char *name;
} priorities[] = {{128, "very-low"}, {256, "low"}, {512, "medium"}, {1024, "high"}};

// RFC 8831 6.4 of a number between those.
static const char *priority_name(unsigned value)
{
    size_t row = sizeof priorities / sizeof *priorities - 1;
    while (row > 0 && value < priorities[row].value)
        row--;
    return priorities[row].name;
}

static json_t *number_or_null(int value)
{
    return value < 0 ? json_null() : json_integer(value);
}

// What was cut in the middle of a character or is none is left out.
static json_t *text(const char *value)
{
    json_t *json = json_string(value);
    return json ? json : json_string("");
}

json_t *channel_json(const struct gateway_channel_view *view)
{
    json_t *json =
        json_pack("{s:I, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:s, s:s, s:I, s:I}", "number", (json_int_t)view->number,
                  "id", number_or_null(view->id), "label", text(view->label), "protocol", text(view->protocol),
                  "ordered", view->ordered, "negotiated", view->negotiated, "maxPacketLifeTime",
                  number_or_null(view->max_packet_life_time), "maxRetransmits", number_or_null(view->max_retransmits),
                  "priority", priority_name(view->priority), "readyState", view->state, "bufferedAmount",
                  (json_int_t)view->buffered_amount, "bufferedAmountLowThreshold", (json_int_t)view->low_threshold);
    return json;
}

json_t *channel_json_of_event(const struct gateway_channel_event *event)
{
    if (!event->number)
        return json_null();
    return json_pack("{s:I, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:s}", "number", (json_int_t)event->number, "id",
                     number_or_null(event->id), "label", text(event->label), "protocol", text(event->protocol),
                     "ordered", event->ordered, "negotiated", event->negotiated, "maxPacketLifeTime",
                     number_or_null(event->max_packet_life_time), "maxRetransmits",
                     number_or_null(event->max_retransmits), "priority", priority_name(event->priority));
}

json_t *channel_json_binary(const uint8_t *data, size_t size)
{
    unsigned char *encoded = malloc(4 * ((size + 2) / 3) + 1);
    int length = encoded ? EVP_EncodeBlock(encoded, data, (int)size) : -1;
    json_t *json = length < 0 ? NULL : json_stringn((const char *)encoded, (size_t)length);
    free(encoded);
    return json;
}
