// SPDX-License-Identifier: Apache-2.0
// The least that a server on the kernel's sockets can do: one socket, recvmmsg, sendmmsg, no look at the packet.
#pragma once

#include <stdint.h>

// From port p of a host back to its port p + FORWARDER_STEP.
#define FORWARDER_STEP 10000

// Serves until it is killed. 1 after a line on stderr.
int forwarder_run(const char *address, uint16_t port);
