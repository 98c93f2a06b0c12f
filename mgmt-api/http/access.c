// SPDX-License-Identifier: Apache-2.0
#include "access.h"
#include "bearer.h"
#include "json_web_token.h"
#include <string.h>

const char *const permission_names[PERMISSIONS] = {"none", "admin", "publish", "subscribe", "data"};

bool access_permits(const struct access *access, enum permission permission, const char *room)
{
    const unsigned bits = 1U << permission | 1U << PERMIT_ADMIN;
    if (permission == PERMIT_MEMBER)
        return access->permissions &
               (1U << PERMIT_ADMIN | 1U << PERMIT_PUBLISH | 1U << PERMIT_SUBSCRIBE | 1U << PERMIT_DATA);
    return access->permissions & bits && (!access->room[0] || (room && strcmp(access->room, room) == 0));
}

const char *access_read(const struct config_strings *tokens, const struct json_web_keys *keys,
                        const char *authorization, time_t now, struct access *ret_access)
{
    const struct access everything = {.permissions = 1U << PERMIT_ADMIN};
    const char *token = bearer_token(authorization);
    if ((tokens->count == 0 && !keys) || (tokens->count > 0 && bearer_opens(tokens, authorization))) {
        *ret_access = everything;
        return NULL;
    }
    if (!token || !keys)
        return token ? "it is none of http.tokens" : "there is none";
    return json_web_token_read(keys, token, now, ret_access);
}
