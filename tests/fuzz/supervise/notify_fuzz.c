// SPDX-License-Identifier: Apache-2.0
// What arrives on NOTIFY_SOCKET and on the request socket: a name is one that LISTEN_FDNAMES can carry, whatever was
// said.
#include "notify_message.h"
#include "request.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct notify_message message;
    enum request request;
    if (!notify_message_parse((const char *)data, size, &message)) {
        assert(strnlen(message.name, sizeof(message.name)) < sizeof(message.name));
        assert(!strpbrk(message.name, ": \n"));
    }
    if (!request_parse((const char *)data, size, &request))
        assert(request < REQUESTS);
    return 0;
}
