// SPDX-License-Identifier: Apache-2.0
// Proves: lying lengths are refused (no over-read, no 16-bit wrap), what stands behind MESSAGE-INTEGRITY does not
// count, and unknown comprehension-required attributes are named.
#include "stun.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

#include "corpus.h"
#include "wire_suites.h"

#define ID   "0102030405060708090a0b0c"
#define HEAD "2112a442" ID
#define MI   "00080014 0000000000000000000000000000000000000000"

struct row {
    const char *what;
    const char *hex;
    bool good;
};

static const struct row rows[] = {
    {"no attributes", "00010000" HEAD, true},
    {"one byte short", "00010000 2112a442 0102030405060708090a0b", false},
    {"length longer than the datagram", "00010004" HEAD, false},
    {"length shorter than the datagram", "00010000" HEAD "80220000", false},
    {"length no multiple of 4", "00010002" HEAD "8022", false},
    {"length wraps 16 bits with the header", "0001ffec" HEAD, false},
    {"top bits set", "40010000" HEAD, false},
    {"no magic cookie", "00010000 2112a443" ID, false},
    {"value ends with the message", "00010008" HEAD "0006000461626364", true},
    {"value past the end", "00010008" HEAD "0006000561626364", false},
    {"value longest", "00010008" HEAD "0006ffff61626364", false},
    {"padding is the end", "00010008" HEAD "0006000161000000", true},
    {"attribute header only, with a length", "00010004" HEAD "00060001", false},
    {"integrity of 16 bytes", "00010014" HEAD "00080010 00000000000000000000000000000000", false},
    {"integrity of 24 bytes", "0001001c" HEAD "00080018 000000000000000000000000000000000000000000000000", false},
    {"integrity of no bytes", "00010004" HEAD "00080000", false},
};

static void keeps_to_lengths(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct corpus_bytes bytes = corpus_hex(rows[i].hex);
        struct stun_message message;
        int size = stun_parse(bytes.data, bytes.size, &message);
        CU_ASSERT_EQUAL(size, rows[i].good ? (int)bytes.size : -EBADMSG);
        free(bytes.data);
    }
}

static struct stun_message parse(const char *hex, struct corpus_bytes *ret_bytes)
{
    struct stun_message message = {0};
    *ret_bytes = corpus_hex(hex);
    CU_ASSERT_EQUAL(stun_parse(ret_bytes->data, ret_bytes->size, &message), (int)ret_bytes->size);
    return message;
}

static void ignores_behind_integrity(void)
{
    struct corpus_bytes bytes;
    // PRIORITY, integrity, then USE-CANDIDATE, an unknown one, a second integrity, FINGERPRINT, and SOFTWARE.
    struct stun_message message = parse("0001004c" HEAD "0024000400000001" MI "00250000"
                                        "7fff0000" MI "8028000400000000"
                                        "80220000",
                                        &bytes);
    CU_ASSERT(stun_has(&message, STUN_PRIORITY));
    CU_ASSERT_FALSE(stun_has(&message, STUN_USE_CANDIDATE));
    CU_ASSERT_FALSE(stun_has(&message, STUN_SOFTWARE));
    CU_ASSERT_EQUAL(message.unknown_count, 0);
    CU_ASSERT_EQUAL(message.attributes[STUN_MESSAGE_INTEGRITY].offset, 32);
    CU_ASSERT_EQUAL(message.integrity_size, 28);
    CU_ASSERT_EQUAL(message.integrity_length, 32);
    CU_ASSERT(stun_has(&message, STUN_FINGERPRINT));
    free(bytes.data);
}

static void fingerprint_is_last(void)
{
    struct corpus_bytes bytes;
    struct stun_message message = parse("0001000c" HEAD "8028000400000000"
                                        "80220000",
                                        &bytes);
    bytes_put32(bytes.data + 24, stun_fingerprint(bytes.data, 20));
    CU_ASSERT_FALSE(stun_check_fingerprint(bytes.data, &message));
    free(bytes.data);
    message = parse("00010008" HEAD "8028000400000000", &bytes);
    CU_ASSERT_FALSE(stun_check_fingerprint(bytes.data, &message));
    bytes_put32(bytes.data + 24, stun_fingerprint(bytes.data, 20));
    CU_ASSERT(stun_check_fingerprint(bytes.data, &message));
    free(bytes.data);
}

static void names_unknown(void)
{
    struct corpus_bytes bytes;
    struct stun_message message = parse("00010010" HEAD "7fff0000"
                                        "c0570000"
                                        "00020000"
                                        "ffff0000",
                                        &bytes);
    CU_ASSERT_EQUAL(message.unknown_count, 2);
    CU_ASSERT_EQUAL(message.unknown[0], 0x7fff);
    CU_ASSERT_EQUAL(message.unknown[1], 0x0002);
    free(bytes.data);
    message = parse("00010028" HEAD "00020000000200000002000000020000000200000002000000020000000200000002000000020000",
                    &bytes);
    CU_ASSERT_EQUAL(message.unknown_count, STUN_UNKNOWN_ATTRIBUTES_MAX);
    free(bytes.data);
}

static void caps_attributes(void)
{
    uint8_t data[STUN_HEADER_SIZE + 4 * (STUN_ATTRIBUTES_MAX + 1)] = {0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    struct stun_message message;
    for (size_t i = STUN_HEADER_SIZE; i < sizeof(data); i += 4)
        bytes_put32(data + i, 0x80220000);
    stun_set_length(data, 4 * STUN_ATTRIBUTES_MAX);
    CU_ASSERT_EQUAL(stun_parse(data, sizeof(data) - 4, &message), (int)sizeof(data) - 4);
    stun_set_length(data, 4 * (STUN_ATTRIBUTES_MAX + 1));
    CU_ASSERT_EQUAL(stun_parse(data, sizeof(data), &message), -EBADMSG);
}

static void first_occurrence_counts(void)
{
    struct corpus_bytes bytes;
    uint32_t priority = 0;
    struct stun_message message = parse("00010010" HEAD "0024000400000001"
                                        "0024000400000002",
                                        &bytes);
    CU_ASSERT_EQUAL(stun_get32(bytes.data, &message, STUN_PRIORITY, &priority), 0);
    CU_ASSERT_EQUAL(priority, 1);
    free(bytes.data);
}

static void refuses_bad_values(void)
{
    struct corpus_bytes bytes;
    uint32_t value32;
    uint64_t value64;
    int code;
    struct transport_address address;
    // PRIORITY of 2, ICE-CONTROLLED of 4, ERROR-CODE of 3, an address of no family, an IPv6 one of 4 bytes.
    struct stun_message message = parse("00010034" HEAD "0024000200010000"
                                        "8029000400000000"
                                        "0009000300000400"
                                        "002000080003123401020304"
                                        "001200080002123401020304"
                                        "00010000",
                                        &bytes);
    CU_ASSERT_EQUAL(stun_get32(bytes.data, &message, STUN_PRIORITY, &value32), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get32(bytes.data, &message, STUN_LIFETIME, &value32), -ENOENT);
    CU_ASSERT_EQUAL(stun_get64(bytes.data, &message, STUN_ICE_CONTROLLED, &value64), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get64(bytes.data, &message, STUN_ICE_CONTROLLING, &value64), -ENOENT);
    CU_ASSERT_EQUAL(stun_get_error(bytes.data, &message, &code), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get_address(bytes.data, &message, STUN_XOR_MAPPED_ADDRESS, &address), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get_address(bytes.data, &message, STUN_XOR_PEER_ADDRESS, &address), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get_address(bytes.data, &message, STUN_MAPPED_ADDRESS, &address), -EBADMSG);
    CU_ASSERT_EQUAL(stun_get_address(bytes.data, &message, STUN_ALTERNATE_SERVER, &address), -ENOENT);
    free(bytes.data);
}

void stun_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/stun", NULL, NULL);
    CU_add_test(suite, "keeps to lengths", keeps_to_lengths);
    CU_add_test(suite, "ignores what stands behind integrity", ignores_behind_integrity);
    CU_add_test(suite, "wants the fingerprint last", fingerprint_is_last);
    CU_add_test(suite, "names unknown attributes", names_unknown);
    CU_add_test(suite, "caps attributes", caps_attributes);
    CU_add_test(suite, "first occurrence counts", first_occurrence_counts);
    CU_add_test(suite, "refuses bad values", refuses_bad_values);
}
