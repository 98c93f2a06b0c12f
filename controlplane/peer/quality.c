// SPDX-License-Identifier: Apache-2.0
#include "quality.h"

#define LOOKS_WORSE  2
#define LOOKS_BETTER 5

const char *const quality_names[QUALITY_CLASSES] = {"good", "fair", "poor"};

// From where on people notice, and mind. ITU-T G.114: one way 150 ms, and never more than 400.
static const struct quality_figures limits[QUALITY_CLASSES] = {
    [QUALITY_FAIR] = {.loss = 20, .rtt_us = 300000, .jitter_us = 40000},
    [QUALITY_POOR] = {.loss = 80, .rtt_us = 800000, .jitter_us = 120000},
};

static bool reaches(const struct quality_figures *figures, const struct quality_figures *limit)
{
    return figures->loss >= limit->loss || figures->rtt_us >= limit->rtt_us || figures->jitter_us >= limit->jitter_us;
}

enum quality_class quality_of(const struct quality_figures *figures)
{
    if (reaches(figures, &limits[QUALITY_POOR]))
        return QUALITY_POOR;
    return reaches(figures, &limits[QUALITY_FAIR]) ? QUALITY_FAIR : QUALITY_GOOD;
}

// Looks at different classes on the same side of what was told count together: the last of them is told.
bool quality_look(struct quality *quality, enum quality_class seen)
{
    bool is_same_side = (seen > quality->told) == (quality->seen > quality->told);
    quality->looks = seen == quality->told ? 0 : is_same_side ? quality->looks + 1 : 1;
    quality->seen = (uint8_t)seen;
    if (seen == quality->told || quality->looks < (seen > quality->told ? LOOKS_WORSE : LOOKS_BETTER))
        return false;
    quality->told = (uint8_t)seen;
    quality->looks = 0;
    return true;
}
