// SPDX-License-Identifier: Apache-2.0
// One item of http.jwt-keys: "ALGORITHM:FILE" (RFC 7518 3.1).
#pragma once

enum json_web_algorithm { JSON_WEB_HS256, JSON_WEB_ES256, JSON_WEB_RS256, JSON_WEB_ALGORITHMS };

// *ret_path points into the text, at an absolute path. 0 or -EINVAL.
int json_web_key_parse(const char *text, enum json_web_algorithm *ret_algorithm, const char **ret_path);
