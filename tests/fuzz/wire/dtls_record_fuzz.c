// SPDX-License-Identifier: Apache-2.0
// Every record and handshake fragment lies inside the datagram.
#include "dtls_record.h"

#include "expect.h"

static void read_handshakes(const struct dtls_record *record)
{
    const uint8_t *next = record->fragment;
    const uint8_t *end = next + record->fragment_size;
    struct dtls_handshake handshake;
    int size;
    while ((size = dtls_handshake_parse(next, (size_t)(end - next), &handshake)) > 0) {
        EXPECT(handshake.fragment_offset + handshake.fragment_size <= handshake.size);
        expect_readable(handshake.fragment, handshake.fragment_size);
        next += size;
        EXPECT(next <= end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtls_record_iterator iterator = dtls_record_begin(data, size);
    struct dtls_record record;
    while (dtls_record_next(&iterator, &record)) {
        EXPECT(record.fragment >= data && record.fragment + record.fragment_size <= data + size);
        expect_readable(record.fragment, record.fragment_size);
        read_handshakes(&record);
    }
    EXPECT(iterator.records <= DTLS_RECORDS_MAX && (iterator.bad || iterator.next == data + size));
    EXPECT((dtls_classify(data, size) == DTLS_KIND_BAD) || iterator.records > 0);
    return 0;
}
