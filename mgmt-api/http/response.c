// SPDX-License-Identifier: Apache-2.0
#include "response.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

const char *http_reason(unsigned status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

void response_header(struct http_response *response, const char *name, const char *format, ...)
{
    char value[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof value)
        return;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return; // no way to smuggle a line in
    size_t room = sizeof response->headers - response->headers_length;
    int used = snprintf(response->headers + response->headers_length, room, "%s: %s\r\n", name, value);
    if (used > 0 && (size_t)used < room)
        response->headers_length += (size_t)used;
    else
        response->headers[response->headers_length] = '\0';
}

void response_empty(struct http_response *response, unsigned status)
{
    response->status = status;
}

void response_static(struct http_response *response, const char *content_type, const void *body, size_t length)
{
    response->status = 200;
    response->content_type = content_type;
    response->body = body;
    response->body_length = length;
}

void response_owned(struct http_response *response, unsigned status, const char *content_type, char *body,
                    size_t length)
{
    response_static(response, content_type, body, length);
    response->status = status;
    response->owned = body;
}

void response_json(struct http_response *response, unsigned status, const char *content_type, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    json_decref(json);
    if (text)
        response_owned(response, status, content_type, text, strlen(text));
    else
        response_empty(response, 503);
}

struct bytes response_render(const struct http_response *response, size_t offset, bool is_head, bool will_close)
{
    // RFC 9110 8.6: no Content-Length on 204 and 304.
    bool may_have_body = response->status != 204 && response->status != 304;
    size_t body_length = may_have_body ? response->body_length : 0;
    struct bytes bytes = {.offset = offset};
    char head[256], type[128] = "", length[64] = "";
    if (response->content_type && may_have_body)
        snprintf(type, sizeof type, "Content-Type: %s\r\n", response->content_type);
    if (may_have_body && !response->is_stream)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", body_length);
    int head_length = snprintf(head, sizeof head, "HTTP/1.1 %u %s\r\n%s%s%s", response->status,
                               http_reason(response->status), type, length, will_close ? "Connection: close\r\n" : "");
    bytes.data = malloc(offset + (size_t)head_length + response->headers_length + 2 + body_length);
    if (!bytes.data)
        return bytes;
    char *end = bytes.data + offset;
    end = mempcpy(end, head, (size_t)head_length);
    end = mempcpy(end, response->headers, response->headers_length);
    end = mempcpy(end, "\r\n", 2);
    if (body_length && !is_head)
        end = mempcpy(end, response->body, body_length);
    bytes.length = (size_t)(end - bytes.data) - offset;
    return bytes;
}

void response_clear(struct http_response *response)
{
    free(response->owned);
    memset(response, 0, sizeof *response);
}
