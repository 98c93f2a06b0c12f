// SPDX-License-Identifier: Apache-2.0
// That a process cannot write the segment that it only reads, by any way that its descriptor offers.
#pragma once

#include <sys/types.h>

// In the place of process `pid`: with its descriptor `fd`, which it may only read. Prints a line for each way; 0 when
// all are closed, else how many are open, or -errno.
int borders_check(pid_t pid, int fd);
