// SPDX-License-Identifier: Apache-2.0
#include "corpus.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

struct corpus_bytes corpus_hex(const char *text)
{
    uint8_t *wide = malloc(strlen(text) + 1);
    size_t size = 0;
    for (; *text; text++) {
        if (*text == ' ')
            continue;
        wide[size++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
        text++;
    }
    struct corpus_bytes bytes = {malloc(size ? size : 1), size};
    memcpy(bytes.data, wide, size);
    free(wide);
    return bytes;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    if (!json) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        CU_FAIL("cannot load the vectors");
    }
    return json;
}

json_t *corpus_vectors(const char *name)
{
    char path[4096];
    const char *folder = getenv("NARU_VECTORS");
    snprintf(path, sizeof(path), "%s/%s", folder ? folder : "tests/vectors", name);
    return load(path);
}

json_t *corpus_json(const char *name)
{
    char path[4096];
    const char *folder = getenv("NARU_CORPORA");
    const char *root = getenv("NARU_SOURCE_ROOT");
    const char *required = getenv("NARU_REQUIRE_CORPORA");
    if (folder)
        snprintf(path, sizeof(path), "%s/%s", folder, name);
    else
        snprintf(path, sizeof(path), "%s/../shared/corpora/%s", root ? root : ".", name);
    if (access(path, R_OK) == 0)
        return load(path);
    printf("skipped: no %s\n", path);
    if (required && strcmp(required, "1") == 0)
        CU_FAIL("the corpora are required");
    return NULL;
}
