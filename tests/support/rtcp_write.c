// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "rtcp_report.h"

#include <string.h>

#define NTP_EPOCH_OFFSET 2208988800u

static uint64_t ntp_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ((uint64_t)ts.tv_sec + NTP_EPOCH_OFFSET) << 32 | ((uint64_t)ts.tv_nsec << 32) / NS_PER_S;
}

static void end_packet(uint8_t *start, unsigned count, unsigned type, size_t size)
{
    start[0] = (uint8_t)(0x80 | count);
    start[1] = (uint8_t)type;
    write16(start + 2, (uint16_t)(size / 4 - 1));
}

// RFC 3550 6.4.1 and A.3
static size_t put_block(uint8_t *at, struct media_sink *sink, uint64_t now)
{
    uint64_t expected = sink->rtp_highest - sink->rtp_base + 1u;
    int64_t lost = (int64_t)(expected - sink->rtp_received);
    uint64_t expected_interval = expected - sink->prior_expected;
    int64_t lost_interval = (int64_t)(expected_interval - (sink->rtp_received - sink->prior_received));
    sink->prior_expected = expected;
    sink->prior_received = sink->rtp_received;
    write32(at, sink->ssrc);
    at[4] = expected_interval && lost_interval > 0 ? (uint8_t)((lost_interval << 8) / (int64_t)expected_interval) : 0;
    write24(at + 5, (uint32_t)(lost < 0 ? 0 : lost) & 0x7fffff);
    write32(at + 8, sink->rtp_highest);
    write32(at + 12, (uint32_t)sink->jitter);
    write32(at + 16, sink->last_sr);
    write32(at + 20, sink->last_sr ? (uint32_t)((now - sink->last_sr_ns) * 65536 / NS_PER_S) : 0);
    return 24;
}

static size_t put_blocks(uint8_t *at, const struct rtcp_writer *writer, uint64_t now, unsigned *ret_count)
{
    size_t size = 0;
    *ret_count = 0;
    for (unsigned i = 0; i < writer->sink_count; i++) {
        if (!writer->sinks[i].rtp_received)
            continue;
        size += put_block(at + size, &writer->sinks[i], now);
        (*ret_count)++;
    }
    return size;
}

static size_t put_sender(uint8_t *at, const struct media_source *source)
{
    uint64_t ntp = ntp_now();
    write32(at + 4, source->ssrc);
    write64(at + 8, ntp);
    write32(at + 16, media_source_timestamp(source));
    write32(at + 20, (uint32_t)source->sent);
    write32(at + 24, (uint32_t)source->bytes);
    return 28;
}

static size_t put_description(uint8_t *at, uint32_t ssrc, const char *cname)
{
    size_t length = strlen(cname), size = 4 + 4 + 2 + length + 1;
    size_t padded = (size + 3) & ~(size_t)3;
    memset(at, 0, padded);
    write32(at + 4, ssrc);
    at[8] = 1; // CNAME
    at[9] = (uint8_t)length;
    memcpy(at + 10, cname, length);
    end_packet(at, 1, 202, padded);
    return padded;
}

size_t rtcp_write_report(const struct rtcp_writer *writer, uint64_t now, uint8_t packet[RTCP_PACKET_MAX])
{
    size_t at = 0;
    unsigned blocks = 0;
    for (unsigned i = 0; i < writer->source_count; i++) {
        size_t start = at;
        at += put_sender(packet + at, &writer->sources[i]);
        blocks = 0;
        if (i == 0)
            at += put_blocks(packet + at, writer, now, &blocks);
        end_packet(packet + start, blocks, 200, at - start);
    }
    if (!writer->source_count) {
        write32(packet + 4, writer->own_ssrc);
        at = 8 + put_blocks(packet + 8, writer, now, &blocks);
        end_packet(packet, blocks, 201, at);
        at += put_description(packet + at, writer->own_ssrc, writer->cname);
    }
    for (unsigned i = 0; i < writer->source_count; i++)
        at += put_description(packet + at, writer->sources[i].ssrc, writer->cname);
    return at;
}

size_t rtcp_write_pli(uint32_t own_ssrc, uint32_t media_ssrc, uint8_t packet[RTCP_PACKET_MAX])
{
    write32(packet + 4, own_ssrc);
    write32(packet + 8, media_ssrc);
    end_packet(packet, 1, 206, 12);
    return 12;
}
