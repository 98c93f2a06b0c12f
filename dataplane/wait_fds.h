// SPDX-License-Identifier: Apache-2.0
// The descriptors to poll while a worker sleeps. AF_XDP and AF_PACKET drivers do not give theirs away (no receive
// interrupt), so they are found among the process's own.
#pragma once

struct port;

// Right after the port was started, and before the next one is: AF_XDP sockets do not tell their interface, and belong
// to the port that was started last. interface: the port's, 0: none.
void wait_fds_collect(struct port *port, unsigned interface);
