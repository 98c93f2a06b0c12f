// SPDX-License-Identifier: Apache-2.0
#include "support.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct srtp_engine *engines[ENGINES_MAX];
unsigned engine_count;

size_t hex_read(const char *hex, uint8_t *ret_bytes, size_t capacity)
{
    size_t length = strlen(hex) / 2;
    CU_ASSERT_FATAL(length <= capacity);
    for (size_t i = 0; i < length; i++)
        CU_ASSERT_EQUAL_FATAL(sscanf(hex + 2 * i, "%2hhx", &ret_bytes[i]), 1);
    return length;
}

void check_bytes(const char *what, const uint8_t *got, const uint8_t *wanted, size_t length)
{
    bool equal = memcmp(got, wanted, length) == 0;
    if (!equal)
        printf("\n    %s differs\n", what);
    CU_ASSERT_TRUE(equal);
}

uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

uint32_t random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((random_next(state) >> 32) * limit >> 32);
}

void random_fill(uint64_t *state, uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 8) {
        uint64_t word = random_next(state);
        memcpy(bytes + i, &word, length - i < 8 ? length - i : 8);
    }
}

int engines_open(void)
{
    static const enum srtp_backend backends[ENGINES_MAX] = {SRTP_BACKEND_IPSEC_MB, SRTP_BACKEND_OPENSSL};
    for (unsigned i = 0; i < ENGINES_MAX; i++)
        if (srtp_engine_create(backends[i], &engines[engine_count]) == 0)
            printf("engine: %s\n", srtp_engine_describe(engines[engine_count++]));
    return engine_count > 0 ? 0 : -1;
}

void engines_close(void)
{
    while (engine_count > 0)
        srtp_engine_free(engines[--engine_count]);
}

static size_t whole_pages(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (length + page - 1) / page * page;
}

uint8_t *guarded_new(size_t length)
{
    size_t inner = whole_pages(length), page = whole_pages(1);
    uint8_t *map = mmap(NULL, inner + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(map != MAP_FAILED);
    CU_ASSERT_EQUAL_FATAL(mprotect(map + inner, page, PROT_NONE), 0);
    return map + inner - length;
}

void guarded_free(uint8_t *bytes, size_t length)
{
    size_t inner = whole_pages(length);
    munmap(bytes + length - inner, inner + whole_pages(1));
}
