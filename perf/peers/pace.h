// SPDX-License-Identifier: Apache-2.0
// When packets are due, and the search for the highest rate that passes.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PACE_TICK_NS 200000ULL

// How many packets of `total` are to be out by now: all of a tick at its start. After a pause the schedule is caught up
// with at twice the rate, not in one burst that no network would deliver.
uint64_t pace_due(double rate, uint64_t elapsed_ns, uint64_t sent, uint64_t total);

// First growing from a guess, then halving between the highest rate that passed and the lowest that did not.
struct rate_search {
    double passed, failed; // 0: none yet
    double rate;           // to be tried next
    double growth;         // from one rate that passed to the next, until one does not
    double tolerance;      // ends when failed / passed is below
    double most;           // never tried above
    bool done;
};

void rate_search_begin(struct rate_search *search, double guess, double growth, double tolerance, double most);
void rate_search_tell(struct rate_search *search, bool passed);
