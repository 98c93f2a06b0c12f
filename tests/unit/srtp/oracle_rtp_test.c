// SPDX-License-Identifier: Apache-2.0
// A million random packets: protected to the same bytes by naru and by libsrtp2, then, over a channel with loss,
// reordering, replays and forgeries, taken and refused alike. Bursts mix keys, suites, sizes, in and out of place; the
// flows jump ahead, so that their ROCs wrap several times. The second backend gets a tenth of the packets.
#include "oracle.h"
#include "packet_index.h"
#include "protect.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANARY = 0xa5,
    BURST = 96, // more than the engine takes at once
};

struct run {
    struct srtp_engine *engine;
    uint64_t random;
    struct flow *flows;
    struct channel channel;
    // The sending burst and the receiving one.
    struct wire_packet sent[BURST], arrived[BURST];
    uint8_t payloads[BURST][BYTES_MAX];
    unsigned arrived_count, burst_limit;
    unsigned long taken, replayed, stale, forged, wraps, differences;
};

static void count_difference(struct run *run, const char *what, int ours, int theirs)
{
    if (run->differences++ < 10)
        printf("\n    %s: naru %d, libsrtp2 %d\n", what, ours, theirs);
}

static uint32_t write_header(uint64_t *random, const struct flow *flow, uint8_t *bytes)
{
    random_fill(random, bytes, 12);
    uint32_t csrcs = random_below(random, 3) == 0 ? random_below(random, 16) : 0;
    bool extension = random_below(random, 2);
    bytes[0] = (uint8_t)(0x80 | (extension ? 0x10 : 0) | csrcs);
    bytes[2] = (uint8_t)(flow->index >> 8);
    bytes[3] = (uint8_t)flow->index;
    for (unsigned i = 0; i < 4; i++)
        bytes[8 + i] = (uint8_t)(flow->ssrc >> (24 - 8 * i));
    uint32_t length = 12 + 4 * csrcs;
    random_fill(random, bytes + 12, 4 * csrcs);
    if (!extension)
        return length;
    uint32_t words = random_below(random, 8);
    const uint8_t head[4] = {0xbe, 0xde, 0, (uint8_t)words};
    memcpy(bytes + length, head, sizeof(head));
    random_fill(random, bytes + length + 4, 4 * words);
    return length + 4 + 4 * words;
}

static uint32_t random_payload_length(uint64_t *random)
{
    uint32_t kind = random_below(random, 100);
    return kind == 0 ? 0 : kind < 90 ? random_below(random, 200) : random_below(random, 1400);
}

static void make_packet(struct run *run, struct wire_packet *packet)
{
    struct flow *flow = &run->flows[random_below(&run->random, FLOWS)];
    uint32_t jump = random_below(&run->random, 400) == 0 ? random_below(&run->random, 20000) : 0;
    run->wraps += srtp_index_roc(flow->index + jump) != srtp_index_roc(flow->index);
    flow->index += jump;
    packet->flow = flow;
    packet->intact = true;
    packet->fresh_jump = jump > 0;
    packet->header_length = write_header(&run->random, flow, packet->bytes);
    packet->length = packet->header_length + random_payload_length(&run->random);
    random_fill(&run->random, packet->bytes + packet->header_length, packet->length - packet->header_length);
}

// In place or from a buffer of another alignment; a canary stands behind the room that the packet may use.
static void make_job(struct run *run, struct wire_packet *packet, uint8_t *elsewhere, struct srtp_packet *job)
{
    uint32_t payload_length = packet->length - packet->header_length;
    *job = (struct srtp_packet){.keys = &packet->flow->keys,
                                .src = packet->bytes + packet->header_length,
                                .dst = packet->bytes,
                                .index = packet->flow->index++,
                                .length = packet->length,
                                .header_length = packet->header_length,
                                .capacity = packet->length + srtp_suite_find(packet->flow->suite)->rtp_tag_length,
                                .ssrc = packet->flow->ssrc};
    memset(packet->bytes + job->capacity, CANARY, 16);
    if (random_below(&run->random, 2) == 0)
        return;
    uint8_t *src = elsewhere + random_below(&run->random, 64);
    memcpy(src, job->src, payload_length);
    memset(packet->bytes + packet->header_length, 0xee, payload_length);
    job->src = src;
}

static void send_burst(struct run *run, unsigned count)
{
    static uint8_t expected[BURST][BYTES_MAX];
    struct srtp_packet jobs[BURST];
    for (unsigned i = 0; i < count; i++) {
        struct wire_packet *packet = &run->sent[i];
        make_packet(run, packet);
        memcpy(expected[i], packet->bytes, packet->length);
        int length = (int)packet->length;
        int status = srtp_protect(packet->flow->sender, expected[i], &length);
        make_job(run, packet, run->payloads[i], &jobs[i]);
        if (status != srtp_err_status_ok || (uint32_t)length != jobs[i].capacity)
            count_difference(run, "libsrtp2's protect", 0, status);
        memset(expected[i] + length, CANARY, 16);
    }
    srtp_protect_burst(run->engine, jobs, count);
    for (unsigned i = 0; i < count; i++) {
        if (jobs[i].result != 0 || jobs[i].ret_length != jobs[i].capacity ||
            memcmp(run->sent[i].bytes, expected[i], jobs[i].capacity + 16) != 0)
            count_difference(run, "protected bytes", jobs[i].result, 0);
        run->sent[i].length = jobs[i].capacity;
        channel_send(&run->channel, &run->sent[i]);
    }
}

static void count_verdict(struct run *run, int result)
{
    run->taken += result == 0;
    run->replayed += result == -EALREADY;
    run->stale += result == -ESTALE;
    run->forged += result == -EBADMSG;
}

// As the dataplane does it: guess and check all, unprotect the burst, commit each.
static void unprotect_arrived(struct run *run, struct srtp_packet *jobs, int *results)
{
    static struct srtp_packet fresh[BURST];
    unsigned positions[BURST], count = 0;
    for (unsigned i = 0; i < run->arrived_count; i++) {
        struct wire_packet *packet = &run->arrived[i];
        uint16_t sequence = (uint16_t)(packet->bytes[2] << 8 | packet->bytes[3]);
        uint64_t index = srtp_packet_index_guess(srtp_replay_highest(&packet->flow->window), sequence);
        results[i] = srtp_replay_check(&packet->flow->window, index);
        if (results[i] != 0)
            continue;
        positions[count] = i;
        fresh[count++] = (struct srtp_packet){.keys = &packet->flow->keys,
                                              .dst = packet->bytes,
                                              .index = index,
                                              .length = packet->length,
                                              .header_length = packet->header_length,
                                              .ssrc = packet->flow->ssrc};
    }
    srtp_unprotect_burst(run->engine, fresh, count);
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
    struct srtp_packet jobs[BURST];
    for (unsigned i = 0; i < run->arrived_count; i++) {
        memcpy(expected[i], run->arrived[i].bytes, run->arrived[i].length);
        lengths[i] = (int)run->arrived[i].length;
        statuses[i] = srtp_unprotect(run->arrived[i].flow->receiver, expected[i], &lengths[i]);
    }
    unprotect_arrived(run, jobs, results);
    for (unsigned i = 0; i < run->arrived_count; i++) {
        bool ours = results[i] == 0, theirs = statuses[i] == srtp_err_status_ok;
        count_verdict(run, results[i]);
        if (ours != theirs || (ours && !run->arrived[i].intact))
            count_difference(run, "verdict", results[i], statuses[i]);
        else if (ours && (jobs[i].ret_length != (uint32_t)lengths[i] ||
                          memcmp(run->arrived[i].bytes, expected[i], jobs[i].ret_length) != 0))
            count_difference(run, "plaintext", (int)jobs[i].ret_length, lengths[i]);
    }
    run->arrived_count = 0;
    run->burst_limit = 1 + random_below(&run->random, BURST);
}

static void arrive(void *context, const struct wire_packet *packet)
{
    struct run *run = context;
    if (packet->fresh_jump) // else two jumps in one burst could exceed 2^15, which no index guess survives
        receive_burst(run);
    run->arrived[run->arrived_count++] = *packet;
    if (run->arrived_count >= run->burst_limit)
        receive_burst(run);
}

static void run_with(struct srtp_engine *engine, unsigned long total)
{
    struct run *run = calloc(1, sizeof(*run));
    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    run->engine = engine;
    run->random = 20260101;
    run->flows = oracle_open(run->engine, SRTP_USE_RTP, &run->random);
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
    printf("\n    %lu protected, %lu taken, %lu replayed, %lu stale, %lu forged, %lu ROC wraps\n", sent, run->taken,
           run->replayed, run->stale, run->forged, run->wraps);
    CU_ASSERT_EQUAL(run->differences, 0);
    CU_ASSERT_TRUE(run->taken > total / 10 * 9 && run->replayed > 0 && run->forged > 0);
    CU_ASSERT_TRUE(total < 1000000 || (run->wraps > FLOWS && run->stale > 0));
    oracle_close(run->flows);
    free(run);
}

static void agrees_with_libsrtp2(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        run_with(engines[e], e == 0 ? oracle_packets() : oracle_packets() / 10);
}

void oracle_rtp_suite(void)
{
    CU_pSuite suite = CU_add_suite("oracle_rtp", NULL, NULL);
    CU_ADD_TEST(suite, agrees_with_libsrtp2);
}
