// SPDX-License-Identifier: Apache-2.0
#include "random.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void random_fill(void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom((uint8_t *)bytes + done, size - done, 0);
        if (got < 0 && errno != EINTR)
            abort(); // no kernel that this runs on is without
        done += got > 0 ? (size_t)got : 0;
    }
}

void random_hex(random_fn random, char *ret_text, size_t size)
{
    for (size_t i = 0; i < size; i += 2) {
        uint8_t byte;
        random(&byte, 1);
        snprintf(ret_text + i, 3, "%02x", byte);
    }
}
