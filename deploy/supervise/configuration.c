// SPDX-License-Identifier: Apache-2.0
#include "configuration.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int configuration_load(const char *path, const struct descriptor_store *store, struct config *ret_config)
{
    struct config_error error = {.text = ""};
    int kept = store ? store_find(store, "configuration") : -1;
    if (!config_load(path, ret_config, &error))
        return 0;
    notice_write("%s%s", error.text, kept >= 0 ? "; going on with what it said before" : "");
    if (kept < 0)
        return -EINVAL;
    char copy[32];
    snprintf(copy, sizeof(copy), "/proc/self/fd/%d", kept);
    if (!config_load(copy, ret_config, &error))
        return 0;
    notice_write("%s", error.text);
    return -EINVAL;
}

static int copy_of(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC), copy = memfd_create("naru-configuration", MFD_CLOEXEC);
    struct stat status;
    bool whole = file >= 0 && copy >= 0 && !fstat(file, &status) &&
                 sendfile(copy, file, NULL, (size_t)status.st_size) == status.st_size;
    if (file >= 0)
        close(file);
    if (whole || copy < 0)
        return copy;
    close(copy);
    return -1;
}

void configuration_keep(const char *path, struct descriptor_store *store)
{
    int copy = copy_of(path);
    if (copy < 0)
        return;
    store_forget(store, "configuration");
    (void)store_keep(store, "configuration", copy);
    close(copy);
}
