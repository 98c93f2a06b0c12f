// SPDX-License-Identifier: Apache-2.0
#include "descriptors.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>

#define OTHER_DESCRIPTORS 512 // of memories, workers, event loops, files
#define SPARE_DESCRIPTORS 12  // that libwebsockets and the gateway open later

// libwebsockets finds a connection by its descriptor in one step where its table has a row for each descriptor that the
// process may have; a smaller table it reads from end to end, ten times a connection. So the process may have no more
// than it needs.
static void limit_descriptors(unsigned connections)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    rlim_t wanted = connections + OTHER_DESCRIPTORS;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// A connection that finds no descriptor could not even be refused: the listener would stay readable, and the thread
// spin.
static unsigned connections_that_fit(unsigned wanted)
{
    struct rlimit limit;
    unsigned taken = SPARE_DESCRIPTORS;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        taken++;
    if (directory)
        closedir(directory);
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= (rlim_t)wanted + taken)
        return wanted;
    unsigned fit = limit.rlim_cur > taken ? (unsigned)limit.rlim_cur - taken : 1;
    fprintf(stderr, "naru: http: %u descriptors (ulimit -n) are enough for %u of %u connections\n",
            (unsigned)limit.rlim_cur, fit, wanted);
    return fit;
}

unsigned descriptors_prepare(unsigned connections)
{
    limit_descriptors(connections);
    return connections_that_fit(connections);
}
