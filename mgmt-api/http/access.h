// SPDX-License-Identifier: Apache-2.0
// What a request may do: all that a token of http.tokens opens, or what a JSON Web Token says.
#pragma once

#include "config_types.h"
#include "gateway.h"

#include <time.h>

struct json_web_keys; // json_web_token.h

// PERMIT_NONE: no token is asked for. PERMIT_MEMBER: one that lets publish, subscribe or use data channels in some
// room, which the handler looks at.
enum permission {
    PERMIT_NONE,
    PERMIT_ADMIN,
    PERMIT_PUBLISH,
    PERMIT_SUBSCRIBE,
    PERMIT_DATA,
    PERMISSIONS,
    PERMIT_MEMBER = PERMISSIONS
};
extern const char *const permission_names[PERMISSIONS];

struct access {
    unsigned permissions;         // bits; 1 << PERMIT_ADMIN has all others in it
    char room[GATEWAY_ROOM_SIZE]; // the only one; "": any
};

// Whether it opens PERMISSION in this room; NULL: in all rooms.
bool access_permits(const struct access *access, enum permission permission, const char *room);

// What an Authorization value (RFC 6750 2.1) opens: everything, where there are neither tokens nor keys. NULL, or why
// it opens nothing.
const char *access_read(const struct config_strings *tokens, const struct json_web_keys *keys,
                        const char *authorization, time_t now, struct access *ret_access);
