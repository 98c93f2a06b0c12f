// SPDX-License-Identifier: Apache-2.0
// The names of system calls; each list ends with NULL. A name that a machine does not have is left out.
#pragma once

#include "syscall_filter.h"

extern const char *const syscalls_of_all[];                // what naru-control and naru-dataplane do at any time
extern const char *const *const syscalls_of[FILTER_KINDS]; // what one does besides; all that naru-sctp does
extern const char *const syscalls_that_end[];              // no code of naru's, nor of its libraries, makes them
