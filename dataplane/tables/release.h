// SPDX-License-Identifier: Apache-2.0
// What a process leaves in its own segment for those of other releases.
#pragma once

#include "segment.h"

// The owner's part of tables_attach: raises the revision to its own. Counters under other names than this dataplane's
// mean nothing to it: they begin anew.
void release_sign(struct tables *tables);

// Whether the counters of the workers are those that this release names.
bool release_knows_counters(const struct tables *tables);
