// SPDX-License-Identifier: Apache-2.0
#include "run_directory.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const char *path, int error)
{
    if (error == -EWOULDBLOCK)
        notice_write("%s is in use by another gateway; stop that one, or set gateway.run-directory", path);
    else
        notice_write("cannot use the run directory %s: %s; start as root, or set gateway.run-directory", path,
                     strerror(-error));
    return error;
}

int run_directory_open(const char *path, struct run_directory *ret_directory)
{
    struct run_directory directory = {.made = !mkdir(path, 0755)};
    if (!directory.made && errno != EEXIST)
        return refuse(path, -errno);
    snprintf(directory.path, sizeof(directory.path), "%s", path);
    directory.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory.fd < 0)
        return refuse(path, -errno);
    if (flock(directory.fd, LOCK_EX | LOCK_NB)) {
        int error = -errno;
        close(directory.fd);
        return refuse(path, error);
    }
    *ret_directory = directory;
    return 0;
}

int run_directory_adopt(const char *path, int fd, bool made, struct run_directory *ret_directory)
{
    struct run_directory directory = {.made = made, .fd = fcntl(fd, F_DUPFD_CLOEXEC, 3)};
    if (directory.fd < 0)
        return refuse(path, -errno);
    snprintf(directory.path, sizeof(directory.path), "%s", path);
    *ret_directory = directory;
    return 0;
}

static int write_pid(int directory, const char *name, pid_t pid)
{
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    int length = dprintf(fd, "%d\n", (int)pid);
    close(fd);
    return length > 0 ? 0 : -EIO;
}

int run_directory_set_pid(const struct run_directory *directory, const char *name, pid_t pid)
{
    char file[64], draft[72];
    snprintf(file, sizeof(file), "%s.pid", name);
    snprintf(draft, sizeof(draft), "%s.new", file);
    if (!pid)
        return unlinkat(directory->fd, file, 0) ? -errno : 0;
    int error = write_pid(directory->fd, draft, pid);
    if (error)
        return error;
    return renameat(directory->fd, draft, directory->fd, file) ? -errno : 0;
}

void run_directory_close(struct run_directory *directory)
{
    // Of DPDK's environment layer, and empty.
    (void)unlinkat(directory->fd, "dpdk/rte", AT_REMOVEDIR);
    (void)unlinkat(directory->fd, "dpdk", AT_REMOVEDIR);
    close(directory->fd);
    directory->fd = -1;
    if (directory->made)
        (void)rmdir(directory->path); // fails, as it should, while somebody else's file is there
}
