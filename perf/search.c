// SPDX-License-Identifier: Apache-2.0
#include "search.h"

double search_highest(const struct search *search)
{
    double held = search->low, lost = search->high;
    if (search->holds(search->context, search->high))
        return search->high;
    while (lost - held > search->resolution * lost) {
        double rate = (held + lost) / 2;
        if (search->holds(search->context, rate))
            held = rate;
        else
            lost = rate;
    }
    return held;
}
