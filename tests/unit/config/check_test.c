// SPDX-License-Identifier: Apache-2.0
// Keys that contradict each other, and what only deserves a warning.
#include "config.h"
#include "verdict.h"
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void shards_are_aligned_blocks(void)
{
    static const struct verdict rows[] = {
        {"shards: {count: 4, ports-per-shard: 16, first-port: 20032}", NULL},
        {"shards:\n  count: 128\n  ports-per-shard: 256\n",
         SAYS(2, "shards.first-port: 16384 is not aligned; allowed: a multiple of count times ports-per-shard, 32768")},
        {"shards:\n  first-port: 20000\n",
         SAYS(2, "shards.first-port: 20000 is not aligned; allowed: a multiple of count times ports-per-shard, 16384")},
        {"shards: {count: 256, ports-per-shard: 256}",
         SAYS(1, "shards.count: 256 shards of 256 ports are 65536 ports; allowed: at most 32768")},
        {"shards: {first-port: 49152}", NULL},
    };
    VERDICTS_HOLD(rows);
}

static void workers_have_shards_and_cpus(void)
{
    static const struct verdict rows[] = {
        {"gateway: {workers: 2}\nlcores: [0, 1]\n", NULL},
        {"gateway: {workers: 2}\n\nlcores: [0]\n",
         SAYS(3, "lcores: 1 CPUs for 2 workers; allowed: one for each, or none at all")},
        {"gateway:\n  workers: 8\nshards: {count: 4, ports-per-shard: 4096}\n",
         SAYS(2, "gateway.workers: 8 workers share 4 shards; allowed: at most one a shard")},
    };
    VERDICTS_HOLD(rows);
}

static void http_is_open_on_loopback_only(void)
{
    static const struct verdict rows[] = {
        {"http: {listen: 127.0.0.53}", NULL},
        {"http: {listen: 0.0.0.0, tokens: [c2VjcmV0LXRva2Vu]}", NULL},
        {"http:\n  port: 80\n  listen: 0.0.0.0\n",
         SAYS(3, "http.listen: without a token anyone could use the gateway; allowed: 127.0.0.1, ::1, or set "
                 "http.tokens or http.jwt-keys")},
        {"http: {listen: '::'}",
         SAYS(1, "http.listen: without a token anyone could use the gateway; allowed: 127.0.0.1, ::1, or set "
                 "http.tokens or http.jwt-keys")},
        {"http: {listen: 0.0.0.0, jwt-keys: ['ES256:/a']}", NULL},
        {"webhooks: {urls: ['https://app.example:8443/naru?x=1', 'http://[::1]/'], secret-file: /a}", NULL},
        {"webhooks:\n  urls: ['https://app.example', 'ftp://app.example']\n  secret-file: /a\n",
         SAYS(2, "webhooks.urls: item 2 is no such address; allowed: http:// or https://, a host, a path")},
        {"webhooks:\n  urls: ['https://user@app.example']\n  secret-file: /a\n",
         SAYS(2, "webhooks.urls: item 1 is no such address; allowed: http:// or https://, a host, a path")},
        {"webhooks:\n  urls: ['https://app.example']\n",
         SAYS(2, "webhooks.urls: nothing signs what they are sent; set webhooks.secret-file")},
        {"http:\n  jwt-keys: ['HS256:/a', 'RS512:/b']\n",
         SAYS(2, "http.jwt-keys: item 2 is no key; allowed: HS256:/FILE, ES256:/FILE or RS256:/FILE")},
        {"http: {jwt-keys: ['HS256:secret']}",
         SAYS(1, "http.jwt-keys: item 1 is no key; allowed: HS256:/FILE, ES256:/FILE or RS256:/FILE")},
        {"http:\n  tokens:\n  - good\n  - not good\n",
         SAYS(2, "http.tokens: item 2 does not fit into a header; allowed: letters, digits, -._~+/ and = at its end")},
        {"http: {tokens: ['=']}",
         SAYS(1, "http.tokens: item 1 does not fit into a header; allowed: letters, digits, -._~+/ and = at its end")},
    };
    VERDICTS_HOLD(rows);
}

static void tcp_peers_know_where_to_connect(void)
{
    static const struct verdict rows[] = {
        {"ice: {tcp-listen: [192.0.2.1, '2001:db8::1']}", NULL},
        {"ice: {tcp-listen: [0.0.0.0, '::'], tcp-advertise: [203.0.113.7]}", NULL},
        {"ice: {tcp-listen: [127.0.0.1], tcp-port: 8443}", NULL},
        {"ice:\n  tcp-port: 4000\n  tcp-listen: [192.0.2.1, '::']\n",
         SAYS(3, "ice.tcp-listen: item 2 does not say which address peers are to connect to; allowed: an address of "
                 "this host, or set ice.tcp-advertise")},
        {"ice:\n  tcp-advertise: [203.0.113.7]\n",
         SAYS(2, "ice.tcp-advertise: nothing listens; allowed: none without ice.tcp-listen")},
        {"ice: {tcp-listen: [192.0.2.1], tcp-advertise: [0.0.0.0]}",
         SAYS(1, "ice.tcp-advertise: item 1 is no address that peers could connect to")},
        {"ice:\n  tcp-listen: [0.0.0.0]\n  tcp-port: 8080\n  tcp-advertise: [203.0.113.7]\n",
         SAYS(3, "ice.tcp-port: 8080 is http.port on the same address; allowed: another one")},
        {"ice: {tcp-listen: [192.0.2.1], tcp-port: 8080}", NULL},
    };
    VERDICTS_HOLD(rows);
}

static void certificates_have_keys(void)
{
    static const struct verdict rows[] = {
        {"http: {tls: {certificate: /a, key: /b}}", NULL},
        {"http:\n  tls:\n    key: /b\n",
         SAYS(3, "http.tls.certificate: a certificate needs its key; allowed: both or neither")},
        {"dtls:\n  certificate: /a\n",
         SAYS(2, "dtls.certificate: a certificate needs its key; allowed: both or neither")},
    };
    VERDICTS_HOLD(rows);
}

static void bandwidths_are_in_order(void)
{
    static const struct verdict rows[] = {
        {"bandwidth: {min-kbps: 300, start-kbps: 300, max-kbps: 300}", NULL},
        {"bandwidth:\n  min-kbps: 2000\n",
         SAYS(2, "bandwidth.start-kbps: 1000 is below min-kbps; allowed: 2000 and more")},
        {"bandwidth:\n  start-kbps: 500\n  max-kbps: 400\n",
         SAYS(3, "bandwidth.max-kbps: 400 is below start-kbps; allowed: 500 and more")},
    };
    VERDICTS_HOLD(rows);
}

static void warnings(void)
{
    static const struct {
        const char *file;
        unsigned count;
        const char *holds;
    } rows[] = {
        {"", 0, ""},
        {"memory: {huge-pages: off}", 1, "naru: warning: memory.huge-pages is off: "},
        {"shards: {first-port: 32768}", 1, "naru: warning: shards: the ports reach into the kernel's ephemeral range"},
        {"http: {listen: 0.0.0.0, tokens: [0123456789abcdef]}", 1, "naru: warning: http.listen is no loopback address"},
        {"http: {tokens: [short]}", 1, "naru: warning: http.tokens: a token has fewer than 16 characters"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct config_error error;
        char *text = NULL;
        size_t size;
        CU_ASSERT_EQUAL(config_parse("f", rows[i].file, strlen(rows[i].file), &config, &error), 0);
        FILE *out = open_memstream(&text, &size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT_EQUAL(config_warn(&config, out), rows[i].count);
        fclose(out);
        CU_ASSERT_EQUAL(strncmp(text, rows[i].holds, strlen(rows[i].holds)), 0);
        free(text);
    }
}

void check_suite(void)
{
    CU_pSuite suite = CU_add_suite("check", NULL, NULL);
    CU_ADD_TEST(suite, shards_are_aligned_blocks);
    CU_ADD_TEST(suite, workers_have_shards_and_cpus);
    CU_ADD_TEST(suite, http_is_open_on_loopback_only);
    CU_ADD_TEST(suite, certificates_have_keys);
    CU_ADD_TEST(suite, tcp_peers_know_where_to_connect);
    CU_ADD_TEST(suite, bandwidths_are_in_order);
    CU_ADD_TEST(suite, warnings);
}
