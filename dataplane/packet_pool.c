// SPDX-License-Identifier: Apache-2.0
#include "packet_pool.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_mbuf_pool_ops.h>

static int populate(struct rte_mempool *pool)
{
    struct rte_pktmbuf_pool_private sizes = {.mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE,
                                             .mbuf_priv_size = PACKET_PRIVATE_SIZE};
    int error = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL);
    if (error)
        return error;
    rte_pktmbuf_pool_init(pool, &sizes);
    int count = rte_mempool_populate_default(pool);
    if (count < 0)
        return count;
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
    return 0;
}

struct rte_mempool *packet_pool_create(const char *name, unsigned buffers, unsigned cache)
{
    // In 4 KiB pages a pool leaves gaps, so that no buffer crosses a page; net_af_xdp counts on there being none, and
    // loses without a word what lies behind the size that it computed. No device here needs physical addresses then.
    unsigned flags = rte_eal_has_hugepages() ? 0 : RTE_MEMPOOL_F_NO_IOVA_CONTIG;
    struct rte_mempool *pool = rte_mempool_create_empty(
        name, buffers, sizeof(struct rte_mbuf) + PACKET_PRIVATE_SIZE + RTE_MBUF_DEFAULT_BUF_SIZE, cache,
        sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY, flags);
    int error = pool ? populate(pool) : 0;
    if (!error)
        return pool;
    rte_mempool_free(pool);
    rte_errno = -error;
    return NULL;
}
