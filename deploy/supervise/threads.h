// SPDX-License-Identifier: Apache-2.0
// What the kernel tells about the threads of a process that shows no life: whether it hangs, and in what.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#define THREADS_TEXT_SIZE 512

// Nanoseconds for which all its threads have waited for a CPU, since each began. 0: not known.
uint64_t threads_waited(pid_t pid);

// "NAME STATE PLACE, ...", the places in the kernel; cut off where it is too long, never empty.
void threads_describe(pid_t pid, char ret_text[THREADS_TEXT_SIZE]);
