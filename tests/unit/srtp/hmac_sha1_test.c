// SPDX-License-Identifier: Apache-2.0
// RFC 2202 section 3, and bursts of many keys give what single calls give.
#include "hmac_sha1.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

static const struct {
    uint8_t key_byte; // the key is this byte repeated, or `key`
    const char *key;
    size_t key_length;
    uint8_t data_byte;
    const char *data;
    uint32_t data_length;
    const char *tag;
} rows[] = {
    {0x0b, NULL, 20, 0, "Hi There", 8, "b617318655057264e28bc0b6fb378c8ef146be00"},
    {0, "Jefe", 4, 0, "what do ya want for nothing?", 28, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {0xaa, NULL, 20, 0xdd, NULL, 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {0x0c, NULL, 20, 0, "Test With Truncation", 20, "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
    {0xaa, NULL, 80, 0, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {0xaa, NULL, 80, 0, "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 73,
     "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
};

static void gives_rfc_2202(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            uint8_t key[80], data[80], tag[20], wanted[20];
            memset(key, rows[i].key_byte, sizeof(key));
            memset(data, rows[i].data_byte, sizeof(data));
            if (rows[i].key != NULL)
                memcpy(key, rows[i].key, rows[i].key_length);
            if (rows[i].data != NULL)
                memcpy(data, rows[i].data, rows[i].data_length);
            struct hmac_sha1_key expanded;
            hmac_sha1_key_init(engines[e], key, rows[i].key_length, &expanded);
            hmac_sha1(engines[e], &expanded, data, rows[i].data_length, tag);
            hex_read(rows[i].tag, wanted, sizeof(wanted));
            check_bytes("tag", tag, wanted, sizeof(tag));
        }
}

static void check_bursts_of(unsigned engine, unsigned burst)
{
    enum { COUNT = 150 };
    static struct hmac_sha1_key keys[COUNT];
    static uint8_t raw[COUNT][100], messages[COUNT][600], tags[COUNT][24];
    struct hmac_sha1_job jobs[COUNT] = {0};
    uint64_t random = 3;
    memset(tags, 0xa5, sizeof(tags));
    for (unsigned i = 0; i < burst; i++) {
        random_fill(&random, raw[i], sizeof(raw[i]));
        random_fill(&random, messages[i], sizeof(messages[i]));
        hmac_sha1_key_init(engines[engine], raw[i], 1 + i % 100, &keys[i]);
        jobs[i] = (struct hmac_sha1_job){
            .key = &keys[i], .message = messages[i], .length = 1 + random_below(&random, 600), .ret_tag = tags[i]};
    }
    hmac_sha1_burst(engines[engine], jobs, burst);
    for (unsigned i = 0; i < burst; i++) {
        uint8_t wanted[24] = {[20] = 0xa5, 0xa5, 0xa5, 0xa5}; // and nothing behind the tag
        HMAC(EVP_sha1(), raw[i], (int)(1 + i % 100), messages[i], jobs[i].length, wanted, NULL);
        check_bytes("tag", tags[i], wanted, sizeof(wanted));
    }
}

// Lanes filled, lanes not filled, and what is left over.
static void gives_the_same_in_bursts_of_many_keys(void)
{
    for (unsigned engine = 0; engine < engine_count; engine++)
        for (unsigned burst = 1; burst <= 150; burst += burst < 40 ? 1 : 22)
            check_bursts_of(engine, burst);
}

static void compares_whole_tags(void)
{
    uint8_t a[20] = {0}, b[20] = {0};
    CU_ASSERT_TRUE(hmac_sha1_equal(a, b, sizeof(a)));
    for (unsigned i = 0; i < sizeof(b); i++) {
        b[i] = 0x10;
        CU_ASSERT_FALSE(hmac_sha1_equal(a, b, sizeof(a)));
        b[i] = 0;
    }
}

void hmac_sha1_suite(void)
{
    CU_pSuite suite = CU_add_suite("hmac_sha1", NULL, NULL);
    CU_ADD_TEST(suite, gives_rfc_2202);
    CU_ADD_TEST(suite, gives_the_same_in_bursts_of_many_keys);
    CU_ADD_TEST(suite, compares_whole_tags);
}
