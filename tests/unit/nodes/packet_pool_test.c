// SPDX-License-Identifier: Apache-2.0
// Packet buffers lie side by side also in 4 KiB pages: net_af_xdp computes how far they reach from their number.
#include "nodes_suites.h"
#include "packet_pool.h"

#include <CUnit/CUnit.h>

#define BUFFERS 512u

static void find_span(struct rte_mempool *pool, void *span, struct rte_mempool_memhdr *chunk, unsigned index)
{
    (void)pool;
    (void)index;
    *(size_t *)span += chunk->len;
}

static void buffers_leave_no_gaps(void)
{
    struct rte_mempool *pool = packet_pool_create("gapless", BUFFERS, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
    size_t span = 0, one = pool->header_size + pool->elt_size + pool->trailer_size;
    rte_mempool_mem_iter(pool, find_span, &span);
    CU_ASSERT_EQUAL(pool->nb_mem_chunks, 1);
    CU_ASSERT_EQUAL(pool->populated_size, BUFFERS);
    CU_ASSERT(span < (BUFFERS + 1) * one);
    rte_mempool_free(pool);
}

static void buffers_are_ready_for_packets(void)
{
    struct rte_mempool *pool = packet_pool_create("ready", BUFFERS, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mbuf);
    CU_ASSERT_EQUAL(rte_pktmbuf_tailroom(mbuf), RTE_MBUF_DEFAULT_DATAROOM);
    CU_ASSERT_EQUAL(rte_pktmbuf_priv_size(pool), PACKET_PRIVATE_SIZE);
    CU_ASSERT_EQUAL((uintptr_t)packet_of(mbuf) % RTE_CACHE_LINE_SIZE, 0);
    rte_pktmbuf_free(mbuf);
    rte_mempool_free(pool);
}

void packet_pool_suite(void)
{
    CU_pSuite suite = CU_add_suite("packet buffers", NULL, NULL);
    CU_ADD_TEST(suite, buffers_leave_no_gaps);
    CU_ADD_TEST(suite, buffers_are_ready_for_packets);
}
