// SPDX-License-Identifier: Apache-2.0
#include "known_sources.h"

#include <rte_malloc.h>

#define PLACES_A_FLOW 8
#define FULL          UINT8_MAX

struct known_sources *known_sources_create(uint32_t flows)
{
    uint64_t places = rte_align64pow2((uint64_t)flows * PLACES_A_FLOW);
    struct known_sources *sources = rte_zmalloc("known_sources", sizeof(*sources) + places, 64);
    if (sources)
        sources->mask = places - 1;
    return sources;
}

void known_sources_free(struct known_sources *sources)
{
    rte_free(sources);
}

void known_sources_add(struct known_sources *sources, const struct transport_address *remote)
{
    uint8_t *count = &sources->counts[known_sources_place(sources, remote)];
    *count = (uint8_t)(*count + (*count < FULL));
}

void known_sources_remove(struct known_sources *sources, const struct transport_address *remote)
{
    uint8_t *count = &sources->counts[known_sources_place(sources, remote)];
    *count = (uint8_t)(*count - (*count > 0 && *count < FULL));
}
