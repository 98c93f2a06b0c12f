// SPDX-License-Identifier: Apache-2.0
// Offers as browsers make them, with what a test wants to choose.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct test_offer {
    bool receives;           // recvonly, else sendonly
    const char *fingerprint; // of SHA-256
    const char *setup;       // "actpass"
    const char *ufrag;
    const char *video; // "VP8/90000"
    bool no_audio;
};

// malloc
char *test_offer_make(const struct test_offer *offer);

// Copies what stands behind "name" up to the end of its first line; "" when it is not there.
void test_sdp_get(const char *sdp, const char *name, char *ret_value, size_t size);
