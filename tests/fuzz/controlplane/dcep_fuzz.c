// SPDX-License-Identifier: Apache-2.0
// What is an OPEN lies inside the message, all of it is used, and it is written again as it was read.
#include "dcep.h"

#include "expect.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[DCEP_OPEN_MAX];
    struct dcep_message message;
    int used = dcep_parse(data, size, &message);
    EXPECT(used < 0 || used == (int)size);
    (void)dcep_is_utf8(data, size);
    if (used < 0 || message.kind != DCEP_OPEN)
        return 0;
    EXPECT(message.open.label + message.open.label_size + message.open.protocol_size == data + size);
    expect_readable(message.open.label, (size_t)message.open.label_size + message.open.protocol_size);
    EXPECT(dcep_write_open(&message.open, again, sizeof(again)) == used);
    EXPECT(message.open.reliability == DCEP_RELIABLE || !memcmp(again, data, size));
    return 0;
}
