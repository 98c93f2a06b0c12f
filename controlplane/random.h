// SPDX-License-Identifier: Apache-2.0
// Randomness is passed to what needs it (system.h): tests pass their own.
#pragma once

#include <stddef.h>

typedef void (*random_fn)(void *bytes, size_t size); // never fails

// Lower case hexadecimal of size / 2 random bytes (size: characters without the NUL).
void random_hex(random_fn random, char *ret_text, size_t size);
