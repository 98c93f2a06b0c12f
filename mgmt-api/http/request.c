// SPDX-License-Identifier: Apache-2.0
#include "request.h"
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const http_method_names[HTTP_METHODS] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",       [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
};

static const struct {
    int lws;
    enum http_method method;
} methods[] = {
    {LWSHUMETH_GET, HTTP_GET},         {LWSHUMETH_HEAD, HTTP_HEAD},   {LWSHUMETH_POST, HTTP_POST},
    {LWSHUMETH_PUT, HTTP_PUT},         {LWSHUMETH_PATCH, HTTP_PATCH}, {LWSHUMETH_DELETE, HTTP_DELETE},
    {LWSHUMETH_OPTIONS, HTTP_OPTIONS},
};

bool content_length_parse(const char *text, uint64_t *ret_length)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '\0')
        return false;
    *ret_length = strtoull(text, NULL, 10);
    return true;
}

bool media_type_is(const char *content_type, const char *media_type)
{
    size_t length = strlen(media_type);
    return strncasecmp(content_type, media_type, length) == 0 && strchr("; \t", content_type[length]) != NULL;
}

bool media_type_is_among(const char *content_type, const char *media_types)
{
    char one[64];
    for (size_t length; *media_types; media_types += length + strspn(media_types + length, ", ")) {
        length = strcspn(media_types, ",");
        if (length >= sizeof one)
            return false;
        memcpy(one, media_types, length);
        one[length] = '\0';
        if (media_type_is(content_type, one))
            return true;
    }
    return false;
}

static unsigned read_method_and_path(struct lws *wsi, struct http_request *request)
{
    char *path;
    int length;
    int method = lws_http_get_uri_and_method(wsi, &path, &length);
    size_t row = 0;
    while (row < sizeof methods / sizeof *methods && methods[row].lws != method)
        row++;
    if (row == sizeof methods / sizeof *methods)
        return 501;
    request->method = methods[row].method;
    if (length <= 0 || (size_t)length >= sizeof request->path)
        return 414;
    // libwebsockets has decoded the path, and cut it at & and ;: a decoded NUL or a cut shows as a difference here.
    if (path[0] != '/' || strnlen(path, (size_t)length) != (size_t)length)
        return 400;
    memcpy(request->path, path, (size_t)length);
    return 0;
}

// Empty if absent; false if longer than any value that this server understands.
static bool copy_header(struct lws *wsi, enum lws_token_indexes token, char value[HTTP_VALUE_SIZE])
{
    return lws_hdr_copy(wsi, value, HTTP_VALUE_SIZE, token) >= 0;
}

static bool copy_authorization(struct lws *wsi, char value[HTTP_AUTHORIZATION_SIZE])
{
    return lws_hdr_copy(wsi, value, HTTP_AUTHORIZATION_SIZE, WSI_TOKEN_HTTP_AUTHORIZATION) >= 0;
}

// One that libwebsockets has no number for; empty if absent or too long.
static void copy_custom_header(struct lws *wsi, const char *name, char value[HTTP_VALUE_SIZE])
{
    if (lws_hdr_custom_copy(wsi, value, HTTP_VALUE_SIZE, name, (int)strlen(name)) < 0)
        value[0] = '\0';
}

unsigned request_read(struct lws *wsi, struct http_request *ret_request)
{
    struct http_request request = {0};
    unsigned status = read_method_and_path(wsi, &request);
    if (status)
        return status;
    char length[HTTP_VALUE_SIZE];
    if (!copy_header(wsi, WSI_TOKEN_HOST, request.host) || !copy_authorization(wsi, request.authorization) ||
        !copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, request.content_type) ||
        !copy_header(wsi, WSI_TOKEN_HTTP_IF_MATCH, request.if_match) ||
        !copy_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, request.if_none_match) ||
        !copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length))
        return 431;
    copy_custom_header(wsi, "last-event-id:", request.last_event_id);
    request.is_chunked = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    request.has_length = length[0] != '\0';
    if (request.has_length && !content_length_parse(length, &request.content_length))
        return 400;
    *ret_request = request;
    return 0;
}

void request_clear(struct http_request *request)
{
    free(request->body);
    // The token does not stay in memory longer than the request.
    explicit_bzero(request, sizeof *request);
}

bool request_copy(const char *text, char *field, size_t size)
{
    size_t length = text ? strlen(text) : 0;
    if (!text || length >= size)
        return false;
    memcpy(field, text, length + 1);
    return true;
}
