// SPDX-License-Identifier: Apache-2.0
// An HTTP request as handlers see it: text is decoded, bounded and NUL-terminated.
#pragma once

#include "access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_counts;
struct lws;

#define HTTP_BODY_MAX           (64 * 1024)
#define HTTP_DESCRIPTION_MAX    (320 * 1024) // where bodies are session descriptions: 256 KiB, in JSON with escapes
#define HTTP_MESSAGE_MAX        (512 * 1024) // where bodies are messages: the largest in base64, and then some
#define HTTP_HEADERS_MAX        (16 * 1024)
#define HTTP_PATH_SIZE          512
#define HTTP_VALUE_SIZE         256
#define HTTP_AUTHORIZATION_SIZE 2048
#define PATH_PARAMETERS         2
#define PATH_PARAMETER_MAX      128

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_METHODS };
extern const char *const http_method_names[HTTP_METHODS];

struct http_request {
    enum http_method method;
    char path[HTTP_PATH_SIZE];
    char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX]; // what stood for {...} in the route's pattern, in order
    char authorization[HTTP_AUTHORIZATION_SIZE], content_type[HTTP_VALUE_SIZE];
    char host[HTTP_VALUE_SIZE];
    char if_match[HTTP_VALUE_SIZE], if_none_match[HTTP_VALUE_SIZE], last_event_id[HTTP_VALUE_SIZE];
    bool has_length, is_chunked;
    uint64_t content_length;
    char *body; // malloc, NUL behind it; NULL if there is none
    size_t body_length;
    const struct http_counts *counts; // once a route was found
    struct access access;             // where the route needs a token
};

// Takes method, path and headers from a connection that has read them. 0, or the HTTP status to refuse it with.
unsigned request_read(struct lws *wsi, struct http_request *ret_request);
void request_clear(struct http_request *request);

// Copies text of a request whole, or not at all: false if it is NULL or too long.
bool request_copy(const char *text, char *field, size_t size);

// Decimal digits and nothing else (RFC 9110 8.6).
bool content_length_parse(const char *text, uint64_t *ret_length);

// Whether a Content-Type names this media type; parameters and case do not matter (RFC 9110 8.3.1).
bool media_type_is(const char *content_type, const char *media_type);
// The same of a list, "text/plain, application/json".
bool media_type_is_among(const char *content_type, const char *media_types);
