// SPDX-License-Identifier: Apache-2.0
// Bytes for tests: hex text, JSON files of vectors, the optional corpora.
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_bytes {
    uint8_t *data; // allocated exactly as large as size, so that a sanitiser sees the first byte read past it
    size_t size;
};

struct corpus_bytes corpus_hex(const char *text); // spaces are skipped; the caller frees data
json_t *corpus_vectors(const char *name);         // below NARU_VECTORS; must be there

// Below NARU_CORPORA; NULL, with a message, if the corpora are absent (a failure under NARU_REQUIRE_CORPORA=1).
json_t *corpus_json(const char *name);

// Numbers are loaded as doubles: NTP times are above what jansson's integers hold.
static inline long long corpus_number(const json_t *number)
{
    return (long long)json_number_value(number);
}
