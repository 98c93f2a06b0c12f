// SPDX-License-Identifier: Apache-2.0
#include "dcep.h"

#include "bytes.h"

#include <errno.h>

#define UNORDERED 0x80

static int parse_open(const uint8_t *bytes, size_t size, struct dcep_open *ret_open)
{
    if (size < DCEP_OPEN_HEADER)
        return -EBADMSG;
    uint8_t reliability = bytes[1] & (uint8_t)~UNORDERED;
    struct dcep_open open = {.is_unordered = bytes[1] & UNORDERED,
                             .reliability = (enum dcep_reliability)reliability,
                             .priority = bytes_get16(bytes + 2),
                             .parameter = bytes_get32(bytes + 4),
                             .label_size = bytes_get16(bytes + 8),
                             .protocol_size = bytes_get16(bytes + 10)};
    if (reliability > DCEP_BY_TIME || size != (size_t)DCEP_OPEN_HEADER + open.label_size + open.protocol_size)
        return -EBADMSG;
    if (open.reliability == DCEP_RELIABLE)
        open.parameter = 0; // RFC 8832 5.1: ignored
    open.label = bytes + DCEP_OPEN_HEADER;
    open.protocol = open.label + open.label_size;
    *ret_open = open;
    return (int)size;
}

int dcep_parse(const uint8_t *bytes, size_t size, struct dcep_message *ret_message)
{
    struct dcep_message message = {.kind = DCEP_ACK};
    int used = size == 1 && bytes[0] == DCEP_ACK ? 1 : -EBADMSG;
    if (size && bytes[0] == DCEP_OPEN) {
        message.kind = DCEP_OPEN;
        used = parse_open(bytes, size, &message.open);
    }
    if (used > 0)
        *ret_message = message;
    return used;
}

int dcep_write_open(const struct dcep_open *open, uint8_t *ret_bytes, size_t room)
{
    size_t size = (size_t)DCEP_OPEN_HEADER + open->label_size + open->protocol_size;
    if (size > room)
        return -EMSGSIZE;
    ret_bytes[0] = DCEP_OPEN;
    ret_bytes[1] = (uint8_t)((unsigned)open->reliability | (open->is_unordered ? UNORDERED : 0));
    bytes_put16(ret_bytes + 2, open->priority);
    bytes_put32(ret_bytes + 4, open->parameter);
    bytes_put16(ret_bytes + 8, open->label_size);
    bytes_put16(ret_bytes + 10, open->protocol_size);
    if (open->label_size)
        memcpy(ret_bytes + DCEP_OPEN_HEADER, open->label, open->label_size);
    if (open->protocol_size)
        memcpy(ret_bytes + DCEP_OPEN_HEADER + open->label_size, open->protocol, open->protocol_size);
    return (int)size;
}

int dcep_write_ack(uint8_t *ret_bytes, size_t room)
{
    if (!room)
        return -EMSGSIZE;
    ret_bytes[0] = DCEP_ACK;
    return 1;
}

// RFC 3629 4: the least and the greatest second byte of each first one; none: it is no first byte.
static unsigned tail_of(uint8_t first, uint8_t *ret_least, uint8_t *ret_greatest)
{
    *ret_least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *ret_greatest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first >= 0xc2 && first <= 0xdf)
        return 1;
    if (first >= 0xe0 && first <= 0xef)
        return 2;
    return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
}

bool dcep_is_utf8(const uint8_t *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint8_t first = text[at++], least, greatest;
        if (first < 0x80)
            continue;
        unsigned tail = tail_of(first, &least, &greatest);
        if (!tail || size - at < tail || text[at] < least || text[at] > greatest)
            return false;
        for (unsigned i = 1; i < tail; i++)
            if ((text[at + i] & 0xc0) != 0x80)
                return false;
        at += tail;
    }
    return true;
}
