// SPDX-License-Identifier: Apache-2.0
// POST /v1/peers/{id}/datachannels/{number}/send: RTCDataChannel.send(). The body is the message, or names it in JSON.
#include "channel_json.h"
#include "handlers.h"
#include "peer_json.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static bool take(struct gateway_request *ask, bool is_text, const void *data, size_t size)
{
    ask->peer.channel.is_text = is_text;
    ask->data = malloc(size + 1);
    if (!ask->data)
        return false;
    if (size)
        memcpy(ask->data, data, size);
    ask->data[size] = '\0';
    ask->data_size = size;
    return true;
}

// RFC 4648 4; white space in it is left to nobody.
static bool take_base64(struct gateway_request *ask, const char *text, size_t length)
{
    unsigned char *decoded = length % 4 == 0 ? malloc(length / 4 * 3 + 1) : NULL;
    int size = !decoded ? -1 : length ? EVP_DecodeBlock(decoded, (const unsigned char *)text, (int)length) : 0;
    if (size > 0)
        size -= (text[length - 1] == '=') + (text[length - 2] == '=');
    bool is_good = size >= 0 && take(ask, false, decoded, (size_t)size);
    free(decoded);
    return is_good;
}

static bool take_json(const struct http_request *request, struct gateway_request *ask)
{
    json_t *body = json_loadb(request->body ? request->body : "", request->body_length, JSON_ALLOW_NUL, NULL);
    const json_t *text = json_object_get(body, "data"), *binary = json_object_get(body, "data_base64");
    bool is_good = false;
    if (json_is_string(text) && !binary)
        is_good = take(ask, true, json_string_value(text), json_string_length(text));
    else if (json_is_string(binary) && !text)
        is_good = take_base64(ask, json_string_value(binary), json_string_length(binary));
    json_decref(body);
    return is_good;
}

static bool is_utf8(const struct http_request *request)
{
    json_t *json = request->body ? json_stringn(request->body, request->body_length) : json_string("");
    bool is_good = json;
    json_decref(json);
    return is_good;
}

bool channel_send(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    bool is_text = media_type_is(request->content_type, "text/plain"), is_good = true;
    if (!peer_json_channel(request, ask, GATEWAY_CHANNEL_SEND, response) || !peer_json_may_use_data(request, response))
        return false;
    if (is_text && !is_utf8(request))
        return peer_json_refuse(response, GATEWAY_TYPE_ERROR,
                                "text/plain is UTF-8; send other bytes as application/octet-stream.");
    if (media_type_is(request->content_type, "application/json"))
        is_good = take_json(request, ask);
    else
        is_good = take(ask, is_text, request->body, request->body_length);
    if (!is_good)
        return peer_json_refuse(response, GATEWAY_TYPE_ERROR, "Send {\"data\": TEXT} or {\"data_base64\": BASE64}.");
    if (ask->data_size <= GATEWAY_MESSAGE_MAX)
        return true;
    return peer_json_refuse(response, GATEWAY_TOO_LARGE,
                            "A message may have 262,144 bytes, or fewer where the peer takes less.");
}

void channel_sent(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_json(response, 200, "application/json",
                  json_pack("{s:I}", "bufferedAmount", (json_int_t)answer->channels->list[0].buffered_amount));
}
