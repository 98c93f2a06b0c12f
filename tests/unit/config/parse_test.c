// SPDX-License-Identifier: Apache-2.0
// The shape of the file: sections, lists, keys that there are not; and what a good file sets.
#include "config.h"
#include "verdict.h"
#include <arpa/inet.h>
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT_KEYS                                                                                                      \
    "gateway, processes, memory, limits, rooms, shards, ports, eal, lcores, http, webhooks, dtls, ice, whip, "         \
    "bandwidth"

static void empty_files_are_good(void)
{
    static const struct verdict rows[] = {
        {"", NULL},
        {"# nothing\n", NULL},
        {"---\n", NULL},
        {"{}", NULL},
        {"gateway:\nhttp:\n  tls:\nports:\neal:\n  extra:\n", NULL},
        {"ports: []\nlcores: []\n", NULL},
    };
    VERDICTS_HOLD(rows);
}

static void wrong_shapes_are_refused(void)
{
    static const struct verdict rows[] = {
        {"- a\n", SAYS(1, "the file holds no mapping; allowed: gateway:, http: ...")},
        {"text", SAYS(1, "the file holds no mapping; allowed: gateway:, http: ...")},
        {"gateway: 3", SAYS(1, "gateway: needs a mapping; allowed: a mapping")},
        {"gateway:\n  name: [a]", SAYS(2, "gateway.name: needs a single value; allowed: 1 to 63 characters")},
        {"gateway: {workers: {a: b}}", SAYS(1, "gateway.workers: needs a single value; allowed: 1 to 16")},
        {"\n\nports: {device: x}", SAYS(3, "ports: needs a list; allowed: a list of up to 8 mappings")},
        {"ports:\n- x", SAYS(2, "ports[0]: needs a mapping; allowed: device:, addresses: ...")},
        {"ports: [{}, {}, {}, {}, {}, {}, {}, {}, {}]",
         SAYS(1, "ports: has too many items; allowed: a list of up to 8 mappings")},
        {"lcores: 1", SAYS(1, "lcores: needs a list; allowed: a list of up to 16 numbers, 0 to 1023")},
        {"whip:\n  audio-codecs: opus", SAYS(2, "whip.audio-codecs: needs a list; allowed: opus, PCMU, PCMA")},
        {"a: &x {gateway: *x}", SAYS(1, "a: unknown key; allowed: " ROOT_KEYS)},
        {"gateway: &x\n  name: *x", SAYS(1, "gateway.name: needs a single value; allowed: 1 to 63 characters")},
    };
    VERDICTS_HOLD(rows);
}

static void unknown_keys_are_refused(void)
{
    static const struct verdict rows[] = {
        {"gatway:\n", SAYS(1, "gatway: unknown key; allowed: " ROOT_KEYS)},
        {"ice:\n  lite: true\n  litte: true\n",
         SAYS(3, "ice.litte: unknown key; allowed: lite, consent-seconds, tcp-listen, tcp-port, tcp-advertise")},
        {"http:\n  tls:\n    cert: /a\n", SAYS(3, "http.tls.cert: unknown key; allowed: certificate, key")},
        {"gateway.name: x\n", SAYS(1, "gateway.name: unknown key; allowed: " ROOT_KEYS)},
        {"? [a]\n: b\n", SAYS(1, "?: unknown key; allowed: " ROOT_KEYS)},
        {"\"a\\e[31m\": 1", SAYS(1, "a?[31m: unknown key; allowed: " ROOT_KEYS)},
        {"ports:\n- device: x\n  name: y\n",
         SAYS(
             3,
             "ports[0].name: unknown key; allowed: device, addresses, gateway, gateway6, advertise, vlan, mtu, queues, "
             "checksum, trust-receive-checksum, reply-to-sender-mac")},
        {"ice:\n  lite: true\n  lite: true\n", SAYS(3, "ice.lite: stands in line 2 already; allowed: each key once")},
        {"ice:\nice:\n", SAYS(2, "ice: stands in line 1 already; allowed: each key once")},
    };
    VERDICTS_HOLD(rows);
}

static void bad_yaml_names_its_line(void)
{
    static const struct verdict rows[] = {
        {"gateway:\n\tname: x\n",
         SAYS(2, "not YAML: while scanning for the next token, found character that cannot start any token")},
        {"ice: {lite: true", SAYS(2, "not YAML: while parsing a flow mapping, did not find expected ',' or '}'")},
        {"ice:\n  lite: *nothing", SAYS(2, "not YAML: found undefined alias")},
        {"ice: {}\n---\nice: {}\n", SAYS(2, "a second document begins; allowed: one document")},
        {"\xff", SAYS(1, "not YAML: invalid leading UTF-8 octet")},
    };
    VERDICTS_HOLD(rows);
}

static void absent_keys_have_defaults(void)
{
    struct config config;
    struct config_error error;
    CU_ASSERT_EQUAL_FATAL(config_parse("f", "", 0, &config, &error), 0);
    CU_ASSERT_STRING_EQUAL(config.gateway.run_directory, "/run/naru");
    CU_ASSERT_EQUAL(config.gateway.workers, 1);
    CU_ASSERT_EQUAL(config.gateway.idle, CONFIG_IDLE_ADAPTIVE);
    CU_ASSERT_EQUAL(config.limits.transports, 4096);
    CU_ASSERT_EQUAL(config.shards.count, 64);
    CU_ASSERT_EQUAL(config.shards.ports_per_shard, 256);
    CU_ASSERT_EQUAL(config.shards.first_port, 16384);
    CU_ASSERT_EQUAL(config.http.port, 8080);
    CU_ASSERT_EQUAL(config.http.listen.family, AF_INET);
    CU_ASSERT_EQUAL(config.http.listen.v4.s_addr, htonl(INADDR_LOOPBACK));
    CU_ASSERT_EQUAL(config.dtls.srtp_suites.count, 3);
    CU_ASSERT_STRING_EQUAL(config.dtls.srtp_suites.item[2], "AES_CM_128_HMAC_SHA1_80");
    CU_ASSERT_EQUAL(config.whip.video_codecs.count, 4);
    CU_ASSERT_TRUE(config.ice.lite);
    CU_ASSERT_FALSE(config.whip.takeover);
    CU_ASSERT_EQUAL(config.port_count, 0);
    CU_ASSERT_EQUAL(config.eal.extra.count, 0);
}

static void a_port_is_read(void)
{
    static const char file[] = "gateway: {workers: 2, idle: spin}\n"
                               "ports:\n"
                               "- device: net_af_xdp0,iface=naru1,busy_budget=0\n"
                               "  addresses: [10.7.0.2/24, 'fd07::2/64']\n"
                               "  gateway: 10.7.0.1\n"
                               "  advertise: [203.0.113.7]\n"
                               "  vlan: 7\n"
                               "  trust-receive-checksum: true\n"
                               "- device: 0000:03:00.0\n"
                               "  addresses: [192.0.2.1/31]\n"
                               "  checksum: software\n"
                               "lcores: [3, 1]\n";
    struct config config;
    struct config_error error;
    CU_ASSERT_EQUAL_FATAL(config_parse("f", file, strlen(file), &config, &error), 0);
    CU_ASSERT_EQUAL_FATAL(config.port_count, 2);
    const struct config_port *port = &config.ports[0];
    CU_ASSERT_STRING_EQUAL(port->device, "net_af_xdp0,iface=naru1,busy_budget=0");
    CU_ASSERT_EQUAL(port->addresses.count, 2);
    CU_ASSERT_EQUAL(port->addresses.item[0].v4.s_addr, htonl(0x0a070002));
    CU_ASSERT_EQUAL(port->addresses.item[0].prefix, 24);
    CU_ASSERT_EQUAL(port->addresses.item[1].family, AF_INET6);
    CU_ASSERT_EQUAL(port->addresses.item[1].prefix, 64);
    CU_ASSERT_EQUAL(port->addresses.item[1].v6.s6_addr[15], 2);
    CU_ASSERT_EQUAL(port->gateway.v4.s_addr, htonl(0x0a070001));
    CU_ASSERT_EQUAL(port->gateway6.family, AF_UNSPEC);
    CU_ASSERT_EQUAL(port->advertise.count, 1);
    CU_ASSERT_EQUAL(port->vlan, 7);
    CU_ASSERT_EQUAL(port->mtu, 1500);
    CU_ASSERT_TRUE(port->trust_receive_checksum);
    CU_ASSERT_EQUAL(config.ports[1].checksum, CONFIG_CHECKSUM_SOFTWARE);
    CU_ASSERT_EQUAL(config.gateway.idle, CONFIG_IDLE_SPIN);
    CU_ASSERT_EQUAL(config.lcores.item[0], 3);
}

// A list in the file replaces the default list, it is not added to it.
static void a_list_replaces_its_default(void)
{
    static const char file[] = "whip: {video-codecs: [AV1], audio-codecs: []}";
    struct config config;
    struct config_error error;
    CU_ASSERT_EQUAL_FATAL(config_parse("f", file, strlen(file), &config, &error), 0);
    CU_ASSERT_EQUAL(config.whip.video_codecs.count, 1);
    CU_ASSERT_STRING_EQUAL(config.whip.video_codecs.item[0], "AV1");
    CU_ASSERT_EQUAL(config.whip.audio_codecs.count, 0);
}

static void a_file_that_cannot_be_read_says_why(void)
{
    struct config config;
    struct config_error error;
    CU_ASSERT_EQUAL(config_load("/nonexistent/naru.yaml", &config, &error), -ENOENT);
    CU_ASSERT_STRING_EQUAL(error.text,
                           "/nonexistent/naru.yaml: No such file or directory; name another file with --config");
    CU_ASSERT_EQUAL(config_load("/", &config, &error), -EISDIR);
    CU_ASSERT_STRING_EQUAL(error.text, "/: Is a directory; name another file with --config");
}

static void a_file_that_is_too_large_is_refused(void)
{
    struct config config;
    struct config_error error;
    size_t size = 262145;
    char *text = malloc(size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '\n', size);
    CU_ASSERT_EQUAL(config_parse("f", text, size - 1, &config, &error), 0);
    CU_ASSERT_EQUAL(config_parse("f", text, size, &config, &error), -EINVAL);
    CU_ASSERT_STRING_EQUAL(error.text, "f:1: the file is too large; allowed: 262144 bytes");
    free(text);
}

void parse_suite(void)
{
    CU_pSuite suite = CU_add_suite("parse", NULL, NULL);
    CU_ADD_TEST(suite, empty_files_are_good);
    CU_ADD_TEST(suite, wrong_shapes_are_refused);
    CU_ADD_TEST(suite, unknown_keys_are_refused);
    CU_ADD_TEST(suite, bad_yaml_names_its_line);
    CU_ADD_TEST(suite, absent_keys_have_defaults);
    CU_ADD_TEST(suite, a_port_is_read);
    CU_ADD_TEST(suite, a_list_replaces_its_default);
    CU_ADD_TEST(suite, a_file_that_cannot_be_read_says_why);
    CU_ADD_TEST(suite, a_file_that_is_too_large_is_refused);
}
