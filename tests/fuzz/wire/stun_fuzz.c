// SPDX-License-Identifier: Apache-2.0
// Spans lie inside the message, and what is read and written again reads the same.
#include "stun.h"

#include "expect.h"
#include "stun_writer.h"

static void write_again(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute)
{
    struct stun_span span = message->attributes[attribute];
    uint8_t *copy = malloc(message->size + 32u);
    struct stun_writer writer;
    struct stun_message again;
    stun_writer_begin(&writer, copy, message->size + 32u, (enum stun_method)message->method,
                      (enum stun_class)message->class, message->transaction_id);
    stun_write_bytes(&writer, attribute, data + span.offset, span.size);
    stun_write_fingerprint(&writer);
    int size = stun_writer_finish(&writer);
    if (attribute != STUN_FINGERPRINT && size > 0) {
        EXPECT(stun_parse(copy, (size_t)size, &again) == size);
        EXPECT(again.method == message->method && again.class == message->class);
        EXPECT(again.attributes[attribute].size == span.size);
        EXPECT(memcmp(copy + again.attributes[attribute].offset, data + span.offset, span.size) == 0);
        EXPECT(stun_check_fingerprint(copy, &again));
    }
    free(copy);
}

static void read_values(const uint8_t *data, const struct stun_message *message, enum stun_attribute attribute)
{
    uint32_t value32;
    uint64_t value64;
    struct transport_address address;
    stun_get32(data, message, attribute, &value32);
    stun_get64(data, message, attribute, &value64);
    stun_get_address(data, message, attribute, &address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stun_message message;
    int code;
    if (stun_parse(data, size, &message) < 0)
        return 0;
    EXPECT(message.size == size && message.unknown_count <= STUN_UNKNOWN_ATTRIBUTES_MAX);
    for (int i = 1; i < STUN_ATTRIBUTES; i++) {
        struct stun_span span = message.attributes[i];
        read_values(data, &message, (enum stun_attribute)i);
        if (span.offset == 0)
            continue;
        EXPECT((size_t)span.offset + span.size <= size);
        expect_readable(data + span.offset, span.size);
        write_again(data, &message, (enum stun_attribute)i);
    }
    EXPECT(message.integrity_size < size && message.integrity_length <= size - STUN_HEADER_SIZE);
    stun_get_error(data, &message, &code);
    stun_check_fingerprint(data, &message);
    return 0;
}
