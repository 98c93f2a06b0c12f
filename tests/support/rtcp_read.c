// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "rtcp_report.h"

#include <errno.h>
#include <string.h>

#define COMPOUND_MAX 64

struct reader {
    struct rtcp_counters *counters;
    struct rtcp_requests *requests;
};

static void ask_keyframe(struct rtcp_requests *requests, uint32_t ssrc)
{
    if (requests->keyframe_count < RTCP_KEYFRAME_REQUESTS_MAX)
        requests->keyframes[requests->keyframe_count++] = ssrc;
}

static int read_blocks(struct rtcp_counters *counters, const uint8_t *blocks, size_t size, unsigned count)
{
    if (size < 24u * count)
        return -EBADMSG;
    for (unsigned i = 0; i < count; i++)
        if (blocks[24 * i + 4] > counters->worst_fraction_lost)
            counters->worst_fraction_lost = blocks[24 * i + 4];
    return 0;
}

static int read_sender_report(struct reader *reader, const uint8_t *data, size_t size)
{
    struct rtcp_requests *requests = reader->requests;
    if (size < 28)
        return -EBADMSG;
    reader->counters->sr++;
    if (requests->sender_count < 4)
        requests->senders[requests->sender_count++] = (struct rtcp_sender_info){read32(data + 4), read32(data + 10)};
    return read_blocks(reader->counters, data + 28, size - 28, data[0] & 31);
}

static int read_receiver_report(struct reader *reader, const uint8_t *data, size_t size)
{
    if (size < 8)
        return -EBADMSG;
    reader->counters->rr++;
    return read_blocks(reader->counters, data + 8, size - 8, data[0] & 31);
}

static int read_nack(struct reader *reader, const uint8_t *data, size_t size)
{
    struct rtcp_requests *requests = reader->requests;
    reader->counters->nack++;
    for (size_t at = 12; at + 4 <= size; at += 4) {
        uint32_t named = 1u | (uint32_t)read16(data + at + 2) << 1;
        reader->counters->nack_packets += (unsigned)__builtin_popcount(named);
        for (unsigned bit = 0; bit < 17 && requests->nacked_count < RTCP_NACKED_MAX; bit++)
            if (named >> bit & 1)
                requests->nacked[requests->nacked_count++] = (uint16_t)(read16(data + at) + bit);
    }
    return 0;
}

// draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1
static int read_twcc(struct rtcp_counters *counters, const uint8_t *data, size_t size)
{
    if (size < 20)
        return -EBADMSG;
    counters->twcc++;
    counters->twcc_packets += read16(data + 14);
    return 0;
}

// draft-alvestrand-rmcat-remb-03 2.2
static int read_remb(struct rtcp_counters *counters, const uint8_t *data, size_t size)
{
    if (size < 20 || size < 20 + 4u * data[16])
        return -EBADMSG;
    uint64_t mantissa = read24(data + 17) & 0x3ffff;
    uint64_t bps = mantissa << (data[17] >> 2);
    counters->remb++;
    counters->remb_bps = bps;
    if (bps < counters->remb_min_bps || counters->remb == 1)
        counters->remb_min_bps = bps;
    if (bps > counters->remb_max_bps)
        counters->remb_max_bps = bps;
    return 0;
}

static int read_transport_feedback(struct reader *reader, const uint8_t *data, size_t size)
{
    if (size < 16)
        return -EBADMSG;
    switch (data[0] & 31) {
    case 1:
        return read_nack(reader, data, size);
    case 15:
        return read_twcc(reader->counters, data, size);
    default:
        reader->counters->other++;
        return 0;
    }
}

static int read_fir(struct reader *reader, const uint8_t *data, size_t size)
{
    if (size < 20)
        return -EBADMSG;
    reader->counters->fir++;
    for (size_t at = 12; at + 8 <= size; at += 8)
        ask_keyframe(reader->requests, read32(data + at));
    return 0;
}

static int read_payload_feedback(struct reader *reader, const uint8_t *data, size_t size)
{
    if (size < 12)
        return -EBADMSG;
    unsigned format = data[0] & 31;
    if (format == 1) {
        reader->counters->pli++;
        ask_keyframe(reader->requests, read32(data + 8));
        return 0;
    }
    if (format == 4)
        return read_fir(reader, data, size);
    if (format == 15 && size >= 16 && !memcmp(data + 12, "REMB", 4))
        return read_remb(reader->counters, data, size);
    reader->counters->other++;
    return 0;
}

static int read_packet(struct reader *reader, const uint8_t *data, size_t size)
{
    switch (data[1]) {
    case 200:
        return read_sender_report(reader, data, size);
    case 201:
        return read_receiver_report(reader, data, size);
    case 202:
        reader->counters->sdes++;
        return 0;
    case 203:
        reader->counters->bye++;
        return 0;
    case 204:
        reader->counters->app++;
        return 0;
    case 205:
        return read_transport_feedback(reader, data, size);
    case 206:
        return read_payload_feedback(reader, data, size);
    default:
        reader->counters->other++;
        return 0;
    }
}

int rtcp_read(const uint8_t *data, size_t size, struct rtcp_counters *counters, struct rtcp_requests *ret_requests)
{
    *ret_requests = (struct rtcp_requests){0};
    struct reader reader = {counters, ret_requests};
    counters->compounds++;
    unsigned packets = 0;
    for (size_t at = 0; at < size; packets++) {
        if (size - at < 4 || data[at] >> 6 != 2 || packets == COMPOUND_MAX)
            return -EBADMSG;
        size_t length = 4u * (read16(data + at + 2) + 1u);
        if (length > size - at || read_packet(&reader, data + at, length))
            return -EBADMSG;
        at += length;
    }
    return packets ? (int)size : -EBADMSG;
}
