// SPDX-License-Identifier: Apache-2.0
#include "route_extensions.h"

struct additions {
    struct rtp_extension_element elements[2];
    size_t count;
    uint8_t send_time[3];
};

static void collect_additions(const struct route_entry *route, uint32_t send_time, bool optional,
                              struct additions *additions)
{
    additions->count = 0;
    bytes_put24(additions->send_time, send_time);
    if (route->mid_extension && route->mid_size)
        additions->elements[additions->count++] = (struct rtp_extension_element){
            .id = route->mid_extension, .value = (const uint8_t *)route->mid, .size = route->mid_size};
    if (optional && route->extension_ids[EXTENSION_ABS_SEND_TIME])
        additions->elements[additions->count++] =
            (struct rtp_extension_element){.id = route->extension_ids[EXTENSION_ABS_SEND_TIME],
                                           .value = additions->send_time,
                                           .size = sizeof(additions->send_time)};
}

int route_extensions_write(const struct route_entry *route, const uint8_t *packet, const struct rtp_header *header,
                           uint32_t send_time, bool optional, uint8_t *block)
{
    struct rtp_extension_map map = {.ids = route->extension_map, .count = optional ? sizeof(route->extension_map) : 0};
    struct additions additions;
    collect_additions(route, send_time, optional, &additions);
    return rtp_extension_rewrite(packet, header, &map, additions.elements, additions.count, block, RTP_EXTENSION_MAX);
}

void route_extensions_plan(struct route_entry *route, uint64_t layout)
{
    struct rtp_extension_map map = {.ids = route->extension_map, .count = sizeof(route->extension_map)};
    struct additions additions;
    collect_additions(route, 0, true, &additions);
    extension_plan_make(layout, &map, additions.elements, additions.count,
                        route->extension_ids[EXTENSION_ABS_SEND_TIME], &route->plan);
}
