// SPDX-License-Identifier: Apache-2.0
// A string that is found lies inside the message.
#include "bencode.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"result", "sdp", "a", ""};
    const char *text = (const char *)data, *value;
    size_t length;
    for (unsigned i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (bencode_find(text, size, keys[i], &value, &length) == 0 &&
            (value < text || length > size || value + length > text + size))
            abort();
    return 0;
}
