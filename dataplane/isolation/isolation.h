// SPDX-License-Identifier: Apache-2.0
// What a process of naru gives away, in two steps: what it never needs at once, and root with all capabilities and most
// system calls once its devices, sockets and files are open.
#pragma once

#include "syscall_filter.h"

// First in main: no privileges by exec, no core dump, no debugger but root's. What fails is no reason not to start.
void isolation_begin(void);

// Before anything is started: what a user of the configuration stands for. A line on stderr where nobody has that name
// here, which is no error. 0, or -ERANGE after a line: a number that no user can have.
int isolation_check_user(const char *program, const char *key, const char *user);

// After set-up, for all threads of the process: those to come inherit it. From here on the process is `user` (a name or
// a number of the configuration; see identity.h), has no capability, and is held by its filter of system calls. Where
// it was not started as root it stays who it is. 0, or -errno after a line on stderr: then the process must not go on.
int isolation_enter(const char *program, const char *user, enum filter_kind filter);
