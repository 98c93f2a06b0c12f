// SPDX-License-Identifier: Apache-2.0
#include "json_web_token.h"

#include "json_web_key.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_SIZE_MAX   8192
#define SECRET_MIN     32 // RFC 7518 3.2
#define RSA_BITS_MIN   2048
#define CLOCKS_APART_S 30 // of who signed and of this machine

struct json_web_key {
    jwt_alg_t algorithm;
    int length;
    unsigned char bytes[KEY_SIZE_MAX];
};

struct json_web_keys {
    unsigned count;
    struct json_web_key key[];
};

static const jwt_alg_t algorithms[] = {
    [JSON_WEB_HS256] = JWT_ALG_HS256, [JSON_WEB_ES256] = JWT_ALG_ES256, [JSON_WEB_RS256] = JWT_ALG_RS256};

static bool is_public_key(const struct json_web_key *key)
{
    BIO *bio = BIO_new_mem_buf(key->bytes, key->length);
    EVP_PKEY *public = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    char curve[16] = "";
    bool fits = false;
    if (public && key->algorithm == JWT_ALG_RS256)
        fits = EVP_PKEY_is_a(public, "RSA") && EVP_PKEY_get_bits(public) >= RSA_BITS_MIN;
    else if (public && EVP_PKEY_get_group_name(public, curve, sizeof curve, NULL))
        fits = strcmp(curve, "prime256v1") == 0;
    EVP_PKEY_free(public);
    BIO_free(bio);
    return fits;
}

// A secret is all of the file but the end of its last line.
static bool is_secret(struct json_web_key *key)
{
    while (key->length > 0 && (key->bytes[key->length - 1] == '\n' || key->bytes[key->length - 1] == '\r'))
        key->length--;
    return key->length >= SECRET_MIN;
}

static int read_file(const char *path, struct json_web_key *ret_key)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t length = read(fd, ret_key->bytes, sizeof ret_key->bytes);
    int error = length < 0 ? -errno : 0;
    close(fd);
    ret_key->length = (int)length;
    return error ? error : length == sizeof ret_key->bytes ? -ENOKEY : 0;
}

static int read_key(const char *named, struct json_web_key *ret_key)
{
    enum json_web_algorithm algorithm;
    const char *path;
    int error = json_web_key_parse(named, &algorithm, &path);
    if (!error)
        error = read_file(path, ret_key);
    if (error)
        return error;
    ret_key->algorithm = algorithms[algorithm];
    bool fits = algorithm == JSON_WEB_HS256 ? is_secret(ret_key) : is_public_key(ret_key);
    return fits ? 0 : -ENOKEY;
}

int json_web_keys_read(const struct config_strings *named, struct json_web_keys **ret_keys)
{
    if (named->count == 0) {
        *ret_keys = NULL;
        return 0;
    }
    struct json_web_keys *keys = calloc(1, sizeof *keys + named->count * sizeof keys->key[0]);
    if (!keys)
        return -ENOMEM;
    for (keys->count = 0; keys->count < named->count; keys->count++) {
        int error = read_key(named->item[keys->count], &keys->key[keys->count]);
        if (error) {
            keys->count++; // wiped, too
            json_web_keys_free(keys);
            return error;
        }
    }
    *ret_keys = keys;
    return 0;
}

void json_web_keys_free(struct json_web_keys *keys)
{
    if (keys)
        explicit_bzero(keys, sizeof *keys + keys->count * sizeof keys->key[0]);
    free(keys);
}

// Under each key, which decides on the algorithm: the token's own word for it is only compared (RFC 8725 3.1).
static jwt_t *verify(const struct json_web_keys *keys, const char *token)
{
    for (unsigned i = 0; i < keys->count; i++) {
        jwt_t *jwt;
        if (jwt_decode(&jwt, token, keys->key[i].bytes, keys->key[i].length))
            continue;
        if (jwt_get_alg(jwt) == keys->key[i].algorithm)
            return jwt;
        jwt_free(jwt);
    }
    return NULL;
}

// The claims that the gateway looks at, as JSON.
static json_t *claims_of(jwt_t *jwt)
{
    char *text = jwt_get_grants_json(jwt, NULL);
    json_t *claims = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(text);
    return claims;
}

static const char *judge_times(const json_t *claims, time_t now)
{
    const json_t *end = json_object_get(claims, "exp"), *begin = json_object_get(claims, "nbf");
    if (!json_is_number(end))
        return "it has no end (exp)";
    if (json_number_value(end) <= (double)(now - CLOCKS_APART_S))
        return "it is over (exp)";
    if (begin && (!json_is_number(begin) || json_number_value(begin) > (double)(now + CLOCKS_APART_S)))
        return "it has not begun (nbf)";
    return NULL;
}

static unsigned permissions_of(const json_t *list)
{
    unsigned permissions = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i,
                       item) for (unsigned permission = PERMIT_ADMIN; permission < PERMISSIONS;
                                  permission++) if (json_is_string(item) &&
                                                    strcmp(json_string_value(item), permission_names[permission]) == 0)
        permissions |= 1U << permission;
    return permissions;
}

static const char *judge_room(const json_t *claims, struct access *ret_access)
{
    const json_t *room = json_object_get(claims, "room");
    if (!room)
        return NULL;
    const char *name = json_string_value(room);
    if (!name || !name[0] || strlen(name) >= sizeof ret_access->room)
        return "its room is no name of a room";
    strcpy(ret_access->room, name);
    return NULL;
}

const char *json_web_token_read(const struct json_web_keys *keys, const char *token, time_t now,
                                struct access *ret_access)
{
    struct access access = {0};
    jwt_t *jwt = verify(keys, token);
    if (!jwt)
        return "it is signed with no key of http.jwt-keys";
    json_t *claims = claims_of(jwt);
    jwt_free(jwt);
    const char *why = claims ? judge_times(claims, now) : "its claims are no JSON";
    if (!why)
        why = judge_room(claims, &access);
    access.permissions = permissions_of(json_object_get(claims, "permissions"));
    json_decref(claims);
    if (!why)
        *ret_access = access;
    return why;
}
