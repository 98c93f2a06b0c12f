// SPDX-License-Identifier: Apache-2.0
#include "entry.h"

#include <errno.h>
#include <rte_malloc.h>
#include <string.h>

static void *make_array(const char *name, uint32_t count, size_t size)
{
    return rte_zmalloc(name, count * size, RTE_CACHE_LINE_SIZE);
}

int entries_create(const struct tables_limits *limits, struct entries *ret_entries)
{
    struct entries *entries = ret_entries;
    *entries = (struct entries){
        .transport_count = limits->transports, .stream_count = limits->streams, .route_count = limits->routes};
    entries->transports = make_array("transports", limits->transports, sizeof(*entries->transports));
    entries->upkeeps = make_array("upkeeps", limits->transports, sizeof(*entries->upkeeps));
    entries->streams = make_array("streams", limits->streams, sizeof(*entries->streams));
    entries->routes = make_array("routes", limits->routes, sizeof(*entries->routes));
    entries->transport_claims = make_array("transport_claims", limits->transports, sizeof(claim));
    entries->stream_claims = make_array("stream_claims", limits->streams, sizeof(claim));
    entries->route_claims = make_array("route_claims", limits->routes, sizeof(claim));
    if (!entries->transports || !entries->upkeeps || !entries->streams || !entries->routes ||
        !entries->transport_claims || !entries->stream_claims || !entries->route_claims) {
        entries_free(entries);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < limits->transports; i++)
        entries->transports[i].upkeep = &entries->upkeeps[i];
    return 0;
}

void entries_free(struct entries *entries)
{
    rte_free(entries->transports);
    rte_free(entries->upkeeps);
    rte_free(entries->streams);
    rte_free(entries->routes);
    rte_free((void *)entries->transport_claims);
    rte_free((void *)entries->stream_claims);
    rte_free((void *)entries->route_claims);
    *entries = (struct entries){0};
}

void entry_wipe_transport(struct transport_entry *transport)
{
    struct transport_upkeep *upkeep = transport->upkeep;
    explicit_bzero(upkeep, sizeof(*upkeep));
    explicit_bzero(transport, sizeof(*transport));
    transport->upkeep = upkeep;
}
