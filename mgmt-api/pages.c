// SPDX-License-Identifier: Apache-2.0
// The console, the demo and the API's description, out of the table that the build made.
#include "handlers.h"
#include "problem.h"
#include "static_files.h"
#include <stdio.h>
#include <string.h>

// The pages use nothing from elsewhere, and nobody may frame them.
#define CONTENT_SECURITY_POLICY                                                                                        \
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob: mediastream:; frame-ancestors 'none'; "          \
    "base-uri 'none'; form-action 'self'"

static void serve(const struct http_request *request, const char *path, struct http_response *response)
{
    const struct static_file *file = static_files;
    while (file->path && strcmp(file->path, path) != 0)
        file++;
    if (!file->path) {
        problem(response, 404, "There is no such page.");
        return;
    }
    if (strcmp(request->if_none_match, file->etag) == 0)
        response_empty(response, 304);
    else
        response_static(response, file->content_type, file->data, file->size);
    response_header(response, "ETag", "%s", file->etag);
    response_header(response, "Cache-Control", "no-cache");
    response_header(response, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
}

static void serve_in(const struct http_request *request, const char *folder, struct http_response *response)
{
    char path[PATH_PARAMETER_MAX + 16];
    snprintf(path, sizeof path, "%s/%s", folder, request->parameters[0]);
    serve(request, path, response);
}

bool page_console(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    serve(request, "console/index.html", response);
    return false;
}

bool page_console_file(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                       struct http_response *response)
{
    serve_in(request, "console", response);
    return false;
}

bool page_demo(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
               struct http_response *response)
{
    serve(request, "demo/index.html", response);
    return false;
}

bool page_demo_file(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    serve_in(request, "demo", response);
    return false;
}

bool page_openapi(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    serve(request, "openapi.yaml", response);
    return false;
}
