// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

#include "oracle.h"
#include "testbed.h"

#include <rte_graph_worker.h>
#include <string.h>

#define SLICE_PACKETS  8192 // sent, in one slice: about 4 ms
#define TRIES          8    // slices thrown away per one that counts, at most
#define WARM_SLICES    3
#define CATCH_UP_WALKS 8192
#define SECTIONS       8    // of the crypto floor, per slice
#define ARRIVALS       64u  // receive bursts of the worker
#define VIDEO_PAYLOAD  1000 // octets, from which on retransmission is negotiated
#define BACKLOG_COPIES 128u // what fan_out emits in a walk: arrivals keep in step with it

struct node_sum {
    uint64_t cycles, packets, calls;
};

static void add_nodes(struct node_sum *sums, bool subtract)
{
    struct rte_node *node;
    rte_graph_off_t offset;
    rte_node_t i;
    rte_graph_foreach_node(i, offset, testbed.worker->graph, node)
    {
        uint64_t sign = subtract ? UINT64_MAX : 1;
        sums[i].cycles += sign * node->total_cycles;
        sums[i].packets += sign * node->total_objs;
        sums[i].calls += sign * node->total_calls;
    }
}

static uint64_t packets_protected(void)
{
    struct rte_node *node = rte_graph_node_get_by_name(testbed.worker->graph->name, "srtp_protect");
    return node->total_objs;
}

static uint64_t media_packets(const struct node_sum *nodes)
{
    struct rte_node *node;
    rte_graph_off_t offset;
    rte_node_t i;
    rte_graph_foreach_node(i, offset, testbed.worker->graph, node)
    {
        if (strcmp(node->name, "srtp_protect") == 0)
            return nodes[i].packets;
    }
    return 0;
}

static uint16_t arrivals(const struct rooms *rooms)
{
    unsigned copies = rooms_copies(rooms), backlog = testbed.worker->fan_out.count * copies;
    if (backlog >= BACKLOG_COPIES)
        return 0;
    return (uint16_t)RTE_MIN(ARRIVALS, (BACKLOG_COPIES - backlog + copies - 1) / copies);
}

// What fell due while others were measured is not this slice's.
static void catch_up(void)
{
    device.feed = NULL;
    for (unsigned i = 0; i < CATCH_UP_WALKS && (i < 4 || !load_walk_is_empty(&testbed.worker->walk)); i++)
        testbed_walk();
}

// Cycles per packet sent.
static double run_whole(struct traffic *traffic, struct node_sum *nodes, struct scenario_result *result)
{
    struct device_feed *feed = &traffic->feed;
    uint64_t drops = testbed_dropped(), media = packets_protected();
    catch_up();
    uint64_t held = packets_protected() - media;
    drops = testbed_dropped() - drops;
    feed->next = 0;
    device.feed = feed;
    add_nodes(nodes, true);
    uint64_t dropped_before = testbed_dropped();
    uint64_t began = measure_cycles();
    while (feed->next < feed->count || testbed.worker->fan_out.count) {
        device.allowance = arrivals(traffic->rooms);
        testbed_walk();
    }
    uint64_t ended = measure_cycles();
    add_nodes(nodes, false);
    uint64_t sent = packets_protected() - media - held;
    result->drops += testbed_dropped() - dropped_before;
    return (double)(ended - began) / (double)sent;
}

// Every source is bound, every route has sent, and what comes out is right.
static int warm_up(struct traffic *traffic, struct node_sum *nodes, struct scenario_result *result)
{
    enum traffic_order order = traffic->order;
    uint32_t sources = rooms_sources(traffic->rooms);
    traffic->order = TRAFFIC_IN_TURN;
    oracle_look(ROOMS_PAYLOAD_TYPE);
    for (uint32_t done = 0; done < 2 * sources; done += traffic->capacity) {
        traffic_fill(traffic, traffic->capacity);
        run_whole(traffic, nodes, result);
        result->verified += done == 0 ? oracle_verify(traffic) : 0;
    }
    traffic->order = order;
    for (unsigned i = 0; i < WARM_SLICES; i++) {
        traffic_fill(traffic, traffic->capacity);
        run_whole(traffic, nodes, result);
    }
    return result->verified < 0 ? -1 : 0;
}

// The crypto of what is sent: of one size, or of two by their shares.
struct crypto_mix {
    struct floor_crypto main, audio;
    double audio_share;
};

static int mix_open(const struct scenario *scenario, struct crypto_mix *ret_mix)
{
    const struct rooms *rooms = &scenario->rooms;
    ret_mix->audio_share = scenario->audio_share / 100.0;
    if (scenario->audio_share &&
        floor_crypto_open(rooms->suite, rooms_sent_suite(rooms), TRAFFIC_AUDIO, &ret_mix->audio))
        return -1;
    return floor_crypto_open(rooms->suite, rooms_sent_suite(rooms), scenario->payload, &ret_mix->main);
}

static void mix_close(struct crypto_mix *mix)
{
    if (mix->audio_share > 0)
        floor_crypto_close(&mix->audio);
    floor_crypto_close(&mix->main);
}

static void mix_run(struct crypto_mix *mix, double *ret_protect, double *ret_unprotect)
{
    double protect, unprotect, share = mix->audio_share;
    floor_crypto_run(&mix->main, SECTIONS, ret_protect, ret_unprotect);
    if (share <= 0)
        return;
    floor_crypto_run(&mix->audio, SECTIONS, &protect, &unprotect);
    *ret_protect = share * protect + (1 - share) * *ret_protect;
    *ret_unprotect = share * unprotect + (1 - share) * *ret_unprotect;
}

// False: the CPU was taken away meanwhile.
static bool run_slice(struct traffic *traffic, struct crypto_mix *crypto, bool floor_first, struct node_sum *nodes,
                      struct scenario_result *result)
{
    struct node_sum before[SCENARIO_NODES];
    double protect, unprotect, forward = 0;
    memcpy(before, nodes, sizeof(before));
    traffic_fill(traffic, traffic->capacity);
    measure_begin();
    mix_run(crypto, &protect, &unprotect);
    if (floor_first)
        forward = floor_forward(&traffic->feed);
    double whole = run_whole(traffic, nodes, result);
    if (!floor_first)
        forward = floor_forward(&traffic->feed);
    double transmit = floor_transmit(&traffic->feed, SLICE_PACKETS);
    if (!measure_end()) {
        memcpy(nodes, before, sizeof(before));
        return false;
    }
    series_add(&result->protect, protect);
    series_add(&result->unprotect, unprotect);
    series_add(&result->forward, forward);
    series_add(&result->transmit, transmit);
    series_add(&result->whole, whole);
    series_add(&result->floor, traffic->rooms->viewers ? protect + transmit : protect + unprotect + forward);
    return true;
}

static void finish(const struct floor_crypto *crypto, const struct node_sum *nodes, struct scenario_result *result)
{
    struct rte_node *node;
    rte_graph_off_t offset;
    rte_node_t i;
    rte_graph_foreach_node(i, offset, testbed.worker->graph, node)
    {
        if (result->node_count == SCENARIO_NODES || nodes[i].calls == 0)
            continue;
        typeof(result->nodes[0]) *out = &result->nodes[result->node_count++];
        snprintf(out->name, sizeof(out->name), "%.31s", node->name);
        out->cycles = (double)nodes[i].cycles / (double)result->packets;
        out->calls = (double)nodes[i].packets / (double)nodes[i].calls;
    }
    result->ratio = series_ratio(&result->whole, &result->floor);
    result->rate = measure_cycles_per_second() / series_median(&result->whole);
    result->protect_mode = crypto->protect.engine->name;
    result->unprotect_mode = crypto->unprotect.engine->name;
}

static int measure(const struct scenario *scenario, unsigned slices, struct traffic *traffic,
                   struct scenario_result *result)
{
    static struct crypto_mix crypto;
    static struct node_sum nodes[SCENARIO_NODES];
    if (mix_open(scenario, &crypto))
        return -1;
    int error = warm_up(traffic, nodes, result);
    memset(nodes, 0, sizeof(nodes));
    result->drops = 0;
    for (unsigned i = 0; !error && result->whole.count < slices && result->disturbed < TRIES * slices; i++)
        result->disturbed += !run_slice(traffic, &crypto, i & 1, nodes, result);
    result->packets = media_packets(nodes);
    if (!error && result->whole.count < slices)
        fprintf(stderr, "naru-perf: %u slices of %u: others took the CPU away; the figures stand on few\n",
                result->whole.count, slices);
    if (result->whole.count == 0)
        error = -1;
    if (!error)
        finish(&crypto.main, nodes, result);
    mix_close(&crypto);
    return error;
}

int scenario_run(const struct scenario *scenario, unsigned slices, struct scenario_result *ret_result)
{
    struct rooms rooms = scenario->rooms;
    rooms.rtx = scenario->payload >= VIDEO_PAYLOAD;
    struct traffic traffic;
    memset(ret_result, 0, sizeof(*ret_result));
    uint32_t packets = RTE_MAX(SLICE_PACKETS / rooms_copies(&scenario->rooms), 8u);
    if (testbed_open(scenario->rooms.transports))
        return -1;
    rooms_write(&rooms, &testbed.control, &testbed.dataplane);
    int error = testbed_begin();
    if (!error)
        error = traffic_open(&scenario->rooms, scenario->payload, scenario->order, packets, &traffic);
    if (!error) {
        traffic.audio_share = scenario->audio_share;
        error = measure(scenario, slices, &traffic, ret_result);
        traffic_close(&traffic);
    }
    if (error)
        fprintf(stderr, "naru-perf: %s did not run\n", scenario->name);
    if (ret_result->drops)
        testbed_print_drops(stderr);
    testbed_close();
    return error ? -1 : 0;
}
