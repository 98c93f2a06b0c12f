// SPDX-License-Identifier: Apache-2.0
#include "dtls_record.h"

#include <errno.h>

#include "bytes.h"

#define UNIFIED_CONNECTION_ID 0x10
#define UNIFIED_SEQUENCE_16   0x08
#define UNIFIED_LENGTH        0x04

struct dtls_record_iterator dtls_record_begin(const uint8_t *data, size_t size)
{
    return (struct dtls_record_iterator){.next = data, .end = data + size};
}

// RFC 6347 4.1. Returns the record's size, 0 if it is bad.
static size_t parse_plain(const uint8_t *data, size_t size, struct dtls_record *record)
{
    if (size < DTLS_RECORD_HEADER_SIZE || data[1] != 0xfe)
        return 0;
    uint16_t length = bytes_get16(data + 11);
    if (length > size - DTLS_RECORD_HEADER_SIZE)
        return 0;
    *record = (struct dtls_record){
        .fragment = data + DTLS_RECORD_HEADER_SIZE,
        .fragment_size = length,
        .content = data[0],
        .version = bytes_get16(data + 1),
        .epoch = bytes_get16(data + 3),
        .sequence = bytes_get48(data + 5),
    };
    return DTLS_RECORD_HEADER_SIZE + (size_t)length;
}

// RFC 9147 4: 001CSLEE. No connection ids were negotiated. Without a length the record fills the datagram.
static size_t parse_unified(const uint8_t *data, size_t size, struct dtls_record *record)
{
    size_t sequence_size = data[0] & UNIFIED_SEQUENCE_16 ? 2 : 1;
    size_t header = 1 + sequence_size + (data[0] & UNIFIED_LENGTH ? 2 : 0);
    if (data[0] & UNIFIED_CONNECTION_ID || size < header)
        return 0;
    size_t length = data[0] & UNIFIED_LENGTH ? bytes_get16(data + header - 2) : size - header;
    if (length > size - header || length > UINT16_MAX)
        return 0;
    *record = (struct dtls_record){
        .fragment = data + header,
        .fragment_size = (uint16_t)length,
        .content = DTLS_UNIFIED,
        .epoch = data[0] & 3,
        .sequence = sequence_size == 2 ? bytes_get16(data + 1) : data[1],
    };
    return header + length;
}

bool dtls_record_next(struct dtls_record_iterator *iterator, struct dtls_record *ret_record)
{
    const uint8_t *data = iterator->next;
    if (iterator->bad || data == iterator->end)
        return false;
    size_t left = (size_t)(iterator->end - data);
    size_t used = 0;
    if (iterator->records < DTLS_RECORDS_MAX)
        used = data[0] >> 5 == 1 ? parse_unified(data, left, ret_record) : parse_plain(data, left, ret_record);
    if (used == 0) {
        iterator->bad = true;
        return false;
    }
    iterator->next += used;
    iterator->records++;
    return true;
}

int dtls_handshake_parse(const uint8_t *data, size_t size, struct dtls_handshake *ret_handshake)
{
    if (size < DTLS_HANDSHAKE_HEADER_SIZE)
        return -EBADMSG;
    struct dtls_handshake handshake = {
        .type = data[0],
        .size = bytes_get24(data + 1),
        .message_sequence = bytes_get16(data + 4),
        .fragment_offset = bytes_get24(data + 6),
        .fragment_size = bytes_get24(data + 9),
        .fragment = data + DTLS_HANDSHAKE_HEADER_SIZE,
    };
    if (handshake.fragment_size > size - DTLS_HANDSHAKE_HEADER_SIZE || handshake.fragment_offset > handshake.size ||
        handshake.fragment_size > handshake.size - handshake.fragment_offset)
        return -EBADMSG;
    *ret_handshake = handshake;
    return DTLS_HANDSHAKE_HEADER_SIZE + (int)handshake.fragment_size;
}

static enum dtls_kind classify_handshake(const struct dtls_record *record)
{
    struct dtls_handshake handshake;
    if (record->epoch)
        return DTLS_KIND_HANDSHAKE;
    if (dtls_handshake_parse(record->fragment, record->fragment_size, &handshake) < 0)
        return DTLS_KIND_BAD;
    return handshake.type == DTLS_CLIENT_HELLO ? DTLS_KIND_CLIENT_HELLO : DTLS_KIND_HANDSHAKE;
}

enum dtls_kind dtls_classify(const uint8_t *data, size_t size)
{
    struct dtls_record_iterator iterator = dtls_record_begin(data, size);
    struct dtls_record record;
    if (!dtls_record_next(&iterator, &record))
        return DTLS_KIND_BAD;
    switch (record.content) {
    case DTLS_HANDSHAKE:
        return classify_handshake(&record);
    case DTLS_CHANGE_CIPHER_SPEC:
        return DTLS_KIND_HANDSHAKE;
    case DTLS_ALERT:
        return DTLS_KIND_ALERT;
    case DTLS_APPLICATION_DATA:
        return DTLS_KIND_APPLICATION_DATA;
    default:
        return DTLS_KIND_OTHER;
    }
}
