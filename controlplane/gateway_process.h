// SPDX-License-Identifier: Apache-2.0
// The gateway as a process runs it: opened, run on the calling thread until it is told to stop, closed.
#pragma once

#include "control.h"

// setup: as control_open() wants it. control_wake: eventfd that workers write. 0 or -errno.
int gateway_open(const struct control_setup *setup, int control_wake, struct gateway **ret_gateway);

// Takes TCP connections of peers from now on, where ice.tcp-listen says so. 0 or -errno: an address or the port cannot
// be had.
// inherited: `count` descriptors, among them the sockets that the supervisor has opened for it.
int gateway_listen(struct gateway *gateway, const int *inherited, unsigned count);

// Until SIGTERM or SIGINT and the end of all sessions (0, at most 2 s later), or until its epoch is over
// (-ESTALE: nothing was touched any more). From its return on, gateway_submit refuses on the caller's own thread.
int gateway_run(struct gateway *gateway);

// After the last gateway_submit.
void gateway_close(struct gateway *gateway);
