// SPDX-License-Identifier: Apache-2.0
// Which system calls a process may make once it is set up: a list for each program, in syscall_lists.c. Any other one
// fails with EPERM, and the kernel logs it; those that serve nothing but a break-in end the process.
#pragma once

#include <stdbool.h>

// CALLING: naru-control that opens connections to others, for its webhooks.
enum filter_kind { FILTER_CONTROL, FILTER_DATAPLANE, FILTER_SCTP, FILTER_CONTROL_CALLING, FILTER_KINDS };

// Holds every thread of the process, for good. 0 or -errno. With AddressSanitizer, whose own calls nobody lists, it
// does nothing.
int syscall_filter_load(enum filter_kind kind);
bool syscall_filter_is_built(void);
