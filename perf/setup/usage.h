// SPDX-License-Identifier: Apache-2.0
// What a process has used: CPU time to the nanosecond, and the memory that is its own or that it shares.
#pragma once

#include <stdint.h>
#include <sys/types.h>

// Of all its threads so far, in nanoseconds; 0 when it is gone.
uint64_t usage_cpu_ns(pid_t process);

// Bytes of memory that is in use: what each process has for itself, and each memory that processes share (memfds, in
// pages of any size) once.
struct usage_memory {
    uint64_t own[2], shared;
};
void usage_memory(const pid_t processes[2], struct usage_memory *ret_memory);
