// SPDX-License-Identifier: Apache-2.0
#include "chance.h"

static uint64_t states[CHANCE_STREAMS];

void chance_start(uint64_t seed)
{
    for (unsigned i = 0; i < CHANCE_STREAMS; i++)
        states[i] = (seed + 1) * 0x9e3779b97f4a7c15ULL ^ (uint64_t)i << 56;
}

// SplitMix64
uint64_t chance_next(enum chance_stream stream)
{
    uint64_t mixed = states[stream] += 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebULL;
    return mixed ^ mixed >> 31;
}

uint64_t chance_between(enum chance_stream stream, uint64_t least, uint64_t most)
{
    return least + chance_next(stream) % (most - least + 1);
}

bool chance_of(enum chance_stream stream, unsigned per_mille)
{
    return chance_next(stream) % 1000 < per_mille;
}

void chance_fill(enum chance_stream stream, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)chance_next(stream);
}
