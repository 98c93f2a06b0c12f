// SPDX-License-Identifier: Apache-2.0
// Proves: ChannelData frames are read as RFC 8656 12.4 says, against our rows and the corpus.
#include "channel_data.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "limits.h"
#include "wire_suites.h"

static void matches_corpus(void)
{
    json_t *corpus = corpus_json("packets/expected_turn_channeldata.json");
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(corpus, "vectors"), index, row)
    {
        struct corpus_bytes bytes = corpus_hex(json_string_value(json_object_get(row, "hex")));
        json_t *expected = json_object_get(row, "expected");
        struct channel_data frame;
        int size = channel_data_parse(bytes.data, bytes.size, &frame);
        CU_ASSERT_EQUAL(size >= 0, json_is_true(json_object_get(expected, "ok")));
        json_t *value = json_object_get(expected, "value");
        if (value && size >= 0) {
            CU_ASSERT_EQUAL(frame.channel, corpus_number(json_object_get(value, "channel")));
            CU_ASSERT_EQUAL(frame.size, corpus_number(json_object_get(value, "len")));
            CU_ASSERT_EQUAL((int)bytes.size - size, corpus_number(json_object_get(value, "extra")));
        }
        free(bytes.data);
    }
    json_decref(corpus);
}

static void round_trips(void)
{
    uint8_t data[8] = {0};
    struct channel_data frame;
    CU_ASSERT_EQUAL(channel_data_write_header(data, 0x4fff, 3), CHANNEL_DATA_HEADER_SIZE);
    CU_ASSERT_EQUAL(channel_data_parse(data, 7, &frame), 7);
    CU_ASSERT_EQUAL(frame.channel, 0x4fff);
    CU_ASSERT_EQUAL(frame.size, 3);
    CU_ASSERT_EQUAL(channel_data_parse(data, 6, &frame), -EBADMSG);
    CU_ASSERT_EQUAL(channel_data_write_header(data, 0x3fff, 3), -EINVAL);
    CU_ASSERT_EQUAL(channel_data_write_header(data, 0x5000, 3), -EINVAL);
    CU_ASSERT_EQUAL(channel_data_write_header(data, 0x4000, 65536), -EINVAL);
}

void channel_data_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/channel_data", NULL, NULL);
    CU_add_test(suite, "round trips", round_trips);
    CU_add_test(suite, "matches the corpus", matches_corpus);
}
