// SPDX-License-Identifier: Apache-2.0
// Proves: header, extension and padding lengths are held against the packet, by our rows and the corpus.
#include "rtp_parse.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "rtp_extension.h"
#include "wire_suites.h"

#define FIXED "0001 00000002 00000003 "

struct row {
    const char *what;
    const char *hex;
    int offset;  // of the payload, or -EBADMSG
    int padding; // bytes, or -EBADMSG
};

static const struct row rows[] = {
    {"bare header", "8060" FIXED, 12, 0},
    {"one byte short", "8060 0001 00000002 000003", -EBADMSG, 0},
    {"version 1", "4060" FIXED, -EBADMSG, 0},
    {"CSRC missing", "8160" FIXED, -EBADMSG, 0},
    {"one CSRC", "8160" FIXED "00000004", 16, 0},
    {"extension header missing", "9060" FIXED "bede00", -EBADMSG, 0},
    {"extension past the end", "9060" FIXED "bede0001 112233", -EBADMSG, 0},
    {"empty extension", "9060" FIXED "bede0000 ff", 16, 0},
    {"longest extension", "9060" FIXED "bedeffff 11223344", -EBADMSG, 0},
    {"padding fills the payload", "a060" FIXED "000003", 12, 3},
    {"padding beyond the payload", "a060" FIXED "000004", 12, -EBADMSG},
    {"padding count 0", "a060" FIXED "000000", 12, -EBADMSG},
    {"padding bit without payload", "a060" FIXED, 12, -EBADMSG},
    {"padding count 255", "a060" FIXED "ff", 12, -EBADMSG},
    {"padding reaches into the extension", "b060" FIXED "bede0001 10aa0000 000004", 20, -EBADMSG},
};

static void keeps_to_lengths(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct corpus_bytes bytes = corpus_hex(rows[i].hex);
        struct rtp_header header;
        int offset = rtp_parse(bytes.data, bytes.size, &header);
        CU_ASSERT_EQUAL(offset, rows[i].offset);
        if (offset >= 0)
            CU_ASSERT_EQUAL(rtp_padding_size(bytes.data, bytes.size, &header), rows[i].padding);
        free(bytes.data);
    }
}

static void round_trips(void)
{
    uint8_t data[12];
    struct rtp_header header = {0};
    rtp_write_header(data, 111, true, 0xfffe, 0x89abcdef, 0x12345678);
    rtp_set_sequence(data, 0xffff);
    rtp_set_timestamp(data, 1);
    rtp_set_ssrc(data, 0xfffffffe);
    rtp_set_payload_type(data, 127);
    CU_ASSERT_EQUAL(rtp_parse(data, 12, &header), 12);
    CU_ASSERT(header.marker && header.payload_type == 127 && header.sequence == 0xffff);
    CU_ASSERT(header.timestamp == 1 && header.ssrc == 0xfffffffe && header.csrc_count == 0);
    rtp_set_marker(data, false);
    rtp_set_padding(data, true);
    rtp_set_extension(data, true);
    CU_ASSERT(data[0] == 0xb0 && data[1] == 127);
    rtp_set_padding(data, false);
    rtp_set_extension(data, false);
    CU_ASSERT_EQUAL(data[0], 0x80);
}

static long long number(json_t *value, const char *key)
{
    return corpus_number(json_object_get(value, key));
}

static void check_header(json_t *value, struct corpus_bytes bytes, const struct rtp_header *header)
{
    CU_ASSERT_EQUAL(header->payload_type, number(value, "pt"));
    CU_ASSERT_EQUAL(header->marker, number(value, "marker"));
    CU_ASSERT_EQUAL(header->sequence, number(value, "seq"));
    CU_ASSERT_EQUAL(header->timestamp, number(value, "ts"));
    CU_ASSERT_EQUAL(header->ssrc, number(value, "ssrc"));
    CU_ASSERT_EQUAL(header->payload_offset, number(value, "header_len"));
    CU_ASSERT_EQUAL(header->extension_profile, number(value, "ext_profile"));
    json_t *csrcs = json_object_get(value, "csrc");
    CU_ASSERT_EQUAL(header->csrc_count, json_array_size(csrcs));
    for (size_t i = 0; i < json_array_size(csrcs); i++)
        CU_ASSERT_EQUAL(bytes_get32(bytes.data + 12 + 4 * i), corpus_number(json_array_get(csrcs, i)));
}

// RFC 8285 4.2: an element of id 0 with a length ends the reading; the corpus shows it as its last element.
static void check_elements(json_t *value, struct corpus_bytes bytes, const struct rtp_header *header)
{
    struct rtp_extension_iterator iterator = rtp_extension_begin(bytes.data, header);
    struct rtp_extension_element element;
    size_t index;
    json_t *pair;
    json_array_foreach(json_object_get(value, "ext"), index, pair)
    {
        long long id = corpus_number(json_array_get(pair, 0));
        if (id == 0)
            break;
        struct corpus_bytes content = corpus_hex(json_string_value(json_array_get(pair, 1)));
        CU_ASSERT_FATAL(rtp_extension_next(&iterator, &element));
        CU_ASSERT(element.id == id && element.size == content.size);
        CU_ASSERT_EQUAL(memcmp(element.value, content.data, content.size), 0);
        free(content.data);
    }
    CU_ASSERT_FALSE(rtp_extension_next(&iterator, &element));
}

static void check_corpus_row(json_t *row)
{
    struct corpus_bytes bytes = corpus_hex(json_string_value(json_object_get(row, "hex")));
    json_t *expected = json_object_get(row, "expected");
    json_t *value = json_object_get(expected, "value");
    struct rtp_header header;
    int offset = rtp_parse(bytes.data, bytes.size, &header);
    int padding = offset < 0 ? offset : rtp_padding_size(bytes.data, bytes.size, &header);
    CU_ASSERT_EQUAL(padding >= 0, json_is_true(json_object_get(expected, "ok")));
    if (padding >= 0 && value) {
        check_header(value, bytes, &header);
        check_elements(value, bytes, &header);
        CU_ASSERT_EQUAL(padding, number(value, "padding"));
        CU_ASSERT_EQUAL((long long)bytes.size - offset - padding, number(value, "payload_len"));
    }
    free(bytes.data);
}

static void matches_corpus(void)
{
    json_t *corpus = corpus_json("packets/expected_rtp_header.json");
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(corpus, "vectors"), index, row) check_corpus_row(row);
    json_decref(corpus);
}

void rtp_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/rtp", NULL, NULL);
    CU_add_test(suite, "keeps to lengths", keeps_to_lengths);
    CU_add_test(suite, "round trips", round_trips);
    CU_add_test(suite, "matches the corpus", matches_corpus);
}
