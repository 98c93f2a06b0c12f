// SPDX-License-Identifier: Apache-2.0
// The supervisor's end of what keeps its descriptors while it is dead: systemd's descriptor store, or naru's own
// keeper, which speaks the same protocol (sd_notify(3), sd_listen_fds(3)).
#pragma once

#include "notify_message.h"

#include <stdint.h>

#define STORE_MAX 48

struct stored_descriptor {
    char name[NOTIFY_NAME_SIZE];
    int fd;
};

struct descriptor_store {
    struct stored_descriptor items[STORE_MAX];
    unsigned count;
    int socket;
    uint64_t watchdog_ns; // the manager wants a sign of life that often; 0: it does not
};

// Takes what a predecessor left (LISTEN_FDS). 0, else -errno after one line: nobody keeps anything for this process.
int store_open(struct descriptor_store *ret_store);
void store_close(struct descriptor_store *store); // the descriptors stay kept

// -1 when there is none of that name.
int store_find(const struct descriptor_store *store, const char *name);

// Keeps a descriptor beyond this process. The caller's own stays its own. 0 or -errno.
int store_keep(struct descriptor_store *store, const char *name, int fd);

// Gives one back, and closes it; all of them.
void store_forget(struct descriptor_store *store, const char *name);
void store_forget_all(struct descriptor_store *store);

// READY=1, STOPPING=1, WATCHDOG=1, STATUS=...: whoever does not listen is no error.
void store_tell(const struct descriptor_store *store, const char *text);

// Before exec of a new release of this program: everything kept becomes 3, 4, ... as LISTEN_FDS says, and no other
// descriptor stays open behind stderr. There is no way back. 0 or -errno.
int store_hand_over(struct descriptor_store *store);
