// SPDX-License-Identifier: Apache-2.0
// SRTCP against libsrtp2 in the same way.
#include "oracle.h"
#include "srtcp.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANARY = 0xa5,
    BURST = 96,
};

struct run {
    struct srtp_engine *engine;
    uint64_t random;
    struct flow *flows;
    struct channel channel;
    struct wire_packet sent[BURST], arrived[BURST];
    unsigned arrived_count, burst_limit;
    unsigned long taken, refused, differences;
};

static void count_difference(struct run *run, const char *what, int ours, int theirs)
{
    if (run->differences++ < 10)
        printf("\n    %s: naru %d, libsrtp2 %d\n", what, ours, theirs);
}

static void make_packet(struct run *run, struct wire_packet *packet)
{
    struct flow *flow = &run->flows[random_below(&run->random, FLOWS)];
    uint32_t words =
        random_below(&run->random, 20) == 0 ? random_below(&run->random, 300) : random_below(&run->random, 20);
    packet->flow = flow;
    packet->intact = true;
    packet->header_length = SRTCP_HEADER_LENGTH;
    packet->length = SRTCP_HEADER_LENGTH + 4 * words;
    random_fill(&run->random, packet->bytes, packet->length);
    packet->bytes[0] = 0x81;
    packet->bytes[1] = 201;
    for (unsigned i = 0; i < 4; i++)
        packet->bytes[4 + i] = (uint8_t)(flow->ssrc >> (24 - 8 * i));
}

static void send_burst(struct run *run, unsigned count)
{
    static uint8_t expected[BURST][BYTES_MAX];
    struct srtcp_packet jobs[BURST];
    for (unsigned i = 0; i < count; i++) {
        struct wire_packet *packet = &run->sent[i];
        make_packet(run, packet);
        memcpy(expected[i], packet->bytes, packet->length);
        int length = (int)packet->length;
        int status = srtp_protect_rtcp(packet->flow->sender, expected[i], &length);
        uint32_t index = 0;
        if (status != srtp_err_status_ok ||
            srtcp_read_index(packet->flow->suite, expected[i], (uint32_t)length, &index))
            count_difference(run, "libsrtp2's protect", 0, status);
        jobs[i] = (struct srtcp_packet){.keys = &packet->flow->keys,
                                        .data = packet->bytes,
                                        .length = packet->length,
                                        .capacity = (uint32_t)length,
                                        .index = index};
        memset(packet->bytes + length, CANARY, 16);
        memset(expected[i] + length, CANARY, 16);
    }
    srtcp_protect_burst(run->engine, jobs, count);
    for (unsigned i = 0; i < count; i++) {
        if (jobs[i].result != 0 || jobs[i].ret_length != jobs[i].capacity ||
            memcmp(run->sent[i].bytes, expected[i], jobs[i].capacity + 16) != 0)
            count_difference(run, "protected bytes", jobs[i].result, 0);
        run->sent[i].length = jobs[i].capacity;
        channel_send(&run->channel, &run->sent[i]);
    }
}

static void unprotect_arrived(struct run *run, struct srtcp_packet *jobs, int *results)
{
    static struct srtcp_packet fresh[BURST];
    unsigned positions[BURST], count = 0;
    for (unsigned i = 0; i < run->arrived_count; i++) {
        const struct wire_packet *packet = &run->arrived[i];
        uint32_t index;
        results[i] = srtcp_read_index(packet->flow->suite, packet->bytes, packet->length, &index);
        if (results[i] == 0)
            results[i] = srtp_replay_check(&packet->flow->window, index);
        if (results[i] != 0)
            continue;
        positions[count] = i;
        fresh[count++] =
            (struct srtcp_packet){.keys = &packet->flow->keys, .data = run->arrived[i].bytes, .length = packet->length};
    }
    srtcp_unprotect_burst(run->engine, fresh, count);
    for (unsigned n = 0; n < count; n++) {
        unsigned i = positions[n];
        jobs[i] = fresh[n];
        results[i] = fresh[n].result;
        if (results[i] == 0)
            results[i] = srtp_replay_commit(&run->arrived[i].flow->window, fresh[n].index);
    }
}

static void receive_burst(struct run *run)
{
    static uint8_t expected[BURST][BYTES_MAX];
    int statuses[BURST], lengths[BURST], results[BURST];
    struct srtcp_packet jobs[BURST];
    for (unsigned i = 0; i < run->arrived_count; i++) {
        memcpy(expected[i], run->arrived[i].bytes, run->arrived[i].length);
        lengths[i] = (int)run->arrived[i].length;
        statuses[i] = srtp_unprotect_rtcp(run->arrived[i].flow->receiver, expected[i], &lengths[i]);
    }
    unprotect_arrived(run, jobs, results);
    for (unsigned i = 0; i < run->arrived_count; i++) {
        bool ours = results[i] == 0, theirs = statuses[i] == srtp_err_status_ok;
        run->taken += ours;
        run->refused += !ours;
        // libsrtp2's SRTCP window is 128 wide: what is older there may still be taken here.
        bool older = statuses[i] == srtp_err_status_replay_old && ours;
        if ((ours != theirs && !older) || (ours && !run->arrived[i].intact))
            count_difference(run, "verdict", results[i], statuses[i]);
        else if (ours && theirs &&
                 (jobs[i].ret_length != (uint32_t)lengths[i] ||
                  memcmp(run->arrived[i].bytes, expected[i], jobs[i].ret_length) != 0))
            count_difference(run, "plaintext", (int)jobs[i].ret_length, lengths[i]);
    }
    run->arrived_count = 0;
    run->burst_limit = 1 + random_below(&run->random, BURST);
}

static void arrive(void *context, const struct wire_packet *packet)
{
    struct run *run = context;
    run->arrived[run->arrived_count++] = *packet;
    if (run->arrived_count >= run->burst_limit)
        receive_burst(run);
}

static void run_with(struct srtp_engine *engine, unsigned long total)
{
    struct run *run = calloc(1, sizeof(*run));
    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    run->engine = engine;
    run->random = 20260102;
    run->flows = oracle_open(run->engine, SRTP_USE_RTCP, &run->random);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run->flows);
    run->channel.random = &run->random;
    run->channel.deliver = arrive;
    run->channel.context = run;
    run->burst_limit = 1;
    unsigned long sent = 0;
    while (sent < total) {
        unsigned count = 1 + random_below(&run->random, BURST);
        send_burst(run, count);
        sent += count;
    }
    receive_burst(run);
    printf("\n    %lu protected, %lu taken, %lu refused\n", sent, run->taken, run->refused);
    CU_ASSERT_EQUAL(run->differences, 0);
    CU_ASSERT_TRUE(run->taken > total / 10 * 9 && run->refused > 0);
    oracle_close(run->flows);
    free(run);
}

static void agrees_with_libsrtp2(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        run_with(engines[e], e == 0 ? oracle_packets() : oracle_packets() / 10);
}

void oracle_rtcp_suite(void)
{
    CU_pSuite suite = CU_add_suite("oracle_rtcp", NULL, NULL);
    CU_ADD_TEST(suite, agrees_with_libsrtp2);
}
