// SPDX-License-Identifier: Apache-2.0
// One value at a time: bounds, words, addresses, texts.
#include "verdict.h"
#include <CUnit/CUnit.h>

#define PORT(keys) "ports: [{device: d, addresses: [10.0.0.1/8], " keys "}]"

static void numbers(void)
{
    static const struct verdict rows[] = {
        {"gateway: {workers: 1}", NULL},
        {"gateway: {workers: 16}", NULL},
        {"gateway: {workers: 0}", SAYS(1, "gateway.workers: 0 is out of range; allowed: 1 to 16")},
        {"gateway:\n  workers: 17", SAYS(2, "gateway.workers: 17 is out of range; allowed: 1 to 16")},
        {"gateway: {workers: 18446744073709551617}",
         SAYS(1, "gateway.workers: 18446744073709551617 is out of range; allowed: 1 to 16")},
        {"gateway: {workers: -1}", SAYS(1, "gateway.workers: \"-1\" is not a whole number; allowed: 1 to 16")},
        {"gateway: {workers: 2.0}", SAYS(1, "gateway.workers: \"2.0\" is not a whole number; allowed: 1 to 16")},
        {"gateway: {workers: 0x2}", SAYS(1, "gateway.workers: \"0x2\" is not a whole number; allowed: 1 to 16")},
        {"gateway: {workers: 02}", SAYS(1, "gateway.workers: \"02\" has a leading zero; allowed: 1 to 16")},
        {"gateway: {workers: }", SAYS(1, "gateway.workers: \"\" is not a whole number; allowed: 1 to 16")},
        {"gateway: {workers: \"1\\0\"}", SAYS(1, "gateway.workers: needs a single value; allowed: 1 to 16")},
        {"shards: {count: 3}", SAYS(1, "shards.count: 3 is not a power of two; allowed: a power of two, 1 to 256")},
        {"lcores: [1024]", SAYS(1, "lcores: 1024 is out of range; allowed: a list of up to 16 numbers, 0 to 1023")},
        {"lcores: [1, 1]", SAYS(1, "lcores: 1 stands there twice; allowed: a list of up to 16 numbers, 0 to 1023")},
        {PORT("vlan: 4095"), SAYS(1, "ports[0].vlan: 4095 is out of range; allowed: 0 to 4094")},
        {PORT("vlan: 4094"), NULL},
    };
    VERDICTS_HOLD(rows);
}

static void words(void)
{
    static const struct verdict rows[] = {
        {"gateway: {idle: spin}", NULL},
        {"gateway: {idle: Spin}", SAYS(1, "gateway.idle: \"Spin\" is unknown; allowed: spin, adaptive")},
        {"gateway: {log-level: trace}",
         SAYS(1, "gateway.log-level: \"trace\" is unknown; allowed: error, warning, info, debug")},
        {"ice: {lite: yes}", SAYS(1, "ice.lite: \"yes\" is unknown; allowed: true, false")},
        {"bandwidth: {feedback: remb}", NULL},
        {"dtls: {srtp-suites: []}",
         SAYS(1, "dtls.srtp-suites: has too few items; allowed: AEAD_AES_128_GCM, AEAD_AES_256_GCM, "
                 "AES_CM_128_HMAC_SHA1_80")},
        {"dtls:\n  srtp-suites:\n  - AEAD_AES_128_GCM\n  - AES_CM_128_HMAC_SHA1_32\n",
         SAYS(4, "dtls.srtp-suites: \"AES_CM_128_HMAC_SHA1_32\" is unknown; allowed: AEAD_AES_128_GCM, "
                 "AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_80")},
        {"whip: {video-codecs: [VP8, VP8]}",
         SAYS(1, "whip.video-codecs: \"VP8\" stands there twice; allowed: VP8, VP9, H264, AV1")},
    };
    VERDICTS_HOLD(rows);
}

static void texts(void)
{
    static const struct verdict rows[] = {
        {"gateway: {name: ''}", SAYS(1, "gateway.name: is empty; allowed: 1 to 63 characters")},
        {"gateway: {name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}", NULL},
        {"gateway: {name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}",
         SAYS(1, "gateway.name: is 64 characters long; allowed: 1 to 63 characters")},
        {"gateway: {name: \"a\\nb\"}", SAYS(1, "gateway.name: holds a control character; allowed: 1 to 63 characters")},
        {"gateway: {run-directory: run}",
         SAYS(1, "gateway.run-directory: \"run\" is not an absolute path; allowed: an absolute path")},
        {"http: {tls: {key: key.pem}}",
         SAYS(1, "http.tls.key: \"key.pem\" is not an absolute path; allowed: an absolute path, or empty")},
        {"eal: {extra: ['--no-pci', '--no-pci']}", NULL},
        {"eal: {extra: ['']}",
         SAYS(1, "eal.extra: is empty; allowed: a list of up to 16 strings of 1 to 127 characters")},
        {"eal: {extra: [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a]}",
         SAYS(1, "eal.extra: has too many items; allowed: a list of up to 16 strings of 1 to 127 characters")},
    };
    VERDICTS_HOLD(rows);
}

#define PREFIXES "a list of 1 to 4 addresses with prefix length, such as 10.7.0.2/24"

static void addresses(void)
{
    static const struct verdict rows[] = {
        {"http: {listen: '::1'}", NULL},
        {"http: {listen: localhost}",
         SAYS(1, "http.listen: \"localhost\" is no such address; allowed: an IPv4 or IPv6 address")},
        {"http: {listen: 127.0.0.1/8}",
         SAYS(1,
              "http.listen: \"127.0.0.1/8\" has a prefix length, which does not belong here; allowed: an IPv4 or IPv6 "
              "address")},
        {"ports: [{addresses: [10.7.0.2]}]",
         SAYS(1, "ports[0].addresses: \"10.7.0.2\" has no good prefix length; allowed: " PREFIXES)},
        {"ports: [{addresses: [10.7.0.2/33]}]",
         SAYS(1, "ports[0].addresses: \"10.7.0.2/33\" has no good prefix length; allowed: " PREFIXES)},
        {"ports: [{addresses: ['fd07::2/129']}]",
         SAYS(1, "ports[0].addresses: \"fd07::2/129\" has no good prefix length; allowed: " PREFIXES)},
        {"ports: [{addresses: [10.7.0.2/]}]",
         SAYS(1, "ports[0].addresses: \"10.7.0.2/\" has no good prefix length; allowed: " PREFIXES)},
        {"ports: [{addresses: [10.7.0.2/24, 10.7.0.2/16]}]",
         SAYS(1, "ports[0].addresses: \"10.7.0.2/16\" stands there twice; allowed: " PREFIXES)},
        {"ports: [{addresses: [10.7.0.1/8, 10.7.0.2/8, 10.7.0.3/8, 10.7.0.4/8, 10.7.0.5/8]}]",
         SAYS(1, "ports[0].addresses: has too many items; allowed: " PREFIXES)},
        {"ports: [{addresses: []}]", SAYS(1, "ports[0].addresses: has too few items; allowed: " PREFIXES)},
        {PORT("gateway: 'fd07::1'"),
         SAYS(1, "ports[0].gateway: \"fd07::1\" is no such address; allowed: an IPv4 address")},
        {PORT("gateway6: 10.0.0.2"),
         SAYS(1, "ports[0].gateway6: \"10.0.0.2\" is no such address; allowed: an IPv6 address")},
    };
    VERDICTS_HOLD(rows);
}

void value_suite(void)
{
    CU_pSuite suite = CU_add_suite("value", NULL, NULL);
    CU_ADD_TEST(suite, numbers);
    CU_ADD_TEST(suite, words);
    CU_ADD_TEST(suite, texts);
    CU_ADD_TEST(suite, addresses);
}
