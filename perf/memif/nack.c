// SPDX-License-Identifier: Apache-2.0
#include "nack.h"

#include "rtcp_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct nack_counts nack_counts;

#ifdef NARU_PERF_LIBSRTP
#include "peer_sessions.h"

#define VIEWER_SSRC 7

static struct peer_sessions sessions;
static uint32_t lost_each, until_lost;

int nack_open(const struct rooms *rooms, uint32_t each)
{
    nack_counts = (struct nack_counts){0};
    lost_each = until_lost = each;
    return peer_sessions_open(rooms, true, &sessions);
}

void nack_close(void)
{
    peer_sessions_close(&sessions);
    lost_each = 0;
}

int nack_ask(uint32_t transport, const uint8_t *rtp, uint8_t *ret_question)
{
    if (lost_each == 0 || --until_lost > 0)
        return 0;
    until_lost = lost_each;
    srtp_t session = peer_sessions_of(&sessions, transport);
    const uint16_t sequence = bytes_get16(rtp + 2);
    int size = rtcp_write_nack(ret_question, NACK_MAX - SRTP_MAX_TRAILER_LEN - SRTCP_INDEX_LENGTH, VIEWER_SSRC,
                               bytes_get32(rtp + 8), &sequence, 1);
    if (!session || size < 0 || srtp_protect_rtcp(session, ret_question, &size) != srtp_err_status_ok)
        return 0;
    nack_counts.lost++;
    return size;
}
#else
int nack_open(const struct rooms *rooms, uint32_t lost_each)
{
    (void)rooms, (void)lost_each;
    return 0;
}

void nack_close(void)
{
}

int nack_ask(uint32_t transport, const uint8_t *rtp, uint8_t *ret_question)
{
    (void)transport, (void)rtp, (void)ret_question;
    return 0;
}
#endif
