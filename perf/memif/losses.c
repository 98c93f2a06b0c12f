// SPDX-License-Identifier: Apache-2.0
#include "losses.h"

#include "traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct losses_counts losses_counts;

#ifdef NARU_PERF_LIBSRTP
#include "peer_sessions.h"
#include "rtcp_feedback.h"

#define KEPT       8    // of one source
#define FRAME_SIZE 2048 // with its lost_frame
#define SRTCP_MOST 1500

static struct {
    struct peer_sessions sessions;
    uint8_t *frames; // by transport, KEPT each
    uint8_t *next;   // place in them
    uint32_t each, until;
} losses;

int losses_open(const struct rooms *rooms, uint32_t lost_each)
{
    int error = peer_sessions_open(rooms, false, &losses.sessions);
    if (error)
        return error;
    losses.frames = calloc(rooms->transports, (size_t)KEPT * FRAME_SIZE);
    losses.next = calloc(rooms->transports, 1);
    if (!losses.frames || !losses.next)
        return -ENOMEM;
    losses.each = losses.until = lost_each;
    return 0;
}

void losses_close(void)
{
    peer_sessions_close(&losses.sessions);
    free(losses.frames);
    free(losses.next);
    memset(&losses, 0, sizeof(losses));
}

static struct lost_frame *frame_of(uint32_t transport, unsigned place)
{
    return (struct lost_frame *)(losses.frames + ((size_t)transport * KEPT + place) * FRAME_SIZE);
}

int losses_next(unsigned count)
{
    if (losses.each == 0)
        return -1;
    if (losses.until > count) {
        losses.until -= count;
        return -1;
    }
    int at = (int)losses.until - 1;
    losses.until = losses.each - (count - (unsigned)at - 1);
    return at;
}

void losses_keep(const uint8_t *frame, uint16_t size)
{
    const uint32_t transport = traffic_address_transport(frame + TRAFFIC_IPV4_SOURCE);
    struct lost_frame *kept = frame_of(transport, losses.next[transport]);
    losses.next[transport] = (losses.next[transport] + 1) % KEPT;
    *kept = (struct lost_frame){.sequence = bytes_get16(frame + TRAFFIC_FRAME_HEADER + 2), .size = size, .kept = true};
    memcpy(kept->data, frame, size);
    losses_counts.lost++;
}

static const struct lost_frame *take(uint32_t transport, uint16_t sequence)
{
    for (unsigned i = 0; i < KEPT; i++) {
        struct lost_frame *frame = frame_of(transport, i);
        if (!frame->kept || frame->sequence != sequence)
            continue;
        losses_counts.asked += !frame->asked;
        losses_counts.again += frame->asked;
        frame->asked = true;
        return frame;
    }
    return NULL;
}

static unsigned take_nack(uint32_t transport, const struct rtcp_feedback *feedback,
                          const struct lost_frame **ret_frames, unsigned most)
{
    uint16_t sequences[RTCP_NACK_BATCH_MAX];
    const int entries = rtcp_parse_nack(feedback);
    unsigned count = 0;
    for (int entry = 0; entry < entries; entry++) {
        const unsigned named = rtcp_get_nack(feedback, (unsigned)entry, sequences);
        for (unsigned i = 0; i < named && count < most; i++)
            if ((ret_frames[count] = take(transport, sequences[i])))
                count++;
    }
    return count;
}

// The compound in the clear, its size in place; false: not the gateway's.
static bool decrypt(uint32_t transport, uint8_t *data, int *size)
{
    srtp_t session = peer_sessions_of(&losses.sessions, transport);
    return session && srtp_unprotect_rtcp(session, data, size) == srtp_err_status_ok;
}

unsigned losses_asked(uint32_t transport, const uint8_t *srtcp, size_t size, const struct lost_frame **ret_frames)
{
    uint8_t plain[SRTCP_MOST];
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    unsigned count = 0;
    int length = (int)size;
    if (losses.each == 0 || size > sizeof(plain))
        return 0;
    memcpy(plain, srtcp, size);
    if (!decrypt(transport, plain, &length))
        return 0;
    struct rtcp_iterator iterator = rtcp_begin(plain, (size_t)length);
    while (rtcp_next(&iterator, &packet))
        if (packet.type == RTCP_RTPFB && packet.count == RTCP_NACK && rtcp_parse_feedback(&packet, &feedback) == 0)
            count += take_nack(transport, &feedback, ret_frames + count, LOSSES_MAX - count);
    return count;
}
#else
int losses_open(const struct rooms *rooms, uint32_t lost_each)
{
    (void)rooms, (void)lost_each;
    return 0;
}

void losses_close(void)
{
}

int losses_next(unsigned count)
{
    (void)count;
    return -1;
}

void losses_keep(const uint8_t *frame, uint16_t size)
{
    (void)frame, (void)size;
}

unsigned losses_asked(uint32_t transport, const uint8_t *srtcp, size_t size, const struct lost_frame **ret_frames)
{
    (void)transport, (void)srtcp, (void)size, (void)ret_frames;
    return 0;
}
#endif
