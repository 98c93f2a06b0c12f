// SPDX-License-Identifier: Apache-2.0
// A message that is one lies inside the datagram, and is written again as it was read.
#include "link_message.h"

#include "expect.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[LINK_MESSAGE_MAX];
    struct link_message message;
    if (link_message_parse(data, size, &message))
        return 0;
    EXPECT(message.data + message.size == data + size && message.kind && message.kind < LINK_KINDS);
    expect_readable(message.data, message.size);
    EXPECT(link_message_write(&message, again, sizeof(again)) == (int)size && !memcmp(again, data, size));
    struct link_setup setup;
    if (message.kind == LINK_OPEN && !link_setup_parse(message.data, message.size, &setup))
        EXPECT(setup.local_port && setup.peer_port && setup.packet_max <= LINK_PACKET_MAX);
    if (message.kind == LINK_RESET)
        for (unsigned n = 0; n < message.size / 2; n++)
            (void)link_reset_stream(&message, n);
    return 0;
}
