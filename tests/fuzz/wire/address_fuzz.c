// SPDX-License-Identifier: Apache-2.0
// What parses prints, and what is printed parses to the same address.
#include "address.h"

#include "expect.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct transport_address address, again;
    char printed[TRANSPORT_ADDRESS_TEXT_MAX];
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (transport_address_parse(text, &address) == 0) {
        EXPECT(transport_address_format(&address, printed, sizeof(printed)) > 0);
        EXPECT(transport_address_parse(printed, &again) == 0 && transport_address_equal(&address, &again));
    }
    free(text);
    return 0;
}
