// SPDX-License-Identifier: Apache-2.0
// What the server's core did in a window, from the scheduler's own accounts.
#pragma once

#include <stdint.h>

struct cpu_time {
    uint64_t process_ns; // all threads of the server, and its core's ksoftirqd
    uint64_t softirq_ns; // of the core, as ticks saw it: inside process_ns where a system call ran it
    uint64_t steal_ns;   // taken by the host
};

void cpu_time_read(unsigned pid, unsigned cpu, struct cpu_time *ret_time);
