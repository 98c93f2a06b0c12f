// SPDX-License-Identifier: Apache-2.0
// Text to value and back to "what is allowed", for one row of the table.
#include "row.h"
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int refuse(char *why, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int refuse(char *why, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, size, format, arguments);
    va_end(arguments);
    return -EINVAL;
}

bool config_row_is_list(const struct config_row *row)
{
    return row->type == CONFIG_IPS || row->type == CONFIG_PREFIXES || row->type == CONFIG_TEXTS ||
           row->type == CONFIG_NUMBERS;
}

static void join_words(const char *const *words, char *text, size_t size)
{
    size_t used = 0;
    for (text[0] = 0; *words && used < size; words++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", *words);
}

void config_row_allowed(const struct config_row *row, char *ret_text, size_t size)
{
    static const char *const fixed[] = {
        [CONFIG_SECTION] = "a mapping",
        [CONFIG_PORTS] = "a list of up to 8 mappings",
        [CONFIG_BOOL] = "true, false",
        [CONFIG_IP] = "an IPv4 or IPv6 address",
        [CONFIG_IP4] = "an IPv4 address",
        [CONFIG_IP6] = "an IPv6 address",
        [CONFIG_IPS] = "a list of up to 4 IPv4 or IPv6 addresses",
        [CONFIG_PREFIXES] = "a list of 1 to 4 addresses with prefix length, such as 10.7.0.2/24",
    };
    if (row->words)
        join_words(row->words, ret_text, size);
    else if (row->type == CONFIG_NUMBER)
        snprintf(ret_text, size, "%u to %u", row->min, row->max);
    else if (row->type == CONFIG_POWER)
        snprintf(ret_text, size, "a power of two, %u to %u", row->min, row->max);
    else if (row->type == CONFIG_NUMBERS)
        snprintf(ret_text, size, "a list of up to %u numbers, %u to %u", CONFIG_WORKERS_MAX, row->min, row->max);
    else if (row->type == CONFIG_TEXT)
        snprintf(ret_text, size, "%u to %u characters", row->min, row->max - 1);
    else if (row->type == CONFIG_TEXTS)
        snprintf(ret_text, size, "a list of up to %u strings of 1 to %u characters", row->max, CONFIG_STRING_SIZE - 1);
    else if (row->type == CONFIG_PATHNAME)
        snprintf(ret_text, size, "an absolute path%s", row->min ? "" : ", or empty");
    else
        snprintf(ret_text, size, "%s", fixed[row->type]);
}

static int parse_number(const struct config_row *row, const char *text, unsigned *ret_number, char *why, size_t size)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || text[digits])
        return refuse(why, size, "\"%.64s\" is not a whole number", text);
    // Ten digits and more are beyond every row's bounds; YAML 1.1 would read a leading zero as octal.
    unsigned long number = digits > 9 ? ULONG_MAX : strtoul(text, NULL, 10);
    if (digits > 1 && text[0] == '0')
        return refuse(why, size, "\"%.64s\" has a leading zero", text);
    if (number < row->min || number > row->max)
        return refuse(why, size, "%.64s is out of range", text);
    if (row->type == CONFIG_POWER && (number & (number - 1)))
        return refuse(why, size, "%.64s is not a power of two", text);
    *ret_number = (unsigned)number;
    return 0;
}

static int parse_word(const char *const *words, const char *text, unsigned *ret_position, char *why, size_t size)
{
    for (unsigned i = 0; words[i]; i++) {
        if (!strcmp(words[i], text)) {
            *ret_position = i;
            return 0;
        }
    }
    return refuse(why, size, "\"%.64s\" is unknown", text);
}

static int parse_bool(const char *text, bool *ret_value, char *why, size_t size)
{
    unsigned position = 0;
    int result = parse_word((const char *const[]){"false", "true", NULL}, text, &position, why, size);
    if (!result)
        *ret_value = position == 1;
    return result;
}

static int copy_text(const struct config_row *row, const char *text, char *ret_copy, char *why, size_t size)
{
    size_t room = row->type == CONFIG_TEXTS ? CONFIG_STRING_SIZE : row->max;
    size_t least = row->type == CONFIG_TEXTS ? 1 : row->min;
    size_t length = strlen(text);
    if (length < least)
        return refuse(why, size, "is empty");
    if (length >= room)
        return refuse(why, size, "is %zu characters long", length);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return refuse(why, size, "holds a control character");
    if (row->type == CONFIG_PATHNAME && length && text[0] != '/')
        return refuse(why, size, "\"%.64s\" is not an absolute path", text);
    memcpy(ret_copy, text, length + 1);
    return 0;
}

static bool parse_length(const char *text, unsigned most, unsigned *ret_length)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long length = strtoul(text, NULL, 10);
    if (digits == 0 || digits > 3 || text[digits] || length == 0 || length > most)
        return false;
    *ret_length = (unsigned)length;
    return true;
}

static int parse_address(const struct config_row *row, const char *text, struct config_address *ret_address, char *why,
                         size_t size)
{
    struct config_address address = {.family = AF_UNSPEC};
    char host[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    if (length < sizeof host) {
        memcpy(host, text, length);
        host[length] = 0;
        if (row->type != CONFIG_IP6 && inet_pton(AF_INET, host, &address.v4) == 1)
            address.family = AF_INET;
        else if (row->type != CONFIG_IP4 && inet_pton(AF_INET6, host, &address.v6) == 1)
            address.family = AF_INET6;
    }
    if (address.family == AF_UNSPEC)
        return refuse(why, size, "\"%.64s\" is no such address", text);
    address.prefix = address.family == AF_INET ? 32 : 128;
    if (row->type == CONFIG_PREFIXES && (!slash || !parse_length(slash + 1, address.prefix, &address.prefix)))
        return refuse(why, size, "\"%.64s\" has no good prefix length", text);
    if (row->type != CONFIG_PREFIXES && slash)
        return refuse(why, size, "\"%.64s\" has a prefix length, which does not belong here", text);
    *ret_address = address;
    return 0;
}

static bool same_address(const struct config_address *a, const struct config_address *b)
{
    return a->family == b->family && !memcmp(&a->v6, &b->v6, a->family == AF_INET ? sizeof a->v4 : sizeof a->v6);
}

static int add_address(const struct config_row *row, struct config_addresses *list, const char *text, char *why,
                       size_t size)
{
    struct config_address address;
    if (list->count == CONFIG_ADDRESSES_MAX)
        return refuse(why, size, "has too many items");
    int result = parse_address(row, text, &address, why, size);
    for (unsigned i = 0; !result && i < list->count; i++)
        if (same_address(&list->item[i], &address))
            return refuse(why, size, "\"%.64s\" stands there twice", text);
    if (!result)
        list->item[list->count++] = address;
    return result;
}

static int add_text(const struct config_row *row, struct config_strings *list, const char *text, char *why, size_t size)
{
    unsigned position = 0;
    if (list->count == CONFIG_STRINGS_MAX)
        return refuse(why, size, "has too many items");
    if (row->words && parse_word(row->words, text, &position, why, size))
        return -EINVAL;
    for (unsigned i = 0; row->words && i < list->count; i++)
        if (!strcmp(list->item[i], text))
            return refuse(why, size, "\"%.64s\" stands there twice", text);
    int result = copy_text(row, text, list->item[list->count], why, size);
    if (!result)
        list->count++;
    return result;
}

static int add_number(const struct config_row *row, struct config_numbers *list, const char *text, char *why,
                      size_t size)
{
    unsigned number = 0;
    if (list->count == CONFIG_WORKERS_MAX)
        return refuse(why, size, "has too many items");
    int result = parse_number(row, text, &number, why, size);
    for (unsigned i = 0; !result && i < list->count; i++)
        if (list->item[i] == number)
            return refuse(why, size, "%.64s stands there twice", text);
    if (!result)
        list->item[list->count++] = number;
    return result;
}

int config_value_set(const struct config_row *row, void *base, const char *text, char *ret_why, size_t why_size)
{
    void *at = (char *)base + row->offset;
    switch (row->type) {
    case CONFIG_NUMBER:
    case CONFIG_POWER:
        return parse_number(row, text, at, ret_why, why_size);
    case CONFIG_BOOL:
        return parse_bool(text, at, ret_why, why_size);
    case CONFIG_WORD:
        return parse_word(row->words, text, at, ret_why, why_size);
    case CONFIG_TEXT:
    case CONFIG_PATHNAME:
        return copy_text(row, text, at, ret_why, why_size);
    case CONFIG_IP:
    case CONFIG_IP4:
    case CONFIG_IP6:
        return parse_address(row, text, at, ret_why, why_size);
    case CONFIG_IPS:
    case CONFIG_PREFIXES:
        return add_address(row, at, text, ret_why, why_size);
    case CONFIG_TEXTS:
        return add_text(row, at, text, ret_why, why_size);
    case CONFIG_NUMBERS:
        return add_number(row, at, text, ret_why, why_size);
    case CONFIG_SECTION:
    case CONFIG_PORTS:
        break;
    }
    return refuse(ret_why, why_size, "holds no value of its own");
}

// Each list starts with its count.
unsigned config_value_count(const struct config_row *row, const void *base)
{
    unsigned count;
    memcpy(&count, (const char *)base + row->offset, sizeof count);
    return count;
}

void config_value_clear(const struct config_row *row, void *base)
{
    memset((char *)base + row->offset, 0, sizeof(unsigned));
}

static void set_default(const struct config_row *row, void *base)
{
    char items[CONFIG_STRINGS_MAX * CONFIG_STRING_SIZE], why[CONFIG_STRING_SIZE], *rest = items;
    snprintf(items, sizeof items, "%s", row->fallback);
    if (!config_row_is_list(row)) {
        if (row->fallback[0])
            config_value_set(row, base, row->fallback, why, sizeof why);
        return;
    }
    for (char *item; (item = strsep(&rest, " "));)
        if (item[0])
            config_value_set(row, base, item, why, sizeof why);
}

void config_row_defaults(const struct config_row *rows, void *base)
{
    for (; rows->path; rows++)
        if (rows->type != CONFIG_SECTION && rows->type != CONFIG_PORTS)
            set_default(rows, base);
}
