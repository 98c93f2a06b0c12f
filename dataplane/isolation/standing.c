// SPDX-License-Identifier: Apache-2.0
#include "standing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// By their bits: linux/capability.h.
static const char *const names[] = {"chown",
                                    "dac_override",
                                    "dac_read_search",
                                    "fowner",
                                    "fsetid",
                                    "kill",
                                    "setgid",
                                    "setuid",
                                    "setpcap",
                                    "linux_immutable",
                                    "net_bind_service",
                                    "net_broadcast",
                                    "net_admin",
                                    "net_raw",
                                    "ipc_lock",
                                    "ipc_owner",
                                    "sys_module",
                                    "sys_rawio",
                                    "sys_chroot",
                                    "sys_ptrace",
                                    "sys_pacct",
                                    "sys_admin",
                                    "sys_boot",
                                    "sys_nice",
                                    "sys_resource",
                                    "sys_time",
                                    "sys_tty_config",
                                    "mknod",
                                    "lease",
                                    "audit_write",
                                    "audit_control",
                                    "setfcap",
                                    "mac_override",
                                    "mac_admin",
                                    "syslog",
                                    "wake_alarm",
                                    "block_suspend",
                                    "audit_read",
                                    "perfmon",
                                    "bpf",
                                    "checkpoint_restore"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void take_line(const char *line, struct standing *standing)
{
    unsigned long long number;
    unsigned value;
    if (sscanf(line, "Uid: %*u %u", &value) == 1)
        standing->user = value;
    else if (sscanf(line, "CapEff: %llx", &number) == 1)
        standing->capabilities = number;
    else if (sscanf(line, "Seccomp: %u", &value) == 1)
        standing->seccomp = value;
    else if (sscanf(line, "NoNewPrivs: %u", &value) == 1)
        standing->no_new_privs = value;
    else if (sscanf(line, "VmLck: %llu", &number) == 1)
        standing->locked_kb = number;
}

int standing_read(pid_t pid, struct standing *ret_standing)
{
    char path[32], line[256];
    struct standing standing = {0};
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    while (fgets(line, sizeof(line), file))
        take_line(line, &standing);
    fclose(file);
    *ret_standing = standing;
    return 0;
}

void standing_capabilities(const struct standing *standing, char ret_text[STANDING_TEXT])
{
    uint64_t all = (1ULL << NAMES) - 1;
    size_t length = 0;
    snprintf(ret_text, STANDING_TEXT, "%s", standing->capabilities ? "all" : "none");
    for (unsigned i = 0; i < NAMES && (standing->capabilities & all) != all && length < STANDING_TEXT; i++)
        if (standing->capabilities & 1ULL << i)
            length += (size_t)snprintf(ret_text + length, STANDING_TEXT - length, "%s%s", length ? " " : "", names[i]);
}
