// SPDX-License-Identifier: Apache-2.0
// Proves: the messages of RFC 5769 are read in full, and the range that MESSAGE-INTEGRITY covers is the one over which
// an independent HMAC gives the tag.
#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "stun.h"
#include "wire_suites.h"

static const char *text_of(json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

// RFC 8489 9.2.2: MD5 over username ":" realm ":" password; without a realm the password itself.
static size_t derive_key(json_t *row, uint8_t key[64])
{
    char text[128];
    unsigned size = 0;
    if (!text_of(row, "realm"))
        return (size_t)snprintf((char *)key, 64, "%s", text_of(row, "password"));
    snprintf(text, sizeof(text), "%s:%s:%s", text_of(row, "username"), text_of(row, "realm"), text_of(row, "password"));
    EVP_Digest(text, strlen(text), key, &size, EVP_md5(), NULL);
    return size;
}

static void check_integrity(json_t *row, struct corpus_bytes bytes, const struct stun_message *message)
{
    uint8_t key[64], tag[20];
    size_t key_size = derive_key(row, key);
    stun_set_length(bytes.data, message->integrity_length);
    HMAC(EVP_sha1(), key, (int)key_size, bytes.data, message->integrity_size, tag, NULL);
    stun_set_length(bytes.data, (uint16_t)(message->size - STUN_HEADER_SIZE));
    struct stun_span span = message->attributes[STUN_MESSAGE_INTEGRITY];
    CU_ASSERT_EQUAL(span.size, 20);
    CU_ASSERT_EQUAL(memcmp(tag, bytes.data + span.offset, 20), 0);
}

static void check_text(json_t *row, const char *key, struct corpus_bytes bytes, struct stun_span span)
{
    const char *expected = text_of(row, key);
    CU_ASSERT_EQUAL(span.offset != 0, expected != NULL);
    if (expected) {
        CU_ASSERT_EQUAL(span.size, strlen(expected));
        CU_ASSERT_EQUAL(memcmp(bytes.data + span.offset, expected, span.size), 0);
    }
}

static void check_numbers(json_t *row, struct corpus_bytes bytes, const struct stun_message *message)
{
    uint32_t priority = 0;
    uint64_t tie_breaker = 0;
    char text[TRANSPORT_ADDRESS_TEXT_MAX];
    struct transport_address mapped;
    const char *address = text_of(row, "xor_mapped_address");
    const char *controlled = text_of(row, "ice_controlled");
    CU_ASSERT_EQUAL(stun_get32(bytes.data, message, STUN_PRIORITY, &priority) == 0, controlled != NULL);
    CU_ASSERT_EQUAL(priority, corpus_number(json_object_get(row, "priority")));
    if (stun_get64(bytes.data, message, STUN_ICE_CONTROLLED, &tie_breaker) == 0)
        CU_ASSERT_EQUAL(tie_breaker, strtoull(controlled, NULL, 16));
    int error = stun_get_address(bytes.data, message, STUN_XOR_MAPPED_ADDRESS, &mapped);
    CU_ASSERT_EQUAL(error == 0, address != NULL);
    if (!error) {
        transport_address_format(&mapped, text, sizeof(text));
        CU_ASSERT_STRING_EQUAL(text, address);
    }
}

static void check_row(json_t *row)
{
    struct corpus_bytes bytes = corpus_hex(text_of(row, "hex"));
    struct stun_message message;
    CU_ASSERT_EQUAL_FATAL(stun_parse(bytes.data, bytes.size, &message), (int)bytes.size);
    CU_ASSERT_EQUAL(message.method, STUN_BINDING);
    CU_ASSERT_EQUAL(message.class, strcmp(text_of(row, "class"), "request") ? STUN_SUCCESS : STUN_REQUEST);
    CU_ASSERT_EQUAL(message.unknown_count, 0);
    check_text(row, "username", bytes, message.attributes[STUN_USERNAME]);
    check_text(row, "software", bytes, message.attributes[STUN_SOFTWARE]);
    check_text(row, "realm", bytes, message.attributes[STUN_REALM]);
    check_text(row, "nonce", bytes, message.attributes[STUN_NONCE]);
    check_numbers(row, bytes, &message);
    check_integrity(row, bytes, &message);
    bool fingerprint = json_is_true(json_object_get(row, "fingerprint"));
    CU_ASSERT_EQUAL(stun_check_fingerprint(bytes.data, &message), fingerprint);
    bytes.data[8] ^= 1;
    CU_ASSERT_FALSE(stun_check_fingerprint(bytes.data, &message));
    free(bytes.data);
}

static void reads_rfc5769(void)
{
    json_t *rows = corpus_vectors("rfc5769.json");
    size_t index;
    json_t *row;
    CU_ASSERT_EQUAL(json_array_size(rows), 4);
    json_array_foreach(rows, index, row) check_row(row);
    json_decref(rows);
}

static void check_corpus_row(json_t *row)
{
    static const char *const classes[] = {"request", "indication", "success", "error"};
    struct corpus_bytes bytes = corpus_hex(text_of(row, "hex"));
    json_t *expected = json_object_get(row, "expected");
    json_t *value = json_object_get(expected, "value");
    struct stun_message message;
    int size = stun_parse(bytes.data, bytes.size, &message);
    bool same = (size >= 0) == json_is_true(json_object_get(expected, "ok"));
    CU_ASSERT(same);
    if (!same)
        fprintf(stderr, "%s: %s\n", text_of(row, "source"), text_of(row, "hex"));
    if (size < 0 || !value) {
        free(bytes.data);
        return;
    }
    CU_ASSERT_EQUAL(message.method, corpus_number(json_object_get(value, "method")));
    CU_ASSERT_STRING_EQUAL(classes[message.class], text_of(value, "cls"));
    struct corpus_bytes id = corpus_hex(text_of(value, "tid"));
    CU_ASSERT_EQUAL(memcmp(id.data, message.transaction_id, 12), 0);
    size_t index;
    json_t *pair;
    json_array_foreach(json_object_get(value, "attrs"), index, pair)
    {
        unsigned type = (unsigned)strtoul(json_string_value(json_array_get(pair, 0)), NULL, 16);
        struct corpus_bytes content = corpus_hex(json_string_value(json_array_get(pair, 1)));
        for (int i = 1; i < STUN_ATTRIBUTES; i++) {
            struct stun_span span = message.attributes[i];
            if (stun_attribute_type((enum stun_attribute)i) != type)
                continue;
            CU_ASSERT(span.offset != 0 && span.size == content.size);
            CU_ASSERT_EQUAL(memcmp(bytes.data + span.offset, content.data, content.size), 0);
        }
        free(content.data);
    }
    free(id.data);
    free(bytes.data);
}

static void matches_corpus(void)
{
    json_t *corpus = corpus_json("packets/expected_stun.json");
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(corpus, "vectors"), index, row) check_corpus_row(row);
    json_decref(corpus);
}

void stun_vectors_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/stun vectors", NULL, NULL);
    CU_add_test(suite, "reads RFC 5769", reads_rfc5769);
    CU_add_test(suite, "matches the corpus", matches_corpus);
}
