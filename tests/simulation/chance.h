// SPDX-License-Identifier: Apache-2.0
// All that is random in a simulation comes out of its seed. Each part has a stream of its own, so that a fault that is
// switched off does not change what peers do.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chance_stream { CHANCE_PEERS, CHANCE_NETWORK, CHANCE_FAULTS, CHANCE_CONTROL, CHANCE_DATAPLANE, CHANCE_STREAMS };

void chance_start(uint64_t seed);
uint64_t chance_next(enum chance_stream stream);
// least to most, both included.
uint64_t chance_between(enum chance_stream stream, uint64_t least, uint64_t most);
bool chance_of(enum chance_stream stream, unsigned per_mille);
void chance_fill(enum chance_stream stream, void *bytes, size_t size);
