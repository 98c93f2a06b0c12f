// SPDX-License-Identifier: Apache-2.0
// Inside of the snapshot: its parts.
#pragma once

#include "control.h"

void snapshot_view_streams(const struct control *control, const struct session *session,
                           struct gateway_session_view *view);
// 0 or -ENOMEM; what was allocated hangs from the snapshot.
int snapshot_view_workers(const struct control *control, uint64_t now, struct gateway_snapshot *snapshot);
int snapshot_view_shards(const struct control *control, struct gateway_snapshot *snapshot);
int snapshot_view_processes(const struct control *control, uint64_t now, struct gateway_snapshot *snapshot);
int snapshot_view_ports(const struct control *control, struct gateway_snapshot *snapshot);
