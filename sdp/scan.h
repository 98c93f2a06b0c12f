// SPDX-License-Identifier: Apache-2.0
// A bounded piece of text that is read from its front. Each function takes what it names and tells whether it was
// there.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
    const char *at, *end;
};

static inline size_t scan_left(const struct scan *scan)
{
    return (size_t)(scan->end - scan->at);
}

static inline bool scan_done(const struct scan *scan)
{
    return scan->at == scan->end;
}

static inline bool scan_char(struct scan *scan, char c)
{
    if (scan_done(scan) || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

// What stands before the delimiter, which is taken too, or all that is left. Not empty.
bool scan_until(struct scan *scan, char delimiter, struct scan *ret_part);
bool scan_word(struct scan *scan, struct scan *ret_word); // up to a space
bool scan_literal(struct scan *scan, const char *literal);
bool scan_number(struct scan *scan, uint64_t maximum, uint64_t *ret_number); // digits, stops at the first other
bool scan_whole_number(struct scan part, uint64_t maximum, uint64_t *ret_number);

bool scan_is(struct scan part, const char *literal);
bool scan_is_token(struct scan part);     // RFC 8866 9: token
bool scan_is_ice_chars(struct scan part); // RFC 8839 5.1, and '-', '_', '=' that are seen in the field
bool scan_is_digits(struct scan part);
bool scan_is_printable(struct scan part); // ASCII; also empty
