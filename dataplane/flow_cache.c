// SPDX-License-Identifier: Apache-2.0
#include "flow_cache.h"

#include <errno.h>
#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_malloc.h>

int flow_cache_create(uint32_t flows, uint64_t seed, struct flow_cache *ret_cache)
{
    uint32_t slots = rte_align32pow2(RTE_MAX(flows, 32u) * 2);
    *ret_cache = (struct flow_cache){
        .slots = rte_zmalloc("flow_cache", slots * sizeof(struct flow_slot), 64), .mask = slots - 1, .seed = seed};
    return ret_cache->slots ? 0 : -ENOMEM;
}

void flow_cache_free(struct flow_cache *cache)
{
    rte_free(cache->slots);
    cache->slots = NULL;
}

void flow_cache_add(struct flow_cache *cache, const struct flow_tuple *tuple, uint64_t value)
{
    uint32_t home = flow_cache_home(cache, tuple);
    struct flow_slot *slot = &cache->slots[home];
    if (slot->valid && !cache->slots[home ^ 1].valid)
        slot = &cache->slots[home ^ 1];
    *slot = (struct flow_slot){.tuple = *tuple, .value = value, .valid = 1};
}

static void tuple_of(const struct transport_address *remote, const struct transport_address *local,
                     struct flow_tuple *ret_tuple)
{
    uint8_t addresses[32];
    uint16_t ports[2] = {rte_cpu_to_be_16(remote->port), rte_cpu_to_be_16(local->port)};
    uint32_t both;
    memcpy(&both, ports, sizeof(both));
    if (transport_address_is_ipv4(remote)) {
        memcpy(addresses, remote->ip + 12, 4);
        memcpy(addresses + 4, local->ip + 12, 4);
        flow_tuple_ipv4(addresses, both, ret_tuple);
        return;
    }
    memcpy(addresses, remote->ip, 16);
    memcpy(addresses + 16, local->ip, 16);
    flow_tuple_ipv6(addresses, both, ret_tuple);
}

void flow_cache_remove(struct flow_cache *cache, const struct transport_address *remote,
                       const struct transport_address *local)
{
    struct flow_tuple tuple;
    tuple_of(remote, local, &tuple);
    struct flow_slot *slot = flow_cache_find(cache, &tuple, flow_cache_home(cache, &tuple));
    if (slot)
        slot->valid = 0;
}
