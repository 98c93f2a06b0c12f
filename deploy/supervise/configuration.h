// SPDX-License-Identifier: Apache-2.0
// The configuration file, and what it said when it was last good: an error that was written into it later must not keep
// a successor of the supervisor from watching a gateway that runs.
#pragma once

#include "config.h"
#include "descriptor_store.h"

// 0, else -EINVAL after one line. With a store: what it keeps stands in for a file that is not good.
int configuration_load(const char *path, const struct descriptor_store *store, struct config *ret_config);

// Keeps a copy of what is good now. It holds tokens, and stays in memory.
void configuration_keep(const char *path, struct descriptor_store *store);
