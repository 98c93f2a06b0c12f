// SPDX-License-Identifier: Apache-2.0
// The input's lines are a path, an Authorization, a Content-Type, an If-Match and a Content-Length; the first byte
// chooses the method. They run through all that naru does before a handler sees a request.
#include "config.h"
#include "dispatch.h"
#include "entity_tag.h"
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_line(const uint8_t **data, const uint8_t *end, char *field, size_t size)
{
    size_t left = (size_t)(end - *data), length = 0;
    while (length < left && (*data)[length] != '\n')
        length++;
    size_t copied = length < size - 1 ? length : size - 1;
    memcpy(field, *data, copied);
    field[copied] = '\0';
    *data += length < left ? length + 1 : length;
}

static void check(const struct http_service *service, struct http_request *request)
{
    struct http_response response = {0};
    const struct route *route = dispatch_headers(service, request, &response);
    assert(!route == (response.status != 0));
    if (route) {
        char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX];
        assert(path_match(route->pattern, request->path, parameters));
        assert(request->content_length <= HTTP_MESSAGE_MAX);
    }
    dispatch_common_headers(service, request, &response);
    assert(memmem(response.headers, response.headers_length, "\r\n\r\n", 4) == NULL);
    response_clear(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config config;
    config.http.tokens = (struct config_strings){1, {"secret"}};
    struct http_service service = {.config = &config};
    struct http_request request = {0};
    char length[64], tag[40];
    if (size == 0)
        return 0;
    const uint8_t *end = data + size;
    request.method = (enum http_method)(*data++ % HTTP_METHODS);
    take_line(&data, end, request.path, sizeof request.path);
    take_line(&data, end, request.authorization, sizeof request.authorization);
    take_line(&data, end, request.content_type, sizeof request.content_type);
    take_line(&data, end, request.if_match, sizeof request.if_match);
    take_line(&data, end, length, sizeof length);
    request.has_length = content_length_parse(length, &request.content_length);
    if (entity_tag_parse(request.if_match, tag, sizeof tag))
        assert(strlen(tag) > 0 && strlen(tag) < sizeof tag);
    check(&service, &request);
    return 0;
}
