// SPDX-License-Identifier: Apache-2.0
#include "rtcp_feedback.h"

#include <errno.h>

#define FEEDBACK_COMMON_SIZE 12 // header, sender's SSRC, media SSRC
#define NACK_SIZE            4
#define FIR_SIZE             8
#define REMB_SIZE            8 // "REMB", count, exponent and mantissa

int rtcp_parse_feedback(const struct rtcp_packet *packet, struct rtcp_feedback *ret_feedback)
{
    if (packet->type != RTCP_RTPFB && packet->type != RTCP_PSFB)
        return -EBADMSG;
    if (packet->size < FEEDBACK_COMMON_SIZE)
        return -EBADMSG;
    *ret_feedback = (struct rtcp_feedback){
        .fci = packet->data + FEEDBACK_COMMON_SIZE,
        .fci_size = packet->size - FEEDBACK_COMMON_SIZE,
        .sender_ssrc = bytes_get32(packet->data + 4),
        .media_ssrc = bytes_get32(packet->data + 8),
        .type = packet->type,
        .format = packet->count,
    };
    return 0;
}

static int count_entries(const struct rtcp_feedback *feedback, uint8_t type, uint8_t format, unsigned entry_size)
{
    bool whole = feedback->fci_size >= entry_size && feedback->fci_size % entry_size == 0;
    return feedback->type == type && feedback->format == format && whole ? feedback->fci_size / (int)entry_size
                                                                         : -EBADMSG;
}

int rtcp_parse_nack(const struct rtcp_feedback *feedback)
{
    return count_entries(feedback, RTCP_RTPFB, RTCP_NACK, NACK_SIZE);
}

unsigned rtcp_get_nack(const struct rtcp_feedback *feedback, unsigned index,
                       uint16_t ret_sequences[RTCP_NACK_BATCH_MAX])
{
    const uint8_t *entry = feedback->fci + (size_t)index * NACK_SIZE;
    uint16_t first = bytes_get16(entry);
    unsigned count = 0;
    ret_sequences[count++] = first;
    for (unsigned mask = bytes_get16(entry + 2); mask; mask &= mask - 1)
        ret_sequences[count++] = (uint16_t)(first + 1 + __builtin_ctz(mask));
    return count;
}

int rtcp_parse_fir(const struct rtcp_feedback *feedback)
{
    return count_entries(feedback, RTCP_PSFB, RTCP_FIR, FIR_SIZE);
}

void rtcp_get_fir(const struct rtcp_feedback *feedback, unsigned index, struct rtcp_fir *ret_fir)
{
    const uint8_t *entry = feedback->fci + (size_t)index * FIR_SIZE;
    *ret_fir = (struct rtcp_fir){.ssrc = bytes_get32(entry), .sequence = entry[4]};
}

int rtcp_parse_remb(const struct rtcp_feedback *feedback, struct rtcp_remb *ret_remb)
{
    if (feedback->type != RTCP_PSFB || feedback->format != RTCP_AFB || feedback->fci_size < REMB_SIZE)
        return -EBADMSG;
    const uint8_t *fci = feedback->fci;
    uint8_t count = fci[4];
    uint8_t exponent = fci[5] >> 2;
    uint64_t mantissa = bytes_get24(fci + 5) & 0x3ffff;
    if (memcmp(fci, "REMB", 4) || 4 * count > feedback->fci_size - REMB_SIZE ||
        mantissa << exponent >> exponent != mantissa)
        return -EBADMSG;
    *ret_remb = (struct rtcp_remb){.ssrcs = fci + REMB_SIZE, .bitrate = mantissa << exponent, .count = count};
    return 0;
}
