// SPDX-License-Identifier: Apache-2.0
#include "wait_fds.h"

#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool has(const struct port *port, int fd)
{
    for (unsigned i = 0; i < port->wait_fd_count; i++)
        if (port->wait_fds[i] == fd)
            return true;
    return false;
}

static bool is_taken(int fd)
{
    for (unsigned i = 0; i < ports_count(); i++)
        if (has(ports_get(i), fd))
            return true;
    return false;
}

static unsigned interface_of_packet_socket(int fd)
{
    struct sockaddr_ll address = {0};
    socklen_t size = sizeof(address);
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? (unsigned)address.sll_ifindex : 0;
}

// 0 also for a queue that is attached to nothing: polling it would not wait.
static unsigned interface_of_tap(int fd)
{
    char path[64], target[64] = "";
    struct ifreq request = {0};
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (readlink(path, target, sizeof(target) - 1) < 0 || strcmp(target, "/dev/net/tun") != 0 ||
        ioctl(fd, TUNGETIFF, &request) < 0)
        return 0;
    return if_nametoindex(request.ifr_name);
}

static bool belongs(int fd, unsigned interface)
{
    int domain = 0;
    socklen_t size = sizeof(domain);
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size))
        return interface && interface_of_tap(fd) == interface;
    if (domain == AF_PACKET)
        return interface && interface_of_packet_socket(fd) == interface;
    return domain == AF_XDP && !is_taken(fd);
}

void wait_fds_collect(struct port *port, unsigned interface)
{
    DIR *directory = opendir("/proc/self/fd");
    port->wait_fd_count = 0;
    if (!directory)
        return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && port->wait_fd_count < RTE_DIM(port->wait_fds) && belongs(fd, interface))
            port->wait_fds[port->wait_fd_count++] = fd;
    }
    closedir(directory);
}
