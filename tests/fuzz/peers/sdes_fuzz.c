// SPDX-License-Identifier: Apache-2.0
// A leg that is read is written and read again, the same.
#include "sdes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const suites[] = {"sha1_80", "sha1_32", "gcm_128", "gcm_256"};
    for (unsigned i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
        const struct leg_suite *suite = leg_suite_find(suites[i]);
        struct sdes_leg leg, again;
        char text[1024];
        if (sdes_read((const char *)data, size, suite, &leg))
            continue;
        leg.address = "192.0.2.1";
        int length = sdes_write(&leg, text, sizeof(text));
        if (length < 0 || sdes_read(text, (size_t)length, suite, &again) || again.port != leg.port ||
            again.tag != leg.tag || memcmp(again.master, leg.master, leg_master_size(suite)) != 0)
            abort();
    }
    return 0;
}
