// SPDX-License-Identifier: Apache-2.0
#include "extension_plan.h"

#include <errno.h>

#define BLOCK_HEADER 4

static bool is_added(const struct rtp_extension_element *added, size_t count, uint8_t id)
{
    for (size_t i = 0; i < count; i++)
        if (added[i].id == id)
            return true;
    return false;
}

// The place of the element's value, or -ERANGE.
static int append_head(struct extension_plan *plan, uint8_t id, unsigned size)
{
    if (id > RTP_EXTENSION_ONE_BYTE_IDS || size < 1 || size > 16 || plan->size + 1 + size > EXTENSION_PLAN_BLOCK)
        return -ERANGE;
    plan->block[plan->size] = (uint8_t)(id << 4 | (size - 1));
    int value = plan->size + 1;
    plan->size = (uint8_t)(plan->size + 1 + size);
    return value;
}

static int append_copy(struct extension_plan *plan, uint8_t id, unsigned from, unsigned size)
{
    int value = plan->copy_count < EXTENSION_PLAN_COPIES ? append_head(plan, id, size) : -ERANGE;
    if (value < 0)
        return value;
    plan->copies[plan->copy_count].to = (uint8_t)value;
    plan->copies[plan->copy_count].from = (uint8_t)from;
    plan->copies[plan->copy_count++].size = (uint8_t)size;
    return 0;
}

static int append_mapped(struct extension_plan *plan, uint64_t layout, const struct rtp_extension_map *map,
                         const struct rtp_extension_element *added, size_t added_count)
{
    unsigned from = 0;
    for (int error = 0; layout && layout != EXTENSION_LAYOUT_NONE; layout >>= 8) {
        uint8_t id = (uint8_t)(layout & 0xff) >> 4;
        unsigned size = (layout & 0x0f) + 1;
        uint8_t mapped = id < map->count ? map->ids[id] : 0;
        if (mapped && !is_added(added, added_count, mapped))
            error = append_copy(plan, mapped, from + 1, size);
        if (error)
            return error;
        from += 1 + size;
    }
    return 0;
}

static int append_added(struct extension_plan *plan, const struct rtp_extension_element *element, bool is_send_time)
{
    int value = append_head(plan, element->id, element->size);
    if (value < 0)
        return value;
    memcpy(plan->block + value, element->value, element->size);
    if (is_send_time)
        plan->send_time = (uint8_t)value;
    return 0;
}

static void close_block(struct extension_plan *plan)
{
    if (plan->size == BLOCK_HEADER) {
        plan->size = 0;
        return;
    }
    plan->size = (uint8_t)((plan->size + 3) & ~3);
    bytes_put16(plan->block, RTP_EXTENSION_ONE_BYTE);
    bytes_put16(plan->block + 2, (uint16_t)((plan->size - BLOCK_HEADER) / 4));
}

void extension_plan_make(uint64_t layout, const struct rtp_extension_map *map,
                         const struct rtp_extension_element *added, size_t added_count, uint8_t send_time,
                         struct extension_plan *ret_plan)
{
    struct extension_plan plan = {.layout = layout, .size = BLOCK_HEADER};
    int error = append_mapped(&plan, layout, map, added, added_count);
    for (size_t i = 0; !error && i < added_count; i++)
        error = append_added(&plan, &added[i], added[i].id == send_time);
    close_block(&plan);
    ret_plan->layout = EXTENSION_LAYOUT_UNKNOWN;
    if (!error)
        *ret_plan = plan;
}
