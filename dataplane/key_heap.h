// SPDX-License-Identifier: Apache-2.0
// DPDK's heap holds the expanded keys of all sessions.
#pragma once

// Once the EAL is up: out of core dumps, and off the swap device, page by page as they are used (huge pages are never
// swapped). 0, or -errno when RLIMIT_MEMLOCK leaves no room.
int key_heap_protect(void);
