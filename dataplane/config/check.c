// SPDX-License-Identifier: Apache-2.0
// Rules that join several keys. Each message names the line of a key that takes part in the contradiction.
#include "config.h"
#include "json_web_key.h"
#include "row.h"
#include <string.h>

#define EPHEMERAL_FIRST 32768u // Linux's default for net.ipv4.ip_local_port_range

static unsigned line_of(const struct config_check *check, const char *path, const char *other)
{
    unsigned line = check->lines->row[config_row_find(config_rows, path) - config_rows];
    return line || !other ? line : line_of(check, other, NULL);
}

#define FAIL(check, path, other, ...)                                                                                  \
    config_fail((check)->error, (check)->lines->file, line_of(check, path, other), path ": " __VA_ARGS__)

static int check_shards(const struct config_check *check)
{
    const struct config *config = check->config;
    unsigned ports = config->shards.count * config->shards.ports_per_shard;
    if (ports > 32768)
        return FAIL(check, "shards.count", "shards.ports-per-shard",
                    "%u shards of %u ports are %u ports; allowed: at most 32768", config->shards.count,
                    config->shards.ports_per_shard, ports);
    if (config->shards.first_port % ports)
        return FAIL(check, "shards.first-port", "shards.count",
                    "%u is not aligned; allowed: a multiple of count times ports-per-shard, %u",
                    config->shards.first_port, ports);
    if (config->shards.first_port + ports > 65536)
        return FAIL(check, "shards.first-port", "shards.count", "ports %u to %u; allowed: ports up to 65535",
                    config->shards.first_port, config->shards.first_port + ports - 1);
    return 0;
}

static int check_workers(const struct config_check *check)
{
    const struct config *config = check->config;
    if (config->gateway.workers > config->shards.count)
        return FAIL(check, "gateway.workers", "shards.count",
                    "%u workers share %u shards; allowed: at most one a shard", config->gateway.workers,
                    config->shards.count);
    if (config->lcores.count && config->lcores.count != config->gateway.workers)
        return FAIL(check, "lcores", NULL, "%u CPUs for %u workers; allowed: one for each, or none at all",
                    config->lcores.count, config->gateway.workers);
    return 0;
}

// RFC 6750 2.1: b64token.
static bool is_token(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");
    return length > 0 && text[length + strspn(text + length, "=")] == 0;
}

static bool is_host_name(const char *text)
{
    return text[0] && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")];
}

static int check_http(const struct config_check *check)
{
    const struct config *config = check->config;
    enum json_web_algorithm algorithm;
    const char *path;
    if (!config_http_asks_for_tokens(&config->http) && !config_is_loopback(&config->http.listen))
        return FAIL(check, "http.listen", NULL,
                    "without a token anyone could use the gateway; allowed: 127.0.0.1, ::1, or set http.tokens or "
                    "http.jwt-keys");
    if (!config->http.tls.certificate[0] != !config->http.tls.key[0])
        return FAIL(check, "http.tls.certificate", "http.tls.key",
                    "a certificate needs its key; allowed: both or neither");
    for (unsigned i = 0; i < config->http.tokens.count; i++)
        if (!is_token(config->http.tokens.item[i]))
            return FAIL(check, "http.tokens", NULL,
                        "item %u does not fit into a header; allowed: letters, digits, -._~+/ and = at its end", i + 1);
    for (unsigned i = 0; i < config->http.jwt_keys.count; i++)
        if (json_web_key_parse(config->http.jwt_keys.item[i], &algorithm, &path))
            return FAIL(check, "http.jwt-keys", NULL,
                        "item %u is no key; allowed: HS256:/FILE, ES256:/FILE or RS256:/FILE", i + 1);
    for (unsigned i = 0; i < config->http.names.count; i++)
        if (!is_host_name(config->http.names.item[i]))
            return FAIL(check, "http.names", NULL,
                        "item %u is no name of a host; allowed: letters, digits and -._, without port", i + 1);
    return 0;
}

static bool is_web_address(const char *url)
{
    const char *host = strstr(url, "://");
    bool is_http = !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8);
    return is_http && host[3] && !strchr("/:?#@", host[3]) && !strpbrk(url, " \t\"<>") && !strchr(url, '@');
}

static int check_webhooks(const struct config_check *check)
{
    const struct config *config = check->config;
    for (unsigned i = 0; i < config->webhooks.urls.count; i++)
        if (!is_web_address(config->webhooks.urls.item[i]))
            return FAIL(check, "webhooks.urls", NULL,
                        "item %u is no such address; allowed: http:// or https://, a host, a path", i + 1);
    if (config->webhooks.urls.count && !config->webhooks.secret_file[0])
        return FAIL(check, "webhooks.urls", NULL, "nothing signs what they are sent; set webhooks.secret-file");
    return 0;
}

static int check_dtls(const struct config_check *check)
{
    if (!check->config->dtls.certificate[0] != !check->config->dtls.key[0])
        return FAIL(check, "dtls.certificate", "dtls.key", "a certificate needs its key; allowed: both or neither");
    return 0;
}

static bool is_any(const struct config_address *address)
{
    static const struct in6_addr any = {0};
    return address->family == AF_INET ? !address->v4.s_addr : !memcmp(&address->v6, &any, sizeof any);
}

static bool listens_there_too(const struct config_address *a, const struct config_address *b)
{
    size_t size = a->family == AF_INET ? sizeof a->v4 : sizeof a->v6;
    return a->family == b->family && (is_any(a) || is_any(b) || !memcmp(&a->v6, &b->v6, size));
}

static int check_ice(const struct config_check *check)
{
    const struct config *config = check->config;
    const struct config_addresses *listen = &config->ice.tcp_listen, *advertise = &config->ice.tcp_advertise;
    if (advertise->count && !listen->count)
        return FAIL(check, "ice.tcp-advertise", NULL, "nothing listens; allowed: none without ice.tcp-listen");
    for (unsigned i = 0; i < advertise->count; i++)
        if (is_any(&advertise->item[i]))
            return FAIL(check, "ice.tcp-advertise", NULL, "item %u is no address that peers could connect to", i + 1);
    for (unsigned i = 0; i < listen->count; i++) {
        if (is_any(&listen->item[i]) && !advertise->count)
            return FAIL(check, "ice.tcp-listen", NULL,
                        "item %u does not say which address peers are to connect to; allowed: an address of this host, "
                        "or set ice.tcp-advertise",
                        i + 1);
        if (config->ice.tcp_port == config->http.port && listens_there_too(&listen->item[i], &config->http.listen))
            return FAIL(check, "ice.tcp-port", "http.port", "%u is http.port on the same address; allowed: another one",
                        config->ice.tcp_port);
    }
    return 0;
}

static int check_bandwidth(const struct config_check *check)
{
    const struct config *config = check->config;
    if (config->bandwidth.min_kbps > config->bandwidth.start_kbps)
        return FAIL(check, "bandwidth.start-kbps", "bandwidth.min-kbps", "%u is below min-kbps; allowed: %u and more",
                    config->bandwidth.start_kbps, config->bandwidth.min_kbps);
    if (config->bandwidth.start_kbps > config->bandwidth.max_kbps)
        return FAIL(check, "bandwidth.max-kbps", "bandwidth.start-kbps", "%u is below start-kbps; allowed: %u and more",
                    config->bandwidth.max_kbps, config->bandwidth.start_kbps);
    return 0;
}

int config_check_all(const struct config *config, const struct config_lines *lines, struct config_error *error)
{
    static int (*const checks[])(const struct config_check *) = {
        check_shards, check_workers, check_http, check_dtls, check_ice, check_bandwidth, check_webhooks};
    const struct config_check check = {config, lines, error};
    int result = 0;
    for (size_t i = 0; !result && i < sizeof checks / sizeof *checks; i++)
        result = checks[i](&check);
    for (unsigned port = 0; !result && port < config->port_count; port++)
        result = config_check_port(&check, port);
    return result;
}

static unsigned warn(FILE *out, const char *text)
{
    fprintf(out, "naru: warning: %s\n", text);
    return 1;
}

unsigned config_warn(const struct config *config, FILE *out)
{
    unsigned count = 0;
    if (config->memory.huge_pages == CONFIG_HUGE_OFF)
        count += warn(out, "memory.huge-pages is off: packets cost more; set it to auto and reserve huge pages with "
                           "/proc/sys/vm/nr_hugepages");
    if (config->shards.first_port + config->shards.count * config->shards.ports_per_shard > EPHEMERAL_FIRST)
        count +=
            warn(out, "shards: the ports reach into the kernel's ephemeral range, 32768 and up; on an address that "
                      "is shared with the kernel its own sockets may collide with them");
    if (!config_is_loopback(&config->http.listen) && !config->http.tls.certificate[0])
        count += warn(out, "http.listen is no loopback address and http.tls is not set: tokens travel in the clear");
    for (unsigned i = 0; i < config->http.tokens.count; i++)
        if (strlen(config->http.tokens.item[i]) < 16)
            count += warn(out, "http.tokens: a token has fewer than 16 characters and can be guessed");
    return count;
}
