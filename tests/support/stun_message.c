// SPDX-License-Identifier: Apache-2.0
#include "stun_message.h"

#include "byte_order.h"
#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define HEADER_SIZE     20
#define MAGIC_COOKIE    0x2112a442u
#define HMAC_SIZE       20
#define FINGERPRINT_XOR 0x5354554eu

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
    }
    return ~crc;
}

// RFC 8489 14.5: the length field covers the message up to and with the attribute itself.
static void hmac_until(const uint8_t *data, size_t offset, const char *password, uint8_t ret_hmac[HMAC_SIZE])
{
    uint8_t copy[STUN_MESSAGE_MAX + 2048];
    assert(offset <= sizeof(copy));
    memcpy(copy, data, offset);
    write16(copy + 2, (uint16_t)(offset + 4 + HMAC_SIZE - HEADER_SIZE));
    HMAC(EVP_sha1(), password, (int)strlen(password), copy, offset, ret_hmac, NULL);
}

static int read_address(const struct stun_message *message, const uint8_t *value, size_t size,
                        struct socket_address *ret_address)
{
    struct socket_address address = {0};
    uint8_t mask[16];
    write32(mask, MAGIC_COOKIE);
    memcpy(mask + 4, message->transaction, STUN_TRANSACTION_SIZE);
    if (size == 8 && value[1] == 1) {
        address.size = sizeof(address.v4);
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(read16(value + 2) ^ (MAGIC_COOKIE >> 16));
        address.v4.sin_addr.s_addr = htonl(read32(value + 4) ^ MAGIC_COOKIE);
    } else if (size == 20 && value[1] == 2) {
        address.size = sizeof(address.v6);
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(read16(value + 2) ^ (MAGIC_COOKIE >> 16));
        for (int i = 0; i < 16; i++)
            address.v6.sin6_addr.s6_addr[i] = value[4 + i] ^ mask[i];
    } else {
        return -EBADMSG;
    }
    *ret_address = address;
    return 0;
}

static int read_attribute(struct stun_message *message, uint16_t type, const uint8_t *value, size_t size)
{
    switch (type) {
    case STUN_USERNAME:
        message->username = value;
        message->username_size = size;
        return 0;
    case STUN_ERROR_CODE:
        if (size < 4)
            return -EBADMSG;
        message->error_code = (uint16_t)((value[2] & 7) * 100 + value[3]);
        return 0;
    case STUN_UNKNOWN_ATTRIBUTES:
        message->unknown_attribute = size >= 2 ? read16(value) : 0;
        return 0;
    case STUN_XOR_MAPPED_ADDRESS:
        return read_address(message, value, size, &message->mapped);
    case STUN_USE_CANDIDATE:
        message->use_candidate = true;
        return 0;
    case STUN_ICE_CONTROLLED:
    case STUN_ICE_CONTROLLING:
        if (size != 8)
            return -EBADMSG;
        message->controlled = type == STUN_ICE_CONTROLLED;
        message->controlling = type == STUN_ICE_CONTROLLING;
        message->tie_breaker = (uint64_t)read32(value) << 32 | read32(value + 4);
        return 0;
    default:
        return 0;
    }
}

// RFC 8489 14.5 and 14.7: nothing but FINGERPRINT counts behind MESSAGE-INTEGRITY, nothing at all behind FINGERPRINT.
static int read_closing(const uint8_t *data, size_t at, size_t end, uint16_t type, size_t size,
                        struct stun_message *message)
{
    if (type == STUN_MESSAGE_INTEGRITY && !message->integrity_offset) {
        if (size != HMAC_SIZE)
            return -EBADMSG;
        message->integrity_offset = at;
    }
    if (type == STUN_FINGERPRINT) {
        if (size != 4 || at + 8 != end)
            return -EBADMSG;
        message->has_fingerprint = true;
        message->fingerprint_holds = (crc32_of(data, at) ^ FINGERPRINT_XOR) == read32(data + at + 4);
    }
    return 0;
}

int stun_read(const uint8_t *data, size_t size, struct stun_message *ret_message)
{
    if (size < HEADER_SIZE || size > 2048 || size % 4 || (data[0] & 0xc0) || read16(data + 2) != size - HEADER_SIZE ||
        read32(data + 4) != MAGIC_COOKIE)
        return -EBADMSG;
    struct stun_message message = {.type = read16(data), .transaction = data + 8};
    for (size_t at = HEADER_SIZE; at < size;) {
        uint16_t type = read16(data + at), length = read16(data + at + 2);
        size_t padded = (length + 3u) & ~3u;
        if (padded > size - at - 4)
            return -EBADMSG;
        if (read_closing(data, at, size, type, length, &message))
            return -EBADMSG;
        if (!message.integrity_offset && read_attribute(&message, type, data + at + 4, length))
            return -EBADMSG;
        at += 4 + padded;
    }
    *ret_message = message;
    return (int)size;
}

bool stun_integrity_holds(const uint8_t *data, const struct stun_message *message, const char *password)
{
    uint8_t hmac[HMAC_SIZE];
    if (!message->integrity_offset)
        return false;
    hmac_until(data, message->integrity_offset, password, hmac);
    return !CRYPTO_memcmp(hmac, data + message->integrity_offset + 4, HMAC_SIZE);
}

void stun_begin(struct stun_builder *builder, uint16_t type, const uint8_t transaction[STUN_TRANSACTION_SIZE])
{
    write16(builder->data, type);
    write16(builder->data + 2, 0);
    write32(builder->data + 4, MAGIC_COOKIE);
    memcpy(builder->data + 8, transaction, STUN_TRANSACTION_SIZE);
    builder->size = HEADER_SIZE;
}

void stun_add(struct stun_builder *builder, uint16_t attribute, const void *value, size_t size)
{
    size_t padded = (size + 3) & ~(size_t)3;
    assert(builder->size + 4 + padded <= sizeof(builder->data));
    uint8_t *at = builder->data + builder->size;
    memset(at, 0, 4 + padded);
    write16(at, attribute);
    write16(at + 2, (uint16_t)size);
    if (size)
        memcpy(at + 4, value, size);
    builder->size += 4 + padded;
    write16(builder->data + 2, (uint16_t)(builder->size - HEADER_SIZE));
}

void stun_add32(struct stun_builder *builder, uint16_t attribute, uint32_t value)
{
    uint8_t bytes[4];
    write32(bytes, value);
    stun_add(builder, attribute, bytes, sizeof(bytes));
}

void stun_add64(struct stun_builder *builder, uint16_t attribute, uint64_t value)
{
    uint8_t bytes[8];
    write64(bytes, value);
    stun_add(builder, attribute, bytes, sizeof(bytes));
}

void stun_add_error(struct stun_builder *builder, unsigned code)
{
    const uint8_t value[4] = {0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100)};
    stun_add(builder, STUN_ERROR_CODE, value, sizeof(value));
}

void stun_add_mapped(struct stun_builder *builder, const struct socket_address *address)
{
    uint8_t value[20] = {0, address->any.sa_family == AF_INET ? 1 : 2};
    write16(value + 2, (uint16_t)(socket_address_port(address) ^ (MAGIC_COOKIE >> 16)));
    if (address->any.sa_family == AF_INET) {
        write32(value + 4, ntohl(address->v4.sin_addr.s_addr) ^ MAGIC_COOKIE);
        stun_add(builder, STUN_XOR_MAPPED_ADDRESS, value, 8);
        return;
    }
    for (int i = 0; i < 16; i++)
        value[4 + i] = address->v6.sin6_addr.s6_addr[i] ^ builder->data[4 + i];
    stun_add(builder, STUN_XOR_MAPPED_ADDRESS, value, 20);
}

void stun_add_integrity(struct stun_builder *builder, const char *password)
{
    uint8_t hmac[HMAC_SIZE];
    hmac_until(builder->data, builder->size, password, hmac);
    stun_add(builder, STUN_MESSAGE_INTEGRITY, hmac, HMAC_SIZE);
}

void stun_add_fingerprint(struct stun_builder *builder)
{
    size_t offset = builder->size;
    stun_add32(builder, STUN_FINGERPRINT, 0);
    write32(builder->data + offset + 4, crc32_of(builder->data, offset) ^ FINGERPRINT_XOR);
}
