// SPDX-License-Identifier: Apache-2.0
#include "floor.h"

#include "measure.h"
#include "swap.h"

#include <math.h>
#include <rte_ethdev.h>

#define BURST     64
#define CALIBRATE 24 // sections per mode

static const struct crypto_engine *const modes[] = {&crypto_ipsec_mb_jobs, &crypto_ipsec_mb_split,
                                                    &crypto_ipsec_mb_single, &crypto_ipsec_mb_direct};

static void choose(struct floor_crypto *floor, struct crypto_load *load, const bool wanted[2], double best[2])
{
    for (unsigned m = 0; m < RTE_DIM(modes); m++) {
        struct series cycles[2] = {0};
        if (!modes[m]->open(load))
            continue;
        for (unsigned i = 0; i < CALIBRATE; i++) {
            crypto_load_next(load);
            for (unsigned protect = 0; protect < 2; protect++)
                series_add(&cycles[protect], crypto_section(load, modes[m], protect));
        }
        if (wanted[1] && series_median(&cycles[1]) < best[1]) {
            best[1] = series_median(&cycles[1]);
            floor->protect.engine = modes[m];
            floor->protect.load = load;
        }
        if (wanted[0] && series_median(&cycles[0]) < best[0]) {
            best[0] = series_median(&cycles[0]);
            floor->unprotect.engine = modes[m];
            floor->unprotect.load = load;
        }
    }
}

int floor_crypto_open(uint16_t suite, uint16_t sent_suite, unsigned payload, struct floor_crypto *ret_floor)
{
    const uint16_t suites[] = {suite, sent_suite};
    double best[2] = {INFINITY, INFINITY};
    const unsigned bursts = RTE_DIM(ret_floor->loads) / RTE_DIM(suites), count = suite == sent_suite ? 1 : 2;
    ret_floor->load_count = 0;
    for (unsigned i = 0; i < count * bursts; i++) {
        uint16_t of = suites[i / bursts];
        struct crypto_load *load = &ret_floor->loads[i];
        int error = crypto_load_open(of, TRAFFIC_RTP_SENT, payload, 32u << i % bursts, load);
        if (error)
            return error;
        ret_floor->load_count++;
        choose(ret_floor, load, (const bool[]){of == suite, of == sent_suite}, best);
    }
    return 0;
}

void floor_crypto_close(struct floor_crypto *floor)
{
    for (unsigned i = 0; i < floor->load_count; i++)
        crypto_load_close(&floor->loads[i]);
}

void floor_crypto_run(struct floor_crypto *floor, unsigned sections, double *ret_protect, double *ret_unprotect)
{
    double sums[2] = {0};
    for (unsigned i = 0; i < sections; i++) {
        crypto_load_next(floor->protect.load);
        if (floor->unprotect.load != floor->protect.load)
            crypto_load_next(floor->unprotect.load);
        sums[1] += crypto_section(floor->protect.load, floor->protect.engine, true);
        sums[0] += crypto_section(floor->unprotect.load, floor->unprotect.engine, false);
    }
    *ret_protect = sums[1] / sections;
    *ret_unprotect = sums[0] / sections;
}

double floor_forward(struct device_feed *feed)
{
    struct rte_mbuf *mbufs[BURST];
    feed->next = 0;
    device.feed = feed;
    uint64_t began = measure_cycles();
    while (feed->next < feed->count) {
        device.allowance = BURST;
        uint16_t count = rte_eth_rx_burst(device.port, 0, mbufs, BURST);
        for (uint16_t i = 0; i < count; i++)
            swap_addresses(mbufs[i]);
        rte_eth_tx_burst(device.port, 0, mbufs, count);
    }
    uint64_t ended = measure_cycles();
    feed->next = 0;
    return (double)(ended - began) / feed->count;
}

double floor_transmit(struct device_feed *feed, uint32_t count)
{
    struct rte_mbuf *mbufs[BURST];
    uint16_t size = feed->sizes[0];
    uint64_t began = measure_cycles();
    for (uint32_t done = 0; done < count; done += BURST) {
        if (rte_pktmbuf_alloc_bulk(device.pool, mbufs, BURST))
            return NAN;
        for (unsigned i = 0; i < BURST; i++) {
            memcpy(rte_pktmbuf_mtod(mbufs[i], void *), feed->frames, TRAFFIC_FRAME_HEADER);
            mbufs[i]->data_len = size;
            mbufs[i]->pkt_len = size;
        }
        rte_eth_tx_burst(device.port, 0, mbufs, BURST);
    }
    uint64_t ended = measure_cycles();
    return (double)(ended - began) / (double)((count + BURST - 1) / BURST * BURST);
}

double floor_discard(struct device_feed *feed)
{
    struct rte_mbuf *mbufs[BURST];
    feed->next = 0;
    device.feed = feed;
    uint64_t began = measure_cycles();
    while (feed->next < feed->count) {
        device.allowance = BURST;
        rte_pktmbuf_free_bulk(mbufs, rte_eth_rx_burst(device.port, 0, mbufs, BURST));
    }
    uint64_t ended = measure_cycles();
    feed->next = 0;
    return (double)(ended - began) / feed->count;
}
