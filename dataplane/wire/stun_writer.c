// SPDX-License-Identifier: Apache-2.0
#include "stun_writer.h"

#include <assert.h>
#include <errno.h>

#define MAGIC_COOKIE 0x2112a442

void stun_writer_begin(struct stun_writer *writer, uint8_t *data, size_t capacity, enum stun_method method,
                       enum stun_class class, const uint8_t transaction_id[12])
{
    *writer = (struct stun_writer){.data = data, .capacity = capacity};
    if (capacity < STUN_HEADER_SIZE) {
        writer->error = -ENOSPC;
        return;
    }
    unsigned type = (method & 0x00f) | (method & 0x070) << 1 | (method & 0xf80) << 2;
    type |= (class & 1) << 4 | (class & 2) << 7;
    bytes_put16(data, (uint16_t)type);
    bytes_put16(data + 2, 0);
    bytes_put32(data + 4, MAGIC_COOKIE);
    memcpy(data + 8, transaction_id, 12);
    writer->size = STUN_HEADER_SIZE;
}

// Where the value of a new attribute goes, its padding already zero; NULL if it does not fit.
static uint8_t *append(struct stun_writer *writer, enum stun_attribute attribute, size_t size)
{
    size_t end = writer->size + 4 + ((size + 3) & ~(size_t)3);
    if (writer->error || size > UINT16_MAX || end > writer->capacity || end > STUN_MESSAGE_MAX) {
        writer->error = -ENOSPC;
        return NULL;
    }
    uint8_t *at = writer->data + writer->size;
    if (size % 4)
        memset(writer->data + end - 4, 0, 4);
    bytes_put16(at, stun_attribute_type(attribute));
    bytes_put16(at + 2, (uint16_t)size);
    stun_set_length(writer->data, (uint16_t)(end - STUN_HEADER_SIZE));
    writer->size = end;
    return at + 4;
}

void stun_write_bytes(struct stun_writer *writer, enum stun_attribute attribute, const void *value, size_t size)
{
    uint8_t *to = append(writer, attribute, size);
    if (to && size)
        memcpy(to, value, size);
}

void stun_write_flag(struct stun_writer *writer, enum stun_attribute attribute)
{
    append(writer, attribute, 0);
}

void stun_write32(struct stun_writer *writer, enum stun_attribute attribute, uint32_t value)
{
    uint8_t *to = append(writer, attribute, 4);
    if (to)
        bytes_put32(to, value);
}

void stun_write64(struct stun_writer *writer, enum stun_attribute attribute, uint64_t value)
{
    uint8_t *to = append(writer, attribute, 8);
    if (to)
        bytes_put64(to, value);
}

void stun_write_address(struct stun_writer *writer, enum stun_attribute attribute,
                        const struct transport_address *address)
{
    bool ipv4 = transport_address_is_ipv4(address);
    size_t size = ipv4 ? 4 : 16;
    const uint8_t *ip = address->ip + 16 - size;
    uint8_t *to = append(writer, attribute, 4 + size);
    if (!to)
        return;
    uint8_t mask = stun_is_xored(attribute) ? 0xff : 0;
    to[0] = 0;
    to[1] = ipv4 ? 1 : 2;
    bytes_put16(to + 2, address->port ^ (mask ? MAGIC_COOKIE >> 16 : 0));
    for (size_t i = 0; i < size; i++)
        to[4 + i] = ip[i] ^ (writer->data[4 + i] & mask);
}

void stun_write_error(struct stun_writer *writer, int code)
{
    assert(code >= 300 && code < 700);
    stun_write32(writer, STUN_ERROR_CODE, (uint32_t)(code / 100) << 8 | (uint32_t)(code % 100));
}

void stun_write_unknown_attributes(struct stun_writer *writer, const uint16_t *types, size_t count)
{
    uint8_t *to = append(writer, STUN_UNKNOWN_ATTRIBUTES, 2 * count);
    for (size_t i = 0; to && i < count; i++)
        bytes_put16(to + 2 * i, types[i]);
}

uint8_t *stun_write_integrity(struct stun_writer *writer, size_t *ret_covered)
{
    uint8_t *to = append(writer, STUN_MESSAGE_INTEGRITY, STUN_INTEGRITY_SIZE);
    if (!to)
        return NULL;
    memset(to, 0, STUN_INTEGRITY_SIZE);
    *ret_covered = (size_t)(to - 4 - writer->data);
    return to;
}

void stun_write_fingerprint(struct stun_writer *writer)
{
    uint8_t *to = append(writer, STUN_FINGERPRINT, 4);
    if (to)
        bytes_put32(to, stun_fingerprint(writer->data, writer->size - 8));
}

int stun_writer_finish(const struct stun_writer *writer)
{
    return writer->error ? writer->error : (int)writer->size;
}

void stun_write_binding_request(struct stun_writer *writer, uint8_t *data, size_t capacity,
                                const uint8_t transaction_id[12], const struct stun_binding_request *request)
{
    stun_writer_begin(writer, data, capacity, STUN_BINDING, STUN_REQUEST, transaction_id);
    stun_write_bytes(writer, STUN_USERNAME, request->username, request->username_size);
    stun_write32(writer, STUN_PRIORITY, request->priority);
    stun_write64(writer, request->controlling ? STUN_ICE_CONTROLLING : STUN_ICE_CONTROLLED, request->tie_breaker);
    if (request->use_candidate)
        stun_write_flag(writer, STUN_USE_CANDIDATE);
}

void stun_write_binding_success(struct stun_writer *writer, uint8_t *data, size_t capacity,
                                const uint8_t transaction_id[12], const struct transport_address *mapped)
{
    stun_writer_begin(writer, data, capacity, STUN_BINDING, STUN_SUCCESS, transaction_id);
    stun_write_address(writer, STUN_XOR_MAPPED_ADDRESS, mapped);
}

void stun_write_binding_error(struct stun_writer *writer, uint8_t *data, size_t capacity,
                              const uint8_t transaction_id[12], int code, const uint16_t *types, size_t count)
{
    stun_writer_begin(writer, data, capacity, STUN_BINDING, STUN_ERROR, transaction_id);
    stun_write_error(writer, code);
    if (count)
        stun_write_unknown_attributes(writer, types, count);
}
