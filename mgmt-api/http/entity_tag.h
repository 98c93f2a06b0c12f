// SPDX-License-Identifier: Apache-2.0
// If-Match with one strong entity tag or * (RFC 9110 8.8.3 and 13.1.1).
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Unquotes into ret_tag; * stays *, and "*" is read as * (RFC 9725 writes it so). False: malformed, weak, a list, or
// longer than any tag that naru gives out.
bool entity_tag_parse(const char *if_match, char *ret_tag, size_t size);
