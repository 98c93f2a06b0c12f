// SPDX-License-Identifier: Apache-2.0
#include "link_message.h"

#include "bytes.h"

#include <errno.h>

static size_t data_max(uint8_t kind)
{
    switch (kind) {
    case LINK_OPEN:
        return LINK_SETUP_SIZE;
    case LINK_SEND:
    case LINK_DELIVERED:
    case LINK_RESET:
        return LINK_PIECE_MAX;
    case LINK_PACKET:
        return LINK_PACKET_MAX;
    case LINK_DOWN:
        return LINK_REASON_MAX;
    default:
        return 0;
    }
}

static bool is_possible(const struct link_message *message)
{
    if (message->kind < LINK_HELLO || message->kind >= LINK_KINDS || message->size > data_max(message->kind))
        return false;
    if (message->kind == LINK_RESET)
        return message->size % 2 == 0;
    return message->kind != LINK_OPEN || message->size == LINK_SETUP_SIZE;
}

int link_message_write(const struct link_message *message, uint8_t *ret_bytes, size_t room)
{
    if (!is_possible(message) || room < LINK_HEADER_SIZE + message->size)
        return -EMSGSIZE;
    ret_bytes[0] = message->kind;
    ret_bytes[1] = message->flags;
    bytes_put16(ret_bytes + 2, message->stream);
    bytes_put32(ret_bytes + 4, message->transport);
    bytes_put32(ret_bytes + 8, message->generation);
    bytes_put32(ret_bytes + 12, message->ppid);
    bytes_put64(ret_bytes + 16, message->number);
    if (message->size)
        memcpy(ret_bytes + LINK_HEADER_SIZE, message->data, message->size);
    return LINK_HEADER_SIZE + (int)message->size;
}

int link_message_parse(const uint8_t *bytes, size_t size, struct link_message *ret_message)
{
    if (size < LINK_HEADER_SIZE)
        return -EBADMSG;
    const struct link_message message = {.kind = bytes[0],
                                         .flags = bytes[1],
                                         .stream = bytes_get16(bytes + 2),
                                         .transport = bytes_get32(bytes + 4),
                                         .generation = bytes_get32(bytes + 8),
                                         .ppid = bytes_get32(bytes + 12),
                                         .number = bytes_get64(bytes + 16),
                                         .data = bytes + LINK_HEADER_SIZE,
                                         .size = size - LINK_HEADER_SIZE};
    if (!is_possible(&message))
        return -EBADMSG;
    *ret_message = message;
    return 0;
}

void link_setup_write(const struct link_setup *setup, uint8_t ret_bytes[LINK_SETUP_SIZE])
{
    bytes_put16(ret_bytes, setup->local_port);
    bytes_put16(ret_bytes + 2, setup->peer_port);
    bytes_put16(ret_bytes + 4, setup->packet_max);
    bytes_put16(ret_bytes + 6, setup->streams);
    bytes_put32(ret_bytes + 8, setup->message_max);
}

int link_setup_parse(const uint8_t *bytes, size_t size, struct link_setup *ret_setup)
{
    if (size != LINK_SETUP_SIZE)
        return -EBADMSG;
    const struct link_setup setup = {.local_port = bytes_get16(bytes),
                                     .peer_port = bytes_get16(bytes + 2),
                                     .packet_max = bytes_get16(bytes + 4),
                                     .streams = bytes_get16(bytes + 6),
                                     .message_max = bytes_get32(bytes + 8)};
    if (!setup.local_port || !setup.peer_port || !setup.streams || setup.packet_max < 256 ||
        setup.packet_max > LINK_PACKET_MAX)
        return -EBADMSG;
    *ret_setup = setup;
    return 0;
}

uint16_t link_reset_stream(const struct link_message *message, unsigned n)
{
    return bytes_get16(message->data + 2 * (size_t)n);
}
