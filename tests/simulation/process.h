// SPDX-License-Identifier: Apache-2.0
// The two processes of the gateway, as functions that may be killed: at the n-th write to (or take from) the shared
// memory their stack is left where it is, and their memory with it. Shared memory keeps what was written until then.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum process { PROCESS_NONE, PROCESS_CONTROL, PROCESS_DATAPLANE };

// False: it was killed inside.
bool process_run(enum process process, void (*step)(void));
// From now on; 0: not at all. What does not write for long is not killed by this.
void process_kill_after(enum process process, unsigned accesses);
bool process_is_doomed(enum process process);

// The block is naru-control's from now on.
void process_hand_over(void *block);
// Frees what naru-control had allocated; for a dead one.
void process_free_memory(void);
// Blocks of it that are not free.
size_t process_block_count(void);
