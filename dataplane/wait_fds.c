// SPDX-License-Identifier: Apache-2.0
#include "wait_fds.h"

#include "port.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void add(struct port *port, int fd)
{
    for (unsigned i = 0; i < RTE_DIM(port->wait_fds); i++) {
        if (port->wait_fds[i] < 0) {
            port->wait_fds[i] = fd;
            return;
        }
    }
}

static bool is_device(int fd)
{
    int domain = 0;
    socklen_t size = sizeof(domain);
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0)
        return domain == AF_XDP || domain == AF_PACKET;
    char path[64], target[64] = "";
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return readlink(path, target, sizeof(target) - 1) > 0 && strcmp(target, "/dev/net/tun") == 0;
}

// Which worker a socket serves is not told: all workers poll all of them, which costs a needless wake-up at worst.
void wait_fds_collect(struct port *ports, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned slot = 0; slot < RTE_DIM(ports[i].wait_fds); slot++)
            ports[i].wait_fds[slot] = -1;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return;
    unsigned found = 0;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && is_device(fd))
            add(&ports[found++ % count], fd);
    }
    closedir(directory);
}
