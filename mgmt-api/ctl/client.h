// SPDX-License-Identifier: Apache-2.0
// Asks the gateway's REST interface.
#pragma once

#include <jansson.h>

struct options;

// The JSON at this path, or NULL: then a message was printed that says what to do.
json_t *client_get(const struct options *options, const char *path);

// The same after a merge patch (RFC 7396) of it.
json_t *client_patch(const struct options *options, const char *path, const char *patch);
