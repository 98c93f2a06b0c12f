// SPDX-License-Identifier: Apache-2.0
#include "json_web_key.h"
#include <errno.h>
#include <string.h>

int json_web_key_parse(const char *text, enum json_web_algorithm *ret_algorithm, const char **ret_path)
{
    static const char *const names[JSON_WEB_ALGORITHMS] = {"HS256:", "ES256:", "RS256:"};
    for (unsigned i = 0; i < JSON_WEB_ALGORITHMS; i++) {
        const size_t length = strlen(names[i]);
        if (strncmp(text, names[i], length) != 0 || text[length] != '/')
            continue;
        *ret_algorithm = (enum json_web_algorithm)i;
        *ret_path = text + length;
        return 0;
    }
    return -EINVAL;
}
