// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

static uint64_t load_part(const uint8_t *data, size_t size)
{
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)data[i] << 8 * i;
    return word;
}

static inline uint64_t sum_tail(const uint8_t *data, size_t size)
{
    uint64_t sum = 0, word;
    for (; size >= sizeof(word); data += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, data, sizeof(word));
        sum += (word & UINT32_MAX) + (word >> 32);
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = load_part(data, size);
#else
    word = 0;
    memcpy(&word, data, size);
#endif
    return sum + (word & UINT32_MAX) + (word >> 32);
}

static uint64_t sum_plain(const uint8_t *data, size_t size)
{
    return sum_tail(data, size);
}

uint64_t (*checksum_sum)(const uint8_t *data, size_t size) = sum_plain;

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint8_t *data, size_t size)
{
    const __m256i word = _mm256_set1_epi64x(UINT32_MAX);
    __m256i low = _mm256_setzero_si256(), high = low;
    for (; size >= sizeof(low); data += sizeof(low), size -= sizeof(low)) {
        __m256i block = _mm256_loadu_si256((const __m256i *)data);
        low = _mm256_add_epi64(low, _mm256_and_si256(block, word));
        high = _mm256_add_epi64(high, _mm256_srli_epi64(block, 32));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, _mm256_add_epi64(low, high));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + sum_tail(data, size);
}

__attribute__((target("avx512f,avx512bw"))) static uint64_t sum_avx512(const uint8_t *data, size_t size)
{
    const __m512i word = _mm512_set1_epi64(UINT32_MAX);
    __m512i low = _mm512_setzero_si512(), high = low;
    size_t head = -(uintptr_t)data % sizeof(low); // each load that crosses a line counts twice
    if (head <= size && head % 2 == 0) {
        __m512i block = _mm512_maskz_loadu_epi8((1ULL << head) - 1, data);
        low = _mm512_and_si512(block, word);
        high = _mm512_srli_epi64(block, 32);
        data += head;
        size -= head;
    }
    for (; size >= sizeof(low); data += sizeof(low), size -= sizeof(low)) {
        __m512i block = _mm512_loadu_si512(data);
        low = _mm512_add_epi64(low, _mm512_and_si512(block, word));
        high = _mm512_add_epi64(high, _mm512_srli_epi64(block, 32));
    }
    __m512i rest = _mm512_maskz_loadu_epi8((1ULL << size) - 1, data); // what is masked is not read
    low = _mm512_add_epi64(low, _mm512_and_si512(rest, word));
    high = _mm512_add_epi64(high, _mm512_srli_epi64(rest, 32));
    return (uint64_t)_mm512_reduce_add_epi64(_mm512_add_epi64(low, high));
}

__attribute__((constructor)) static void choose_sum(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
        checksum_sum = sum_avx512;
    else if (__builtin_cpu_supports("avx2"))
        checksum_sum = sum_avx2;
}
#endif
