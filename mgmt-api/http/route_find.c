// SPDX-License-Identifier: Apache-2.0
#include "routes.h"
#include <string.h>

static bool copy_parameter(const char *text, size_t length, char ret_parameter[PATH_PARAMETER_MAX])
{
    if (length == 0 || length >= PATH_PARAMETER_MAX)
        return false;
    memcpy(ret_parameter, text, length);
    ret_parameter[length] = '\0';
    return true;
}

bool path_match(const char *pattern, const char *path, char ret_parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX])
{
    unsigned count = 0;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t length = strcspn(path, "/");
        if (count == PATH_PARAMETERS || !copy_parameter(path, length, ret_parameters[count++]))
            return false;
        path += length;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *pattern == '\0' && *path == '\0';
}

const struct route *route_find(struct http_request *request, unsigned *ret_allowed)
{
    // Whoever serves GET serves HEAD (RFC 9110 9.3.2).
    enum http_method wanted = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    const struct route *found = NULL;
    *ret_allowed = 0;
    for (const struct route *route = routes; route->pattern; route++) {
        char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX] = {{0}};
        if (!path_match(route->pattern, request->path, parameters))
            continue;
        *ret_allowed |= 1U << route->method;
        if (route->method == HTTP_GET)
            *ret_allowed |= 1U << HTTP_HEAD;
        if (route->method == wanted && !found) {
            found = route;
            memcpy(request->parameters, parameters, sizeof parameters);
        }
    }
    if (*ret_allowed)
        *ret_allowed |= 1U << HTTP_OPTIONS;
    return found;
}

unsigned route_cross_origin_methods(const char *path)
{
    unsigned methods = 0;
    char parameters[PATH_PARAMETERS][PATH_PARAMETER_MAX];
    for (const struct route *route = routes; route->pattern; route++)
        if (route->is_cross_origin && path_match(route->pattern, path, parameters))
            methods |= 1U << route->method | (route->method == HTTP_GET ? 1U << HTTP_HEAD : 0) | 1U << HTTP_OPTIONS;
    return methods;
}
