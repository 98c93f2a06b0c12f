// SPDX-License-Identifier: Apache-2.0
// Who speaks next where few are busy and many are not: of count sources the i-th, from 0, is i + 1 times less busy than
// the first.
#pragma once

#include <stdint.h>

struct zipf {
    uint32_t count;
    double *cumulative;
};

// 0 or -ENOMEM.
int zipf_open(uint32_t count, struct zipf *ret_zipf);
void zipf_close(struct zipf *zipf);

// uniform: from 0 to below 1.
uint32_t zipf_pick(const struct zipf *zipf, double uniform);
