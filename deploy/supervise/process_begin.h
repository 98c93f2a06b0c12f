// SPDX-License-Identifier: Apache-2.0
// What happens between fork and exec: the one place that decides what a process of naru starts with.
#pragma once

#include "process.h"

// In the child. Waits for a byte on `go` (its end: the parent is dead), and becomes the command.
_Noreturn void process_begin(const struct process_command *command, pid_t parent, int go);
