// SPDX-License-Identifier: Apache-2.0
// Whether the gateway takes sessions, and why not.
#pragma once

enum control_readiness {
    CONTROL_READY,
    CONTROL_STOPPING,
    CONTROL_DRAINING,
    CONTROL_NO_DATAPLANE,
    CONTROL_DATAPLANE_STALE
};

const char *control_readiness_text(enum control_readiness readiness);
