// SPDX-License-Identifier: Apache-2.0
// Proves: keys in SDP (RFC 4568, RFC 7714) are written and read alike, and the key of the wanted suite is taken.
#include "sdes.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "peers_suites.h"

static void round_trips(void)
{
    static const char *const names[] = {"sha1_80", "sha1_32", "gcm_128", "gcm_256"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct leg_suite *suite = leg_suite_find(names[i]);
        struct sdes_leg leg = {"192.0.2.1", 4000, suite, 3, {0}}, read;
        char text[1024];
        leg_random_master(suite, leg.master);
        int size = sdes_write(&leg, text, sizeof(text));
        CU_ASSERT_TRUE(size > 0);
        CU_ASSERT_EQUAL(sdes_read(text, (size_t)size, suite, &read), 0);
        CU_ASSERT_EQUAL(read.port, 4000);
        CU_ASSERT_EQUAL(read.tag, 3);
        CU_ASSERT_EQUAL(memcmp(read.master, leg.master, leg_master_size(suite)), 0);
        CU_ASSERT_EQUAL(sdes_write(&leg, text, (size_t)size), -ENOSPC);
    }
}

#define KEY_30  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_28  "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"
#define SECTION "v=0\r\nm=video 30000 RTP/SAVP 96\r\n"

static void reads_or_refuses(void)
{
    static const struct {
        const char *text, *suite;
        int verdict;
        unsigned tag, first; // first byte of the key
    } rows[] = {
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\n", "sha1_80", 0, 1, 0},
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "|2^31|1:1\n", "sha1_80", 0, 1, 0},
        {SECTION "a=crypto:7 AEAD_AES_128_GCM inline:" KEY_28 "==\r\n", "gcm_128", 0, 7, 1},
        {SECTION "a=crypto:7 AEAD_AES_128_GCM inline:" KEY_28 "\r\n", "gcm_128", 0, 7, 1}, // without padding
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\na=crypto:2 AEAD_AES_128_GCM inline:" KEY_28
                 "==\r\n",
         "gcm_128", 0, 2, 1},
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\n", "sha1_32", -EBADMSG, 0, 0},
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n", "sha1_80", -EBADMSG, 0, 0},
        {SECTION "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 KEY_30 KEY_30 "\r\n", "sha1_80", -EBADMSG, 0, 0},
        {SECTION "a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\n", "sha1_80", -EBADMSG, 0, 0},
        {"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\n", "sha1_80", -EBADMSG, 0, 0}, // no section
        {SECTION "m=audio 4 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_30 "\r\n", "sha1_80",
         -EBADMSG, 0, 0}, // another section's
        {"", "sha1_80", -EBADMSG, 0, 0},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sdes_leg leg = {0};
        int verdict = sdes_read(rows[i].text, strlen(rows[i].text), leg_suite_find(rows[i].suite), &leg);
        CU_ASSERT_EQUAL(verdict, rows[i].verdict);
        CU_ASSERT_EQUAL(leg.tag, rows[i].tag);
        CU_ASSERT_EQUAL(leg.port, verdict ? 0 : 30000);
        CU_ASSERT_EQUAL(leg.master[0], rows[i].first);
    }
}

void sdes_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdes", NULL, NULL);
    CU_add_test(suite, "what is written is read", round_trips);
    CU_add_test(suite, "descriptions are read or refused", reads_or_refuses);
}
