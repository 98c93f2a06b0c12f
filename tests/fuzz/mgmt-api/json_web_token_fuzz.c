// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens of anyone: none is signed with the secret, unless the fuzzer finds SHA-256's secret. What is behind
// the signature is reached by signing the input as claims.
#include "json_web_token.h"

#include <assert.h>
#include <jwt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW    1000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct json_web_keys *make_keys(void)
{
    char path[] = "/tmp/naru-fuzz-jwt.XXXXXX";
    struct config_strings named = {.count = 1};
    struct json_web_keys *keys = NULL;
    int fd = mkstemp(path);
    assert(fd >= 0 && write(fd, SECRET, strlen(SECRET)) == (ssize_t)strlen(SECRET));
    snprintf(named.item[0], sizeof(named.item[0]), "HS256:%s", path);
    assert(!json_web_keys_read(&named, &keys));
    close(fd);
    unlink(path);
    return keys;
}

static void read_signed(const struct json_web_keys *keys, const char *claims)
{
    jwt_t *jwt;
    struct access access = {0};
    char *token = NULL;
    if (jwt_new(&jwt))
        return;
    if (!jwt_add_grants_json(jwt, claims) &&
        !jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)SECRET, (int)strlen(SECRET)))
        token = jwt_encode_str(jwt);
    if (token && !json_web_token_read(keys, token, NOW, &access)) {
        assert(strnlen(access.room, sizeof(access.room)) < sizeof(access.room));
        assert(access.permissions < 1U << PERMISSIONS && !(access.permissions & 1U << PERMIT_NONE));
    }
    free(token);
    jwt_free(jwt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_web_keys *keys;
    struct access access;
    char *text = malloc(size + 1);
    if (!keys)
        keys = make_keys();
    memcpy(text, data, size);
    text[size] = '\0';
    assert(json_web_token_read(keys, text, NOW, &access));
    read_signed(keys, text);
    free(text);
    return 0;
}
