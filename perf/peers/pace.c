// SPDX-License-Identifier: Apache-2.0
#include "pace.h"

#define CATCH_UP 2
#define LEAST    100.0 // packets a second: nothing passes below

uint64_t pace_due(double rate, uint64_t elapsed_ns, uint64_t sent, uint64_t total)
{
    uint64_t ticks = elapsed_ns / PACE_TICK_NS + 1;
    double due = rate * (double)(ticks * PACE_TICK_NS) / 1e9;
    double most = (double)sent + CATCH_UP * rate * (double)PACE_TICK_NS / 1e9 + 1;
    due = due < most ? due : most;
    return due < (double)total ? (uint64_t)due : total;
}

void rate_search_begin(struct rate_search *search, double guess, double growth, double tolerance, double most)
{
    *search = (struct rate_search){
        .rate = guess < most ? guess : most, .growth = growth, .tolerance = tolerance, .most = most};
}

static void choose(struct rate_search *search)
{
    double grown = search->passed * search->growth;
    if (search->failed <= 0)
        search->rate = grown < search->most ? grown : search->most;
    else if (search->passed <= 0)
        search->rate = search->failed / search->growth;
    else
        search->rate = (search->passed + search->failed) / 2;
}

void rate_search_tell(struct rate_search *search, bool passed)
{
    if (passed)
        search->passed = search->rate;
    else
        search->failed = search->rate;
    search->done = (search->passed > 0 && search->failed > 0 && search->failed / search->passed <= search->tolerance) ||
                   (passed && search->rate >= search->most) || (!passed && search->rate < LEAST);
    if (!search->done)
        choose(search);
}
