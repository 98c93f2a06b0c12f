// SPDX-License-Identifier: Apache-2.0
#include "rtcp_writer.h"

#include <errno.h>

// Writes the header and returns the packet's size.
static int begin(uint8_t *data, size_t capacity, enum rtcp_type type, unsigned count, size_t size)
{
    if (size > capacity || size > UINT16_MAX)
        return -ENOSPC;
    data[0] = (uint8_t)(0x80 | count);
    data[1] = (uint8_t)type;
    bytes_put16(data + 2, (uint16_t)(size / 4 - 1));
    return (int)size;
}

static int begin_feedback(uint8_t *data, size_t capacity, enum rtcp_type type, unsigned format, uint32_t sender_ssrc,
                          uint32_t media_ssrc, size_t fci_size)
{
    int size = begin(data, capacity, type, format, 12 + fci_size);
    if (size > 0) {
        bytes_put32(data + 4, sender_ssrc);
        bytes_put32(data + 8, media_ssrc);
    }
    return size;
}

static int32_t clamp_lost(int32_t lost)
{
    return lost > 0x7fffff ? 0x7fffff : lost < -0x800000 ? -0x800000 : lost;
}

static void write_reports(uint8_t *data, const struct rtcp_report *reports, unsigned count)
{
    for (unsigned i = 0; i < count; i++, data += 24) {
        bytes_put32(data, reports[i].ssrc);
        data[4] = reports[i].fraction_lost;
        bytes_put24(data + 5, (uint32_t)clamp_lost(reports[i].lost));
        bytes_put32(data + 8, reports[i].highest);
        bytes_put32(data + 12, reports[i].jitter);
        bytes_put32(data + 16, reports[i].last_sr);
        bytes_put32(data + 20, reports[i].delay);
    }
}

int rtcp_write_sr(uint8_t *data, size_t capacity, const struct rtcp_sender_info *info,
                  const struct rtcp_report *reports, unsigned count)
{
    if (count > RTCP_REPORTS_MAX)
        return -EINVAL;
    int size = begin(data, capacity, RTCP_SR, count, 28 + 24u * count);
    if (size < 0)
        return size;
    bytes_put32(data + 4, info->ssrc);
    bytes_put64(data + 8, info->ntp);
    bytes_put32(data + 16, info->rtp_timestamp);
    bytes_put32(data + 20, info->packets);
    bytes_put32(data + 24, info->octets);
    write_reports(data + 28, reports, count);
    return size;
}

int rtcp_write_rr(uint8_t *data, size_t capacity, uint32_t ssrc, const struct rtcp_report *reports, unsigned count)
{
    if (count > RTCP_REPORTS_MAX)
        return -EINVAL;
    int size = begin(data, capacity, RTCP_RR, count, 8 + 24u * count);
    if (size < 0)
        return size;
    bytes_put32(data + 4, ssrc);
    write_reports(data + 8, reports, count);
    return size;
}

int rtcp_write_sdes_cname(uint8_t *data, size_t capacity, uint32_t ssrc, const char *cname, size_t cname_size)
{
    if (cname_size > RTCP_CNAME_MAX)
        return -EINVAL;
    // At least one zero ends the list of items.
    size_t used = 4 + 4 + 2 + cname_size;
    size_t padded = (used & ~(size_t)3) + 4;
    int size = begin(data, capacity, RTCP_SDES, 1, padded);
    if (size < 0)
        return size;
    bytes_put32(data + 4, ssrc);
    data[8] = RTCP_SDES_CNAME;
    data[9] = (uint8_t)cname_size;
    memcpy(data + 10, cname, cname_size);
    memset(data + used, 0, padded - used);
    return size;
}

int rtcp_write_bye(uint8_t *data, size_t capacity, const uint32_t *ssrcs, unsigned count)
{
    if (count > RTCP_BYE_MAX)
        return -EINVAL;
    int size = begin(data, capacity, RTCP_BYE, count, 4 + 4u * count);
    for (unsigned i = 0; size > 0 && i < count; i++)
        bytes_put32(data + 4 + 4 * i, ssrcs[i]);
    return size;
}

int rtcp_write_pli(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc)
{
    return begin_feedback(data, capacity, RTCP_PSFB, RTCP_PLI, sender_ssrc, media_ssrc, 0);
}

int rtcp_write_fir(uint8_t *data, size_t capacity, uint32_t sender_ssrc, const struct rtcp_fir *entries, unsigned count)
{
    // RFC 5104 4.3.1.2: the media SSRC is 0, the entries name the streams.
    int size = begin_feedback(data, capacity, RTCP_PSFB, RTCP_FIR, sender_ssrc, 0, 8 * (size_t)count);
    for (unsigned i = 0; size > 0 && i < count; i++) {
        bytes_put32(data + 12 + 8 * i, entries[i].ssrc);
        bytes_put32(data + 16 + 8 * i, (uint32_t)entries[i].sequence << 24);
    }
    return size;
}

int rtcp_write_nack(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc,
                    const uint16_t *sequences, unsigned count)
{
    size_t entries = 0;
    for (unsigned i = 0; i < count; entries++) {
        uint16_t first = sequences[i++];
        uint16_t mask = 0;
        for (; i < count; i++) {
            uint16_t distance = (uint16_t)(sequences[i] - first - 1);
            if (distance > 15)
                break;
            mask |= (uint16_t)(1u << distance);
        }
        if (16 + 4 * entries > capacity)
            return -ENOSPC;
        bytes_put16(data + 12 + 4 * entries, first);
        bytes_put16(data + 14 + 4 * entries, mask);
    }
    return begin_feedback(data, capacity, RTCP_RTPFB, RTCP_NACK, sender_ssrc, media_ssrc, 4 * entries);
}

int rtcp_write_remb(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint64_t bitrate, const uint32_t *ssrcs,
                    unsigned count)
{
    if (count > RTCP_REMB_SSRCS_MAX)
        return -EINVAL;
    int size = begin_feedback(data, capacity, RTCP_PSFB, RTCP_AFB, sender_ssrc, 0, 8 + 4 * (size_t)count);
    if (size < 0)
        return size;
    unsigned exponent = bitrate >> 18 ? 46u - (unsigned)__builtin_clzll(bitrate) : 0;
    memcpy(data + 12, "REMB", 4);
    data[16] = (uint8_t)count;
    bytes_put24(data + 17, exponent << 18 | (uint32_t)(bitrate >> exponent));
    for (unsigned i = 0; i < count; i++)
        bytes_put32(data + 20 + 4 * i, ssrcs[i]);
    return size;
}
