// SPDX-License-Identifier: Apache-2.0
// An HTTP response in the making, and its rendering into bytes.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct http_response {
    unsigned status; // 0: not answered yet
    char headers[2048];
    size_t headers_length;
    const char *content_type; // static
    const void *body;
    size_t body_length;
    void *owned;    // what to free when done, or NULL if the body is static
    bool is_stream; // the body goes on: what the gateway answers next is more of it
};

struct bytes {
    char *data; // malloc; the first `offset` bytes are room for the transport
    size_t offset, length;
};

const char *http_reason(unsigned status);

// Adds a field. A value with control characters, or one that has no room left, is left out.
void response_header(struct http_response *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void response_empty(struct http_response *response, unsigned status);
void response_static(struct http_response *response, const char *content_type, const void *body, size_t length);
void response_owned(struct http_response *response, unsigned status, const char *content_type, char *body,
                    size_t length);
// Steals the reference; NULL (out of memory) makes a 503.
void response_json(struct http_response *response, unsigned status, const char *content_type, json_t *json);

// The whole message with `offset` bytes of room before it. data is NULL without memory.
struct bytes response_render(const struct http_response *response, size_t offset, bool is_head, bool will_close);
void response_clear(struct http_response *response);
