// SPDX-License-Identifier: Apache-2.0
// In the place of the gateway a process that does the least: what the device and the peer at its other end can do.
#pragma once

// naru-perf bare forward|drop DEVICE: on the last CPU, with the descriptors of a dataplane; until SIGTERM.
int bare_command(int argc, char **argv);
