// SPDX-License-Identifier: Apache-2.0
#include "identity.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define ENTRY_SIZE 4096

// FNV-1a: the two programs get different ones, and a name always the same.
static uid_t number_of(const char *name)
{
    uint32_t hash = 0x811c9dc5U;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 0x01000193U;
    return IDENTITY_FIRST_UNNAMED + hash % (IDENTITY_LAST_UNNAMED - IDENTITY_FIRST_UNNAMED + 1);
}

static int parse_number(const char *text, struct identity *ret_identity)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end)
        return -EINVAL;
    if (errno || number >= UINT32_MAX)
        return -ERANGE;
    *ret_identity = (struct identity){(uid_t)number, (gid_t)number, false};
    return 0;
}

int identity_find(const char *name, struct identity *ret_identity)
{
    char space[ENTRY_SIZE];
    struct passwd entry, *found = NULL;
    int error = parse_number(name, ret_identity);
    if (error != -EINVAL)
        return error;
    // What a directory service does not answer is a user that nobody has here.
    if (!getpwnam_r(name, &entry, space, sizeof(space), &found) && found)
        *ret_identity = (struct identity){entry.pw_uid, entry.pw_gid, false};
    else
        *ret_identity = (struct identity){number_of(name), number_of(name), true};
    return 0;
}

int identity_take(const struct identity *identity)
{
    uid_t real, effective, saved;
    // These are glibc's, which change every thread; leaving root empties the capability sets of each.
    if (setgroups(0, NULL) || setresgid(identity->group, identity->group, identity->group) ||
        setresuid(identity->user, identity->user, identity->user))
        return -errno;
    if (getresuid(&real, &effective, &saved) || real != identity->user || effective != real || saved != real)
        return -EPERM;
    return 0;
}
