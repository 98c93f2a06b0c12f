// SPDX-License-Identifier: Apache-2.0
// A gateway with a room, a publisher, a viewer and two workers, whose numbers the tests know.
#pragma once

#include "gateway_view.h"

struct gateway_snapshot *sample_snapshot(void);
