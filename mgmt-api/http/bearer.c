// SPDX-License-Identifier: Apache-2.0
#include "bearer.h"
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

const char *bearer_token(const char *authorization)
{
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return NULL;
    const char *token = authorization + 7 + strspn(authorization + 7, " ");
    size_t length = strcspn(token, " \t,;\"");
    return length > 0 && token[length] == '\0' ? token : NULL;
}

bool bearer_opens(const struct config_strings *tokens, const char *authorization)
{
    if (tokens->count == 0)
        return true;
    const char *token = bearer_token(authorization);
    char given[CONFIG_STRING_SIZE] = "", held[CONFIG_STRING_SIZE];
    if (!token || strlen(token) >= sizeof given)
        return false;
    strcpy(given, token);
    unsigned matches = 0;
    for (unsigned i = 0; i < tokens->count; i++) {
        memset(held, 0, sizeof held);
        memcpy(held, tokens->item[i], strnlen(tokens->item[i], sizeof held - 1));
        matches += CRYPTO_memcmp(given, held, sizeof held) == 0; // always whole buffers, always all tokens
    }
    explicit_bzero(given, sizeof given);
    explicit_bzero(held, sizeof held);
    return matches > 0;
}
