// SPDX-License-Identifier: Apache-2.0
// The commands that change something: what they say to which resource.
#pragma once

#include <stdbool.h>

struct options;

struct order {
    char what[96]; // "shard 3"
    char path[128], patch[64];
    bool drains, moves;
};

// Whether the word begins an order.
bool order_is(const char *word);
// The words of one: "drain", "shard", "3". 0, or -EINVAL after a message.
int order_parse(int count, char **words, struct order *ret_order);
// Says it. An exit status.
int order_give(const struct options *options);
