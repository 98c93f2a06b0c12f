// SPDX-License-Identifier: Apache-2.0
#include "scan.h"

#include <string.h>

bool scan_until(struct scan *scan, char delimiter, struct scan *ret_part)
{
    const char *found = scan_done(scan) ? NULL : memchr(scan->at, delimiter, scan_left(scan));
    const char *end = found ? found : scan->end;
    if (end == scan->at)
        return false;
    *ret_part = (struct scan){scan->at, end};
    scan->at = found ? found + 1 : end;
    return true;
}

bool scan_word(struct scan *scan, struct scan *ret_word)
{
    return scan_until(scan, ' ', ret_word);
}

bool scan_literal(struct scan *scan, const char *literal)
{
    size_t length = strlen(literal);
    if (scan_left(scan) < length || memcmp(scan->at, literal, length) != 0)
        return false;
    scan->at += length;
    return true;
}

bool scan_number(struct scan *scan, uint64_t maximum, uint64_t *ret_number)
{
    uint64_t number = 0;
    const char *at = scan->at;
    for (; at < scan->end && *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (number > (maximum - digit) / 10 || digit > maximum)
            return false;
        number = number * 10 + digit;
    }
    if (at == scan->at)
        return false;
    scan->at = at;
    *ret_number = number;
    return true;
}

bool scan_whole_number(struct scan part, uint64_t maximum, uint64_t *ret_number)
{
    uint64_t number;
    if (!scan_number(&part, maximum, &number) || !scan_done(&part))
        return false;
    *ret_number = number;
    return true;
}

bool scan_is(struct scan part, const char *literal)
{
    return scan_literal(&part, literal) && scan_done(&part);
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool consists_of(struct scan part, const char *others)
{
    if (scan_done(&part))
        return false;
    for (; part.at < part.end; part.at++)
        if (!is_alphanumeric(*part.at) && (*part.at == '\0' || !strchr(others, *part.at)))
            return false;
    return true;
}

bool scan_is_token(struct scan part)
{
    return consists_of(part, "!#$%&'*+-.^_`{|}~");
}

bool scan_is_ice_chars(struct scan part)
{
    return consists_of(part, "+/-_=");
}

bool scan_is_digits(struct scan part)
{
    if (scan_done(&part))
        return false;
    for (; part.at < part.end; part.at++)
        if (*part.at < '0' || *part.at > '9')
            return false;
    return true;
}

bool scan_is_printable(struct scan part)
{
    for (; part.at < part.end; part.at++)
        if (*part.at < ' ' || *part.at > '~')
            return false;
    return true;
}
