// SPDX-License-Identifier: Apache-2.0
#include "window.h"

#include "byte_order.h"
#include "pace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH         64
#define ROOM          2048
#define SAMPLES       1024
#define SAMPLE_EACH   997             // beside the first of each receiver
#define ROUND_NS      (4 * NS_PER_MS) // each receiver is read once in it
#define DRAIN_NS      (150 * NS_PER_MS)
#define SETTLE_ROUNDS 3

struct window {
    struct load *load;
    uint64_t received;
    unsigned next_receiver, sample_count;
};

static struct {
    unsigned receiver;
    size_t size;
    uint8_t bytes[ROOM];
} samples[SAMPLES];

static void open_batch(struct mmsghdr messages[BATCH], struct iovec vectors[BATCH])
{
    memset(messages, 0, BATCH * sizeof(*messages));
    for (unsigned i = 0; i < BATCH; i++) {
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

// RFC 7983, RFC 5761 4
static bool is_rtp(const uint8_t *packet, size_t size)
{
    return size > LOAD_RTP_HEADER && packet[0] >> 6 == 2 && ((packet[1] & 0x7f) < 64 || (packet[1] & 0x7f) > 95);
}

static void take(struct window *window, unsigned index, const uint8_t *packet, size_t size)
{
    struct receiver *receiver = &window->load->receivers[index];
    if (!is_rtp(packet, size))
        return;
    bool wanted = receiver->wants_sample || window->received % SAMPLE_EACH == 0;
    window->received++;
    if (!wanted || window->sample_count == SAMPLES)
        return;
    receiver->wants_sample = false;
    samples[window->sample_count].receiver = index;
    samples[window->sample_count].size = size;
    memcpy(samples[window->sample_count++].bytes, packet, size);
}

static unsigned read_receiver(struct window *window, unsigned index)
{
    static uint8_t buffers[BATCH][ROOM];
    static struct mmsghdr messages[BATCH];
    static struct iovec vectors[BATCH];
    if (!vectors[0].iov_base) {
        open_batch(messages, vectors);
        for (unsigned i = 0; i < BATCH; i++)
            vectors[i] = (struct iovec){buffers[i], ROOM};
    }
    unsigned sum = 0;
    for (int count = BATCH; count == BATCH;) {
        count = recvmmsg(window->load->receivers[index].fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < count; i++)
            take(window, index, buffers[i], messages[i].msg_len);
        sum += count > 0 ? (unsigned)count : 0;
    }
    return sum;
}

// A tick's share of all receivers.
static void read_some(struct window *window)
{
    unsigned count = window->load->receiver_count;
    unsigned share = (unsigned)(count * PACE_TICK_NS / ROUND_NS) + 1;
    for (unsigned i = 0; i < share; i++) {
        read_receiver(window, window->next_receiver);
        window->next_receiver = (window->next_receiver + 1) % count;
    }
}

static unsigned read_all(struct window *window)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < window->load->receiver_count; i++)
        sum += read_receiver(window, i);
    return sum;
}

// A full device queue is no loss yet: what was not taken is offered again in the next tick.
static uint64_t send_frames(const struct load *load, uint64_t first, uint64_t due)
{
    static struct mmsghdr messages[BATCH];
    static struct iovec vectors[BATCH];
    if (!messages[0].msg_hdr.msg_iov)
        open_batch(messages, vectors);
    while (first < due) {
        unsigned count = due - first < BATCH ? (unsigned)(due - first) : BATCH;
        for (unsigned i = 0; i < count; i++)
            vectors[i] = (struct iovec){load->frames + (first + i) * load->stride, load->sizes[first + i]};
        int sent = sendmmsg(load->raw, messages, count, MSG_DONTWAIT);
        if (sent <= 0)
            break;
        first += (unsigned)sent;
    }
    return first;
}

static void send_all(struct window *window, double rate, uint64_t total, double *ret_late)
{
    uint64_t began = clock_now(), sent = 0, ticks = 0;
    while (sent < total) {
        uint64_t elapsed = clock_now() - began;
        sent = send_frames(window->load, sent, pace_due(rate, elapsed, sent, total));
        read_some(window);
        for (ticks = elapsed / PACE_TICK_NS + 1; (clock_now() - began) / PACE_TICK_NS < ticks;)
            __builtin_ia32_pause();
    }
    double took = (double)(clock_now() - began) / 1e9, wanted = (double)total / rate;
    *ret_late = took > wanted ? took - wanted : 0;
}

static int check_samples(const struct window *window)
{
    for (unsigned i = 0; i < window->sample_count; i++) {
        const struct receiver *receiver = &window->load->receivers[samples[i].receiver];
        const char *wrong = load_check(window->load, receiver, samples[i].bytes, samples[i].size);
        if (!wrong)
            continue;
        fprintf(stderr, "naru-peers: a packet that came back %s (receiver %u of %u, %zu bytes)\n", wrong,
                samples[i].receiver, window->load->receiver_count, samples[i].size);
        return -EBADMSG;
    }
    return 0;
}

static void account(const struct cpu_time *before, const struct cpu_time *after, struct window_result *result)
{
    double packets = result->received ? (double)result->received : 1;
    result->cpu_us = (double)(after->process_ns - before->process_ns) / 1e3 / packets;
    result->softirq_us = (double)(after->softirq_ns - before->softirq_ns) / 1e3 / packets;
    result->steal = (double)(after->steal_ns - before->steal_ns) / 1e9 / result->seconds;
}

static void settle(struct window *window)
{
    // What an overloaded server still held must not count for this window.
    for (unsigned quiet = 0; quiet < SETTLE_ROUNDS; quiet = read_all(window) ? 0 : quiet + 1)
        ;
    if (window->load->between)
        window->load->between(window->load, window->load->server);
    window->received = window->sample_count = 0;
    for (unsigned i = 0; i < window->load->receiver_count; i++)
        window->load->receivers[i].wants_sample = true;
}

int window_run(struct load *load, const struct window_server *server, double rate, double seconds,
               struct window_result *ret_result)
{
    struct window window = {.load = load};
    struct cpu_time before, after;
    uint64_t total = (uint64_t)(rate * seconds);
    total = total < load->capacity ? total : load->capacity;
    *ret_result = (struct window_result){.rate = rate, .seconds = (double)total / rate, .sent = total};
    if (load_build(load, total))
        return -EBADMSG;
    settle(&window);
    cpu_time_read(server->pid, server->cpu, &before);
    send_all(&window, rate, total, &ret_result->late);
    for (uint64_t began = clock_now(); clock_now() - began < DRAIN_NS;)
        read_all(&window);
    cpu_time_read(server->pid, server->cpu, &after);
    uint64_t wanted = total * load->copies;
    ret_result->received = window.received;
    ret_result->loss = window.received < wanted ? 1 - (double)window.received / (double)wanted : 0;
    ret_result->checked = window.sample_count;
    account(&before, &after, ret_result);
    return check_samples(&window);
}
