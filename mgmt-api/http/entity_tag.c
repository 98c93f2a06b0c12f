// SPDX-License-Identifier: Apache-2.0
#include "entity_tag.h"
#include <string.h>

bool entity_tag_parse(const char *if_match, char *ret_tag, size_t size)
{
    size_t length = strlen(if_match);
    while (length && (if_match[length - 1] == ' ' || if_match[length - 1] == '\t'))
        length--;
    if (length == 1 && if_match[0] == '*')
        return size > 1 && strcpy(ret_tag, "*");
    if (length < 3 || if_match[0] != '"' || if_match[length - 1] != '"' || length - 2 >= size)
        return false;
    if (memchr(if_match + 1, '"', length - 2))
        return false;
    memcpy(ret_tag, if_match + 1, length - 2);
    ret_tag[length - 2] = '\0';
    return true;
}
