// SPDX-License-Identifier: Apache-2.0
// RFC 3711 3.3.1: the ROC that goes with a sequence number, around wraps, at the start and after a restart.
#include "packet_index.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <stdio.h>

#define INDEX(roc, sequence) ((uint64_t)(roc) << 16 | (sequence))
#define LAST_ROC             UINT32_MAX

static const struct {
    uint64_t highest;
    uint16_t sequence;
    uint64_t guess;
} guesses[] = {
    /*  1 first packet: ROC 0, wherever it starts */ {SRTP_INDEX_NONE, 0, 0},
    /*  2 */ {SRTP_INDEX_NONE, 0x7fff, 0x7fff},
    /*  3 first SEQ just before the wrap */ {SRTP_INDEX_NONE, 0xffff, 0xffff},
    /*  4 and what follows it */ {INDEX(0, 0xffff), 0, INDEX(1, 0)},
    /*  5 in order */ {INDEX(0, 5), 6, INDEX(0, 6)},
    /*  6 late */ {INDEX(0, 5), 4, INDEX(0, 4)},
    /*  7 the same */ {INDEX(3, 77), 77, INDEX(3, 77)},
    /*  8 no ROC below 0: far ahead instead */ {INDEX(0, 5), 0xfffe, INDEX(0, 0xfffe)},
    /*  9 late across the wrap */ {INDEX(1, 5), 0xfffe, INDEX(0, 0xfffe)},
    /* 10 */ {INDEX(1, 0), 0xffff, INDEX(0, 0xffff)},
    /* 11 lost across the wrap */ {INDEX(7, 0xfff0), 0x100, INDEX(8, 0x100)},
    /* 12 late after a wrap, upper half */ {INDEX(7, 0xfff0), 0xff00, INDEX(7, 0xff00)},
    /* 13 2^15 ahead: same cycle */ {INDEX(1, 0), 0x8000, INDEX(1, 0x8000)},
    /* 14 2^15 + 1 ahead: it is late */ {INDEX(1, 0), 0x8001, INDEX(0, 0x8001)},
    /* 15 2^15 behind: same cycle */ {INDEX(1, 0x8000), 0, INDEX(1, 0)},
    /* 16 2^15 + 1 behind: it is new */ {INDEX(1, 0x8001), 0, INDEX(2, 0)},
    /* 17 one below the middle */ {INDEX(1, 0x7fff), 0xffff, INDEX(1, 0xffff)},
    /* 18 */ {INDEX(1, 0x7ffe), 0xffff, INDEX(0, 0xffff)},
    /* 19 largest jump forwards over a wrap */ {INDEX(1, 0xffff), 0x7ffe, INDEX(2, 0x7ffe)},
    /* 20 one more falls back */ {INDEX(1, 0xffff), 0x7fff, INDEX(1, 0x7fff)},
    /* 21 ROC beyond 16 bits */ {INDEX(0x10000, 0xffff), 0, INDEX(0x10001, 0)},
    /* 22 ROC beyond 31 bits */ {INDEX(0x80000000, 3), 0xffff, INDEX(0x7fffffff, 0xffff)},
    /* 23 no ROC above 2^32 - 1 */ {INDEX(LAST_ROC, 0xfff0), 1, INDEX(LAST_ROC, 1)},
    /* 24 the last index */ {INDEX(LAST_ROC, 0xfffe), 0xffff, SRTP_INDEX_MAX},
};

static void guesses_the_nearest_index(void)
{
    for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
        uint64_t guess = srtp_packet_index_guess(guesses[i].highest, guesses[i].sequence);
        if (guess != guesses[i].guess)
            printf("\n    row %zu: %#llx\n", i + 1, (unsigned long long)guess);
        CU_ASSERT_EQUAL(guess, guesses[i].guess);
    }
}

static const struct {
    uint64_t highest;
    uint16_t sequence;
    unsigned count;
    uint32_t rocs[SRTP_INDEX_CANDIDATES];
} candidates[] = {
    {INDEX(5, 100), 200, 4, {5, 6, 4, 7}},
    {INDEX(5, 0xfff0), 3, 4, {6, 7, 5, 8}},
    {INDEX(5, 3), 0xfff0, 4, {4, 5, 3, 6}},
    {INDEX(0, 100), 200, 3, {0, 1, 2}},
    {SRTP_INDEX_NONE, 4, 3, {0, 1, 2}}, // its first packets, before the wrap, were lost
    {INDEX(LAST_ROC, 5), 6, 2, {LAST_ROC, LAST_ROC - 1}},
    {INDEX(LAST_ROC - 1, 5), 6, 3, {LAST_ROC - 1, LAST_ROC, LAST_ROC - 2}},
};

static void offers_the_likeliest_candidate_first(void)
{
    for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
        uint64_t got[SRTP_INDEX_CANDIDATES];
        unsigned count = srtp_packet_index_candidates(candidates[i].highest, candidates[i].sequence, got);
        CU_ASSERT_EQUAL_FATAL(count, candidates[i].count);
        for (unsigned c = 0; c < count; c++)
            CU_ASSERT_EQUAL(got[c], INDEX(candidates[i].rocs[c], candidates[i].sequence));
    }
}

void packet_index_suite(void)
{
    CU_pSuite suite = CU_add_suite("packet_index", NULL, NULL);
    CU_ADD_TEST(suite, guesses_the_nearest_index);
    CU_ADD_TEST(suite, offers_the_likeliest_candidate_first);
}
