// SPDX-License-Identifier: Apache-2.0
// Under whom a process goes on.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

// Users that nobody has made: a number of systemd's range for such, the same at each start.
#define IDENTITY_FIRST_UNNAMED 61184u
#define IDENTITY_LAST_UNNAMED  65519u

struct identity {
    uid_t user;
    gid_t group;
    bool is_unnamed; // the number was made of the name
};

// name: a user of this machine, a number, or a name that nobody has here, for which a number is made of it.
int identity_find(const char *name, struct identity *ret_identity);

// All threads; for root alone. Supplementary groups and capabilities go with it. 0, or -errno: nothing, or not all,
// changed.
int identity_take(const struct identity *identity);
