// SPDX-License-Identifier: Apache-2.0
#include "host.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define NAME_SIZE 256

// Without port, brackets and the root's dot. False when there is none.
static bool take_name(const char *host, char ret_name[NAME_SIZE])
{
    bool has_brackets = host[0] == '[';
    size_t length = has_brackets ? strcspn(++host, "]") : strcspn(host, ":");
    const char *port = host + length + (has_brackets && host[length]);
    if (length == 0 || length >= NAME_SIZE || (*port && *port != ':') || (has_brackets && !host[length]))
        return false;
    memcpy(ret_name, host, length);
    if (!has_brackets && length > 1 && ret_name[length - 1] == '.')
        length--;
    ret_name[length] = '\0';
    return true;
}

bool host_is_served(const struct config *config, const char *host)
{
    const struct config_strings *names = &config->http.names;
    char name[NAME_SIZE], address[sizeof(struct in6_addr)];
    if (host[0] == '\0' || (config_http_asks_for_tokens(&config->http) && !names->count))
        return true;
    if (!take_name(host, name))
        return false;
    if (inet_pton(host[0] == '[' ? AF_INET6 : AF_INET, name, address) == 1)
        return true;
    if (host[0] == '[')
        return false;
    bool is_served = strcasecmp(name, "localhost") == 0;
    for (unsigned i = 0; i < names->count; i++)
        is_served |= strcasecmp(name, names->item[i]) == 0;
    return is_served;
}
