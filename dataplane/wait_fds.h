// SPDX-License-Identifier: Apache-2.0
// The descriptors to poll while a worker sleeps. AF_XDP and AF_PACKET drivers do not give theirs away (no receive
// interrupt), so they are found among the process's sockets by domain, in the order in which the devices were started.
#pragma once

struct port;

void wait_fds_collect(struct port *ports, unsigned count);
