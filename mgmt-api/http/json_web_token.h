// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens (RFC 7519) that an application signs: who may do what, in which room, until when. libjwt reads them.
#pragma once

#include "access.h"

// From items like "ES256:/etc/naru/jwt.pem" (config_json_web_key_parse). Reads the files: what root may be needed for.
// *ret_keys is NULL where none is named. 0, -ENOKEY (a file holds no such key), or why it cannot be read.
int json_web_keys_read(const struct config_strings *named, struct json_web_keys **ret_keys);
void json_web_keys_free(struct json_web_keys *keys); // wipes; takes NULL

// NULL, or why it opens nothing: signed with no such key, over, not begun, of another form.
const char *json_web_token_read(const struct json_web_keys *keys, const char *token, time_t now,
                                struct access *ret_access);
