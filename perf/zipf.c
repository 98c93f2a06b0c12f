// SPDX-License-Identifier: Apache-2.0
#include "zipf.h"

#include <errno.h>
#include <stdlib.h>

int zipf_open(uint32_t count, struct zipf *ret_zipf)
{
    double sum = 0, *cumulative = calloc(count, sizeof(*cumulative));
    if (!cumulative)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        cumulative[i] = sum += 1.0 / (i + 1);
    for (uint32_t i = 0; i < count; i++)
        cumulative[i] /= sum;
    *ret_zipf = (struct zipf){.count = count, .cumulative = cumulative};
    return 0;
}

void zipf_close(struct zipf *zipf)
{
    free(zipf->cumulative);
    *zipf = (struct zipf){0};
}

uint32_t zipf_pick(const struct zipf *zipf, double uniform)
{
    uint32_t low = 0, high = zipf->count - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (zipf->cumulative[middle] <= uniform)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
