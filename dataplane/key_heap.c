// SPDX-License-Identifier: Apache-2.0
#include "key_heap.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_memory.h>
#include <sys/mman.h>

static int protect(const struct rte_memseg_list *list, const struct rte_memseg *segment, size_t size, void *unused)
{
    (void)list;
    (void)unused;
    (void)madvise(segment->addr, size, MADV_DONTDUMP);
    return rte_eal_has_hugepages() || !mlock2(segment->addr, size, MLOCK_ONFAULT) ? 0 : -errno;
}

int key_heap_protect(void)
{
    return rte_memseg_contig_walk(protect, NULL);
}
