// SPDX-License-Identifier: Apache-2.0
#include "stun.h"

#include <errno.h>
#include <zlib.h>

#define MAGIC_COOKIE    0x2112a442
#define FINGERPRINT_XOR 0x5354554e
#define OPTIONAL_BIT    0x8000

static const uint16_t types[STUN_ATTRIBUTES] = {
    [STUN_MAPPED_ADDRESS] = 0x0001,
    [STUN_USERNAME] = 0x0006,
    [STUN_MESSAGE_INTEGRITY] = 0x0008,
    [STUN_ERROR_CODE] = 0x0009,
    [STUN_UNKNOWN_ATTRIBUTES] = 0x000a,
    [STUN_CHANNEL_NUMBER] = 0x000c,
    [STUN_LIFETIME] = 0x000d,
    [STUN_XOR_PEER_ADDRESS] = 0x0012,
    [STUN_DATA_VALUE] = 0x0013,
    [STUN_REALM] = 0x0014,
    [STUN_NONCE] = 0x0015,
    [STUN_XOR_RELAYED_ADDRESS] = 0x0016,
    [STUN_REQUESTED_ADDRESS_FAMILY] = 0x0017,
    [STUN_EVEN_PORT] = 0x0018,
    [STUN_REQUESTED_TRANSPORT] = 0x0019,
    [STUN_DONT_FRAGMENT] = 0x001a,
    [STUN_MESSAGE_INTEGRITY_SHA256] = 0x001c,
    [STUN_XOR_MAPPED_ADDRESS] = 0x0020,
    [STUN_RESERVATION_TOKEN] = 0x0022,
    [STUN_PRIORITY] = 0x0024,
    [STUN_USE_CANDIDATE] = 0x0025,
    [STUN_SOFTWARE] = 0x8022,
    [STUN_ALTERNATE_SERVER] = 0x8023,
    [STUN_FINGERPRINT] = 0x8028,
    [STUN_ICE_CONTROLLED] = 0x8029,
    [STUN_ICE_CONTROLLING] = 0x802a,
};

// The same the other way round: [optional bit][low six bits]; all known types lie there.
static const uint8_t known[2][64] = {
    {
        [0x01] = STUN_MAPPED_ADDRESS,
        [0x06] = STUN_USERNAME,
        [0x08] = STUN_MESSAGE_INTEGRITY,
        [0x09] = STUN_ERROR_CODE,
        [0x0a] = STUN_UNKNOWN_ATTRIBUTES,
        [0x0c] = STUN_CHANNEL_NUMBER,
        [0x0d] = STUN_LIFETIME,
        [0x12] = STUN_XOR_PEER_ADDRESS,
        [0x13] = STUN_DATA_VALUE,
        [0x14] = STUN_REALM,
        [0x15] = STUN_NONCE,
        [0x16] = STUN_XOR_RELAYED_ADDRESS,
        [0x17] = STUN_REQUESTED_ADDRESS_FAMILY,
        [0x18] = STUN_EVEN_PORT,
        [0x19] = STUN_REQUESTED_TRANSPORT,
        [0x1a] = STUN_DONT_FRAGMENT,
        [0x1c] = STUN_MESSAGE_INTEGRITY_SHA256,
        [0x20] = STUN_XOR_MAPPED_ADDRESS,
        [0x22] = STUN_RESERVATION_TOKEN,
        [0x24] = STUN_PRIORITY,
        [0x25] = STUN_USE_CANDIDATE,
    },
    {
        [0x22] = STUN_SOFTWARE,
        [0x23] = STUN_ALTERNATE_SERVER,
        [0x28] = STUN_FINGERPRINT,
        [0x29] = STUN_ICE_CONTROLLED,
        [0x2a] = STUN_ICE_CONTROLLING,
    },
};

uint16_t stun_attribute_type(enum stun_attribute attribute)
{
    return types[attribute];
}

static enum stun_attribute lookup(uint16_t type)
{
    return type & 0x7fc0 ? STUN_ATTRIBUTE_UNKNOWN : known[type >> 15][type & 0x3f];
}

// RFC 8489 14.5: what may follow MESSAGE-INTEGRITY, in this order.
static unsigned closing_rank(enum stun_attribute attribute)
{
    switch (attribute) {
    case STUN_MESSAGE_INTEGRITY:
        return 1;
    case STUN_MESSAGE_INTEGRITY_SHA256:
        return 2;
    case STUN_FINGERPRINT:
        return 3;
    default:
        return 0;
    }
}

static void note_unknown(struct stun_message *message, uint16_t type)
{
    if (!(type & OPTIONAL_BIT) && message->unknown_count < STUN_UNKNOWN_ATTRIBUTES_MAX)
        message->unknown[message->unknown_count++] = type;
}

static int note_integrity(struct stun_message *message, struct stun_span span)
{
    if (span.size != STUN_INTEGRITY_SIZE)
        return -EBADMSG;
    message->integrity_size = span.offset - 4;
    message->integrity_length = span.offset + STUN_INTEGRITY_SIZE - STUN_HEADER_SIZE;
    return 0;
}

static int note_attribute(struct stun_message *message, uint16_t type, struct stun_span span, unsigned *closed)
{
    enum stun_attribute attribute = lookup(type);
    unsigned rank = closing_rank(attribute);
    if (*closed && rank <= *closed)
        return 0;
    if (rank)
        *closed = rank;
    if (attribute == STUN_ATTRIBUTE_UNKNOWN) {
        note_unknown(message, type);
        return 0;
    }
    // RFC 8489 14: only the first occurrence counts.
    if (stun_has(message, attribute))
        return 0;
    message->attributes[attribute] = span;
    return attribute == STUN_MESSAGE_INTEGRITY ? note_integrity(message, span) : 0;
}

static int parse_attributes(const uint8_t *data, struct stun_message *message)
{
    unsigned closed = 0;
    unsigned count = 0;
    // The size is a multiple of 4 and so is each step: while the offset is below it, an attribute header fits.
    for (uint32_t offset = STUN_HEADER_SIZE; offset < message->size; count++) {
        struct stun_span span = {(uint16_t)(offset + 4), bytes_get16(data + offset + 2)};
        if (count == STUN_ATTRIBUTES_MAX || span.size > message->size - span.offset)
            return -EBADMSG;
        int error = note_attribute(message, bytes_get16(data + offset), span, &closed);
        if (error)
            return error;
        offset = span.offset + ((span.size + 3u) & ~3u);
    }
    return message->size;
}

// RFC 8489 6.3; the length field is the datagram's, so no 16-bit arithmetic on it can wrap.
static bool header_is_good(const uint8_t *data, size_t size)
{
    return size >= STUN_HEADER_SIZE && size <= STUN_MESSAGE_MAX && size % 4 == 0 && data[0] < 0x40 &&
           bytes_get16(data + 2) == size - STUN_HEADER_SIZE && bytes_get32(data + 4) == MAGIC_COOKIE;
}

int stun_parse(const uint8_t *data, size_t size, struct stun_message *ret_message)
{
    if (!header_is_good(data, size))
        return -EBADMSG;
    uint16_t type = bytes_get16(data);
    struct stun_message message = {
        .method = (type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2,
        .class = (type & 0x0010) >> 4 | (type & 0x0100) >> 7,
        .size = (uint16_t)size,
    };
    memcpy(message.transaction_id, data + 8, sizeof(message.transaction_id));
    int consumed = parse_attributes(data, &message);
    if (consumed > 0)
        *ret_message = message;
    return consumed;
}

static int find_value(const struct stun_message *message, enum stun_attribute attribute, uint16_t size)
{
    if (!stun_has(message, attribute))
        return -ENOENT;
    return message->attributes[attribute].size == size ? 0 : -EBADMSG;
}

int stun_get32(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
               uint32_t *ret_value)
{
    int error = find_value(message, attribute, 4);
    if (!error)
        *ret_value = bytes_get32(data + message->attributes[attribute].offset);
    return error;
}

int stun_get64(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
               uint64_t *ret_value)
{
    int error = find_value(message, attribute, 8);
    if (!error)
        *ret_value = bytes_get64(data + message->attributes[attribute].offset);
    return error;
}

int stun_get_error(const uint8_t *data, const struct stun_message *message, int *ret_code)
{
    struct stun_span span = message->attributes[STUN_ERROR_CODE];
    if (!span.offset)
        return -ENOENT;
    if (span.size < 4)
        return -EBADMSG;
    unsigned class = data[span.offset + 2] & 7;
    unsigned number = data[span.offset + 3];
    if (class < 3 || class > 6 || number > 99) // RFC 8489 14.8
        return -EBADMSG;
    *ret_code = (int)(class * 100 + number);
    return 0;
}

bool stun_is_xored(enum stun_attribute attribute)
{
    return attribute == STUN_XOR_MAPPED_ADDRESS || attribute == STUN_XOR_PEER_ADDRESS ||
           attribute == STUN_XOR_RELAYED_ADDRESS;
}

int stun_get_address(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute,
                     struct transport_address *ret_address)
{
    struct stun_span span = message->attributes[attribute];
    const uint8_t *value = data + span.offset;
    if (!span.offset)
        return -ENOENT;
    bool ipv4 = span.size == 8 && value[1] == 1;
    bool ipv6 = span.size == 20 && value[1] == 2;
    if (!ipv4 && !ipv6)
        return -EBADMSG;
    uint8_t mask = stun_is_xored(attribute) ? 0xff : 0;
    uint8_t ip[16] = {0};
    // RFC 8489 14.2: XOR with the magic cookie and the transaction id, which stand side by side in the header.
    for (int i = 0; i < (ipv4 ? 4 : 16); i++)
        ip[i] = value[4 + i] ^ (data[4 + i] & mask);
    uint16_t port = bytes_get16(value + 2) ^ (mask ? MAGIC_COOKIE >> 16 : 0);
    *ret_address = ipv4 ? transport_address_ipv4(ip, port) : transport_address_ipv6(ip, port);
    return 0;
}

uint32_t stun_fingerprint(const uint8_t *data, size_t size)
{
    return (uint32_t)crc32(0, data, (uInt)size) ^ FINGERPRINT_XOR;
}

bool stun_check_fingerprint(const uint8_t *data, const struct stun_message *message)
{
    struct stun_span span = message->attributes[STUN_FINGERPRINT];
    if (span.size != 4 || span.offset + 4 != message->size)
        return false;
    return bytes_get32(data + span.offset) == stun_fingerprint(data, span.offset - 4u);
}
