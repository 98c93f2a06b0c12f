// SPDX-License-Identifier: Apache-2.0
// Proves: what is written reads back, padding is zero over a dirty buffer, and no byte is written past the capacity.
#include "stun_writer.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "wire_suites.h"

static const uint8_t id[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const uint8_t key[] = "password";

static void seal(struct stun_writer *writer)
{
    size_t covered = 0;
    uint8_t *tag = stun_write_integrity(writer, &covered);
    if (tag)
        HMAC(EVP_sha1(), key, sizeof(key), writer->data, covered, tag, NULL);
    stun_write_fingerprint(writer);
}

static bool integrity_is_good(uint8_t *data, const struct stun_message *message)
{
    uint8_t tag[20];
    stun_set_length(data, message->integrity_length);
    HMAC(EVP_sha1(), key, sizeof(key), data, message->integrity_size, tag, NULL);
    stun_set_length(data, (uint16_t)(message->size - STUN_HEADER_SIZE));
    return memcmp(tag, data + message->attributes[STUN_MESSAGE_INTEGRITY].offset, 20) == 0;
}

static struct stun_message finish(struct stun_writer *writer)
{
    struct stun_message message = {0};
    seal(writer);
    int size = stun_writer_finish(writer);
    CU_ASSERT_FATAL(size > 0);
    CU_ASSERT_EQUAL_FATAL(stun_parse(writer->data, (size_t)size, &message), size);
    CU_ASSERT(stun_check_fingerprint(writer->data, &message));
    CU_ASSERT(integrity_is_good(writer->data, &message));
    CU_ASSERT_EQUAL(memcmp(message.transaction_id, id, 12), 0);
    return message;
}

static void success_reads_back(void)
{
    const char *texts[] = {"192.0.2.1:32853", "[2001:db8:1234:5678:11:2233:4455:6677]:1"};
    for (size_t i = 0; i < 2; i++) {
        uint8_t data[128];
        struct stun_writer writer;
        struct transport_address sent, read;
        transport_address_parse(texts[i], &sent);
        stun_write_binding_success(&writer, data, sizeof(data), id, &sent);
        struct stun_message message = finish(&writer);
        CU_ASSERT_EQUAL(message.class, STUN_SUCCESS);
        CU_ASSERT_EQUAL(stun_get_address(data, &message, STUN_XOR_MAPPED_ADDRESS, &read), 0);
        CU_ASSERT(transport_address_equal(&sent, &read));
    }
}

static void error_reads_back(void)
{
    uint8_t data[128];
    struct stun_writer writer;
    const uint16_t types[] = {0x7fff, 0x0002, 0x0003};
    int code = 0;
    memset(data, 0xaa, sizeof(data));
    stun_write_binding_error(&writer, data, sizeof(data), id, 420, types, 3);
    struct stun_message message = finish(&writer);
    struct stun_span span = message.attributes[STUN_UNKNOWN_ATTRIBUTES];
    CU_ASSERT_EQUAL(message.class, STUN_ERROR);
    CU_ASSERT_EQUAL(stun_get_error(data, &message, &code), 0);
    CU_ASSERT_EQUAL(code, 420);
    CU_ASSERT_EQUAL(message.attributes[STUN_ERROR_CODE].size, 4);
    CU_ASSERT_EQUAL(span.size, 6);
    CU_ASSERT_EQUAL(bytes_get16(data + span.offset + 4), 3);
    CU_ASSERT_EQUAL(bytes_get16(data + span.offset + 6), 0);
    stun_write_binding_error(&writer, data, sizeof(data), id, 487, NULL, 0);
    message = finish(&writer);
    CU_ASSERT_EQUAL(stun_get_error(data, &message, &code), 0);
    CU_ASSERT_EQUAL(code, 487);
    CU_ASSERT_FALSE(stun_has(&message, STUN_UNKNOWN_ATTRIBUTES));
}

static void request_reads_back(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct stun_binding_request request = {.username = "remote:local",
                                               .username_size = 12,
                                               .priority = 0x6e7f1eff,
                                               .tie_breaker = 0x0123456789abcdefULL,
                                               .controlling = i & 1,
                                               .use_candidate = i & 2};
        uint8_t data[128];
        struct stun_writer writer;
        uint32_t priority = 0;
        uint64_t tie_breaker = 0;
        stun_write_binding_request(&writer, data, sizeof(data), id, &request);
        struct stun_message message = finish(&writer);
        enum stun_attribute role = i & 1 ? STUN_ICE_CONTROLLING : STUN_ICE_CONTROLLED;
        CU_ASSERT_EQUAL(message.class, STUN_REQUEST);
        CU_ASSERT_EQUAL(stun_get32(data, &message, STUN_PRIORITY, &priority), 0);
        CU_ASSERT_EQUAL(stun_get64(data, &message, role, &tie_breaker), 0);
        CU_ASSERT_EQUAL(priority, request.priority);
        CU_ASSERT_EQUAL(tie_breaker, request.tie_breaker);
        CU_ASSERT_EQUAL(stun_has(&message, STUN_USE_CANDIDATE), request.use_candidate);
        CU_ASSERT_EQUAL(memcmp(data + message.attributes[STUN_USERNAME].offset, "remote:local", 12), 0);
    }
}

static void every_type_reads_back(void)
{
    for (int i = 1; i < STUN_ATTRIBUTES; i++) {
        uint8_t data[64];
        struct stun_writer writer;
        struct stun_message message;
        stun_writer_begin(&writer, data, sizeof(data), STUN_DATA, STUN_INDICATION, id);
        stun_write_bytes(&writer, (enum stun_attribute)i, "12345678901234567890", 20);
        CU_ASSERT_EQUAL(stun_parse(data, writer.size, &message), 44);
        CU_ASSERT_EQUAL(message.method, STUN_DATA);
        CU_ASSERT_EQUAL(message.class, STUN_INDICATION);
        CU_ASSERT_EQUAL(message.attributes[i].offset, 24);
    }
}

static void padding_is_zero(void)
{
    for (size_t size = 0; size <= 9; size++) {
        uint8_t data[64];
        struct stun_writer writer;
        memset(data, 0xaa, sizeof(data));
        stun_writer_begin(&writer, data, sizeof(data), STUN_BINDING, STUN_REQUEST, id);
        stun_write_bytes(&writer, STUN_USERNAME, "123456789", size);
        CU_ASSERT_EQUAL(stun_writer_finish(&writer), (int)(24 + (size + 3) / 4 * 4));
        CU_ASSERT_EQUAL(memcmp(data + 24, "123456789", size), 0);
        for (size_t i = 24 + size; i < writer.size; i++)
            CU_ASSERT_EQUAL(data[i], 0);
        CU_ASSERT_EQUAL(data[writer.size], 0xaa);
    }
}

static void keeps_to_capacity(void)
{
    const struct transport_address mapped = {.ip = {0x20, 0x01}, .port = 1};
    for (size_t capacity = 0; capacity <= 80; capacity++) {
        uint8_t data[96];
        struct stun_writer writer;
        memset(data, 0xaa, sizeof(data));
        stun_write_binding_success(&writer, data, capacity, id, &mapped);
        seal(&writer);
        CU_ASSERT_EQUAL(stun_writer_finish(&writer), capacity >= 76 ? 76 : -ENOSPC);
        for (size_t i = capacity; i < sizeof(data); i++)
            CU_ASSERT_EQUAL(data[i], 0xaa);
    }
}

void stun_writer_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/stun_writer", NULL, NULL);
    CU_add_test(suite, "a success reads back", success_reads_back);
    CU_add_test(suite, "an error reads back", error_reads_back);
    CU_add_test(suite, "a request reads back", request_reads_back);
    CU_add_test(suite, "every type reads back", every_type_reads_back);
    CU_add_test(suite, "padding is zero", padding_is_zero);
    CU_add_test(suite, "keeps to the capacity", keeps_to_capacity);
}
