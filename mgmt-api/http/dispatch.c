// SPDX-License-Identifier: Apache-2.0
#include "dispatch.h"
#include "access.h"
#include "bearer.h"
#include "config.h"
#include "host.h"
#include "problem.h"
#include <string.h>

static void list_methods(unsigned allowed, char text[64])
{
    text[0] = '\0';
    for (unsigned method = 0; method < HTTP_METHODS; method++) {
        if (!(allowed & 1U << method))
            continue;
        if (text[0])
            strcat(text, ", ");
        strcat(text, http_method_names[method]);
    }
}

static const char *consumed_by(const char *path, enum http_method method)
{
    struct http_request probe = {.method = method};
    unsigned allowed;
    strcpy(probe.path, path);
    const struct route *route = route_find(&probe, &allowed);
    return route ? route->consumes : NULL;
}

// Where operators look and give orders, the browser's own rule stands: a page of another site may not. What is not
// served at all is refused so that any page can read it.
static const char *origin_for(const struct http_service *service, const struct http_request *request)
{
    unsigned served, methods = route_cross_origin_methods(request->path);
    struct http_request probe = {.method = request->method};
    strcpy(probe.path, request->path);
    bool is_open = methods >> request->method & 1 || (methods && !route_find(&probe, &served));
    return is_open ? service->config->http.cors_origin : "";
}

// The pre-flight of CORS carries no token, so it gets none asked for (RFC 9725 4.2 and 4.7). Fetch reads the list.
static void answer_options(const struct http_service *service, const struct http_request *request, unsigned allowed,
                           struct http_response *response)
{
    char methods[64];
    list_methods(allowed, methods);
    response_empty(response, 200);
    response_header(response, "Allow", "%s", methods);
    if (origin_for(service, request)[0]) {
        list_methods(route_cross_origin_methods(request->path), methods);
        response_header(response, "Access-Control-Allow-Methods", "%s", methods);
        response_header(response, "Access-Control-Allow-Headers",
                        "Authorization, Content-Type, If-Match, Last-Event-ID");
        response_header(response, "Access-Control-Max-Age", "600");
    }
    const char *post = consumed_by(request->path, HTTP_POST), *patch = consumed_by(request->path, HTTP_PATCH);
    if (post)
        response_header(response, "Accept-Post", "%s", post);
    if (patch)
        response_header(response, "Accept-Patch", "%s", patch);
}

static void refuse_method(const struct http_request *request, unsigned allowed, struct http_response *response)
{
    if (!allowed) {
        problem(response, 404, "Nothing is served at this path; /openapi.yaml lists what is.");
        return;
    }
    char methods[64];
    list_methods(allowed, methods);
    response_header(response, "Allow", "%s", methods);
    problem(response, 405, "%s is not served here; use %s.", http_method_names[request->method], methods);
}

static bool refuse_host(const struct http_service *service, const struct http_request *request,
                        struct http_response *response)
{
    if (host_is_served(service->config, request->host))
        return false;
    problem(response, 421,
            "The gateway is not known as %s: use its address or localhost, or add the name to http.names of its "
            "configuration.",
            request->host);
    return true;
}

static bool refuse_token(const struct http_service *service, struct http_request *request,
                         struct http_response *response)
{
    const char *why =
        access_read(&service->config->http.tokens, service->keys, request->authorization, time(NULL), &request->access);
    if (!why)
        return false;
    bool has_token = bearer_token(request->authorization) != NULL;
    response_header(response, "WWW-Authenticate", "Bearer realm=\"naru\"%s",
                    has_token ? ", error=\"invalid_token\"" : "");
    problem(response, 401,
            "The token does not open: %s. Send one of http.tokens of the gateway's configuration, or one signed with a "
            "key of http.jwt-keys: Authorization: Bearer TOKEN.",
            why);
    return true;
}

static bool refuse_permission(const struct route *route, const struct http_request *request,
                              struct http_response *response)
{
    const char *room = strstr(route->pattern, "{room}") ? request->parameters[0] : NULL;
    if (access_permits(&request->access, route->needs, room))
        return false;
    const char *needed = route->needs == PERMIT_MEMBER ? "publish" : permission_names[route->needs];
    response_header(response, "WWW-Authenticate", "Bearer realm=\"naru\", error=\"insufficient_scope\", scope=\"%s\"",
                    needed);
    problem(response, 403,
            "The token does not permit this: \"%s\" has to stand in its permissions, and its room be %s.", needed,
            room || route->needs == PERMIT_MEMBER ? "this one, or none" : "none");
    return true;
}

static int largest_body(const struct route *route)
{
    const char *takes = route->consumes ? route->consumes : "";
    if (media_type_is_among("application/octet-stream", takes))
        return HTTP_MESSAGE_MAX;
    bool is_description = strstr(route->pattern, "-description") || media_type_is_among("application/sdp", takes);
    return is_description ? HTTP_DESCRIPTION_MAX : HTTP_BODY_MAX;
}

static bool refuse_body(const struct route *route, const struct http_request *request, struct http_response *response)
{
    const int most = largest_body(route);
    if (request->is_chunked) // libwebsockets does not decode it, and two framings invite smuggling
        problem(response, 411, "Send the body with Content-Length, not with Transfer-Encoding.");
    else if (request->content_length > (uint64_t)most)
        problem(response, 413, "A body may have %d bytes.", most);
    else if (route->consumes && !request->has_length)
        problem(response, 411, "Send the body with Content-Length.");
    else if (route->consumes && !media_type_is_among(request->content_type, route->consumes))
        problem(response, 415, "Send the body as Content-Type: %s.", route->consumes);
    else
        return false;
    return true;
}

const struct route *dispatch_headers(const struct http_service *service, struct http_request *request,
                                     struct http_response *response)
{
    unsigned allowed;
    const struct route *route = route_find(request, &allowed);
    request->counts = service->counts;
    if (allowed && request->method == HTTP_OPTIONS)
        answer_options(service, request, allowed, response);
    else if (!route)
        refuse_method(request, allowed, response);
    else if (!(route->needs != PERMIT_NONE &&
               (refuse_host(service, request, response) || refuse_token(service, request, response) ||
                refuse_permission(route, request, response))) &&
             !refuse_body(route, request, response))
        return route;
    return NULL;
}

bool dispatch_begin(const struct http_service *service, const struct route *route, struct http_request *request,
                    struct gateway_request *ask, struct http_response *response)
{
    return route->begin(service, request, ask, response);
}

void dispatch_finish(const struct route *route, const struct http_request *request, struct gateway_request *answer,
                     struct http_response *response)
{
    if (answer->status == GATEWAY_OK)
        route->finish(request, answer, response);
    else
        problem_of_gateway(response, answer);
}

void dispatch_common_headers(const struct http_service *service, const struct http_request *request,
                             struct http_response *response)
{
    const char *origin = origin_for(service, request);
    if (origin[0]) {
        response_header(response, "Access-Control-Allow-Origin", "%s", origin);
        response_header(response, "Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After, Accept-Patch");
    }
    if (origin[0] && strcmp(origin, "*") != 0)
        response_header(response, "Vary", "Origin");
    response_header(response, "X-Content-Type-Options", "nosniff");
    response_header(response, "Referrer-Policy", "no-referrer"); // a token may stand in a page's URL
}
