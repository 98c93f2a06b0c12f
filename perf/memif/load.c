// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include "gateway.h"
#include "losses.h"
#include "measure.h"
#include "peer.h"
#include "process.h"

#define MEDIA_BURST  32u
#define FLOOD_BURST  128u
#define BACKLOG      512.0 // packets; what was missed beyond is not made up for
#define SLICE_MS     1
#define RECOVERY     2
#define MINE_US      50
#define THEIRS_US    100
#define PART_SECONDS 0.4
#define SETTLE_MS    20 // without a packet: all have come back

static double per_us;

// Packets of a constant rate that are due and not made yet.
struct pace {
    double per_cycle, due;
    uint64_t last;
};

static unsigned pace_due(struct pace *pace, uint64_t now, unsigned most)
{
    pace->due += (double)(now - pace->last) * pace->per_cycle;
    pace->last = now;
    if (pace->due > BACKLOG)
        pace->due = BACKLOG;
    unsigned count = pace->due > most ? most : (unsigned)pace->due;
    pace->due -= count;
    return count;
}

struct watch {
    uint64_t last_mine, last_theirs, walks;
    bool disturbed;
};

static void note(struct gaps *gaps, uint64_t cycles)
{
    double us = (double)cycles / per_us;
    gaps->count++;
    gaps->total_us += us;
    if (us > gaps->longest_us)
        gaps->longest_us = us;
}

static void watch_both(struct watch *watch, uint64_t now, struct load_result *result)
{
    uint64_t walks = counter_get(&tables_worker_state(gateway.tables, 0)->walks), here = now - watch->last_mine;
    bool was_away = (double)here > MINE_US * per_us;
    if (was_away)
        note(&result->mine, here);
    if (walks == watch->walks && !was_away) {
        watch->last_mine = now;
        return;
    }
    uint64_t there = now - watch->last_theirs;
    bool they_were_away = !was_away && (double)there > THEIRS_US * per_us;
    if (they_were_away)
        note(&result->theirs, there);
    watch->disturbed |= was_away || they_were_away;
    watch->last_mine = watch->last_theirs = now;
    watch->walks = walks;
}

struct run {
    const struct load *load;
    struct traffic *traffic;
    struct load_result *result;
    struct pace media, flood;
    struct watch watch;
    struct histogram slice;
    unsigned recovering; // slices in which what had piled up is still worked off
};

static void end_slice(struct run *run)
{
    struct load_result *result = run->result;
    bool clean = !run->watch.disturbed && run->recovering == 0;
    histogram_merge(&result->all, &run->slice);
    if (clean)
        histogram_merge(&result->gated, &run->slice);
    result->slices++;
    result->clean += clean;
    run->recovering = run->watch.disturbed ? RECOVERY : run->recovering - (run->recovering > 0);
    run->watch.disturbed = false;
    memset(&run->slice, 0, sizeof(run->slice));
}

static void send_flood(struct run *run, uint64_t now)
{
    struct device_feed *feed = run->load->flood;
    unsigned count = pace_due(&run->flood, now, FLOOD_BURST);
    if (feed->next + count > feed->count)
        feed->next = 0;
    unsigned sent = peer_send(feed, feed->next, count);
    feed->next += count;
    run->result->flood_offered += count;
    run->result->flood_refused += count - sent;
}

static void keep_frame(const struct device_feed *feed, unsigned index)
{
    losses_keep(feed->frames + (size_t)index * feed->stride, feed->sizes[index]);
}

static void send_media(struct run *run, uint64_t now)
{
    unsigned count = pace_due(&run->media, now, MEDIA_BURST);
    if (count == 0)
        return;
    traffic_fill(run->traffic, count);
    const int lost = losses_next(count);
    unsigned sent = peer_send(&run->traffic->feed, 0, lost < 0 ? count : (unsigned)lost);
    if (lost >= 0) {
        keep_frame(&run->traffic->feed, (unsigned)lost);
        sent += 1 + peer_send(&run->traffic->feed, (unsigned)lost + 1, count - (unsigned)lost - 1);
    }
    run->result->offered += count;
    run->result->refused += count - sent;
}

static void settle(void)
{
    uint64_t ms = (uint64_t)(per_us * 1000), quiet_since = __rdtsc(), began = quiet_since;
    uint64_t media = peer.counts.media;
    while (__rdtsc() - quiet_since < SETTLE_MS * ms && __rdtsc() - began < 500 * ms) {
        peer_poll();
        if (peer.counts.media != media)
            quiet_since = __rdtsc();
        media = peer.counts.media;
    }
}

// The CPU is this thread's alone meanwhile, but for a moment between two parts: the kernel takes a twentieth of each
// second from who never gives it back.
static void run_part(struct run *run, uint64_t cycles)
{
    const uint64_t slice = (uint64_t)(per_us * 1000 * SLICE_MS);
    uint64_t began = __rdtsc(), now = began, slice_end = began + slice;
    run->media.last = run->flood.last = run->watch.last_mine = run->watch.last_theirs = began;
    measure_begin();
    while (now - began < cycles) {
        now = __rdtsc();
        watch_both(&run->watch, now, run->result);
        if (now > slice_end) {
            end_slice(run);
            slice_end += slice;
        }
        if (run->load->flood)
            send_flood(run, now);
        send_media(run, now);
        peer_poll();
    }
    run->result->seconds += (double)(now - began) / (per_us * 1e6);
    settle();
    (void)measure_end();
}

int load_run(const struct load *load, struct traffic *traffic, struct load_result *ret_result)
{
    static struct run run;
    per_us = measure_cycles_per_second() / 1e6;
    memset(ret_result, 0, sizeof(*ret_result));
    run = (struct run){.load = load,
                       .traffic = traffic,
                       .result = ret_result,
                       .media.per_cycle = load->rate / per_us / 1e6,
                       .flood.per_cycle = load->flood_rate / per_us / 1e6};
    uint64_t media = peer.counts.media;
    peer.latency = load->latency ? &run.slice : NULL;
    double left = load->seconds;
    for (; left > PART_SECONDS; left -= PART_SECONDS)
        run_part(&run, (uint64_t)(PART_SECONDS * per_us * 1e6));
    run_part(&run, (uint64_t)(left * per_us * 1e6));
    end_slice(&run);
    peer.latency = NULL;
    ret_result->received = peer.counts.media - media;
    ret_result->expected = load->drops_all ? 0 : ret_result->offered * rooms_copies(traffic->rooms);
    ret_result->rate = (double)ret_result->offered / ret_result->seconds;
    ret_result->flood_rate = (double)ret_result->flood_offered / ret_result->seconds;
    return process_wait(&gateway.process, 0) ? -1 : 0;
}
