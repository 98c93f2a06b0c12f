// SPDX-License-Identifier: Apache-2.0
// Proves: the records of a datagram are walked inside it, and a datagram's first record tells what it is.
#include "dtls_record.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "wire_suites.h"

#define PLAIN(content, epoch) content "fefd" epoch "000000000005"
#define HELLO_HEAD            "01000010 0000 000000 000004"

struct row {
    const char *what;
    const char *hex;
    unsigned records;
    bool bad;
    enum dtls_kind kind;
};

static const struct row rows[] = {
    {"empty", "", 0, false, DTLS_KIND_BAD},
    {"header cut", PLAIN("16", "0000") "00", 0, true, DTLS_KIND_BAD},
    {"ClientHello fragment", PLAIN("16", "0000") "0010" HELLO_HEAD "aabbccdd", 1, false, DTLS_KIND_CLIENT_HELLO},
    {"ClientHello of DTLS 1.0",
     "16feff0000000000000005"
     "0010" HELLO_HEAD "aabbccdd",
     1, false, DTLS_KIND_CLIENT_HELLO},
    {"ClientHello later fragment",
     PLAIN("16", "0000") "0010"
                         "01000010 0000 00000c 000004"
                         "aabbccdd",
     1, false, DTLS_KIND_CLIENT_HELLO},
    {"fragment past the message",
     PLAIN("16", "0000") "0010"
                         "01000010 0000 00000d 000004"
                         "aabbccdd",
     1, false, DTLS_KIND_BAD},
    {"fragment past the record", PLAIN("16", "0000") "000f" HELLO_HEAD "aabbcc", 1, false, DTLS_KIND_BAD},
    {"record past the datagram", PLAIN("16", "0000") "0010" HELLO_HEAD "aabbcc", 0, true, DTLS_KIND_BAD},
    {"ServerHello",
     PLAIN("16", "0000") "000c"
                         "02000000 0001 000000 000000",
     1, false, DTLS_KIND_HANDSHAKE},
    {"encrypted handshake",
     PLAIN("16", "0001") "0004"
                         "01020304",
     1, false, DTLS_KIND_HANDSHAKE},
    {"change cipher spec",
     PLAIN("14", "0000") "0001"
                         "01",
     1, false, DTLS_KIND_HANDSHAKE},
    {"alert, then cut",
     PLAIN("15", "0000") "0002"
                         "0100"
                         "16fefd",
     1, true, DTLS_KIND_ALERT},
    {"alert and application data",
     PLAIN("15", "0000") "0002"
                         "0100" PLAIN("17", "0001") "0001"
                                                    "aa",
     2, false, DTLS_KIND_ALERT},
    {"application data",
     PLAIN("17", "0001") "0001"
                         "aa",
     1, false, DTLS_KIND_APPLICATION_DATA},
    {"TLS, not DTLS",
     "160303"
     "0000000000000005"
     "0000",
     0, true, DTLS_KIND_BAD},
    {"1.3, 8 bit sequence, no length", "2201aabbcc", 1, false, DTLS_KIND_OTHER},
    {"1.3, 16 bit sequence, length", "2e01020002aabb", 1, false, DTLS_KIND_OTHER},
    {"1.3, length past the end", "2e01020003aabb", 0, true, DTLS_KIND_BAD},
    {"1.3, header cut", "2e010200", 0, true, DTLS_KIND_BAD},
    {"1.3, connection id", "3201aabbcc", 0, true, DTLS_KIND_BAD},
};

static void walks_records(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct corpus_bytes bytes = corpus_hex(rows[i].hex);
        struct dtls_record_iterator iterator = dtls_record_begin(bytes.data, bytes.size);
        struct dtls_record record;
        while (dtls_record_next(&iterator, &record))
            CU_ASSERT(record.fragment + record.fragment_size <= bytes.data + bytes.size);
        CU_ASSERT_EQUAL(iterator.records, rows[i].records);
        CU_ASSERT_EQUAL(iterator.bad, rows[i].bad);
        CU_ASSERT_EQUAL(dtls_classify(bytes.data, bytes.size), rows[i].kind);
        free(bytes.data);
    }
}

static void reads_headers(void)
{
    struct corpus_bytes bytes = corpus_hex("16fefd 0001 123456789abc 0010" HELLO_HEAD "aabbccdd");
    struct dtls_record_iterator iterator = dtls_record_begin(bytes.data, bytes.size);
    struct dtls_record record;
    struct dtls_handshake handshake;
    CU_ASSERT_FATAL(dtls_record_next(&iterator, &record));
    CU_ASSERT(record.content == DTLS_HANDSHAKE && record.version == 0xfefd && record.epoch == 1);
    CU_ASSERT(record.sequence == 0x123456789abc && record.fragment_size == 16);
    CU_ASSERT_EQUAL(dtls_handshake_parse(record.fragment, record.fragment_size, &handshake), 16);
    CU_ASSERT(handshake.type == DTLS_CLIENT_HELLO && handshake.size == 16 && handshake.message_sequence == 0);
    CU_ASSERT(handshake.fragment_offset == 0 && handshake.fragment_size == 4 && handshake.fragment[3] == 0xdd);
    CU_ASSERT_EQUAL(dtls_handshake_parse(record.fragment, 11, &handshake), -EBADMSG);
    free(bytes.data);
}

static void caps_records(void)
{
    uint8_t data[DTLS_RECORD_HEADER_SIZE * (DTLS_RECORDS_MAX + 1)] = {0};
    struct dtls_record record;
    for (size_t i = 0; i < sizeof(data); i += DTLS_RECORD_HEADER_SIZE)
        memcpy(data + i, "\x17\xfe\xfd", 3);
    struct dtls_record_iterator iterator = dtls_record_begin(data, sizeof(data));
    while (dtls_record_next(&iterator, &record))
        ;
    CU_ASSERT(iterator.bad && iterator.records == DTLS_RECORDS_MAX);
}

void dtls_record_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/dtls_record", NULL, NULL);
    CU_add_test(suite, "walks records", walks_records);
    CU_add_test(suite, "reads headers", reads_headers);
    CU_add_test(suite, "caps records", caps_records);
}
