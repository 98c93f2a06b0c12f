// SPDX-License-Identifier: Apache-2.0
#include "nack.h"

#include "crypto.h"
#include "rtcp_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct nack_counts nack_counts;

#ifdef NARU_PERF_LIBSRTP
#include "libsrtp.h"

#define VIEWER_SSRC 7

static srtp_t *sessions; // by transport, made when it first asks
static const struct rooms *rooms;
static uint32_t lost_each, until_lost;

int nack_open(const struct rooms *of, uint32_t each)
{
    if (!crypto_start_libsrtp())
        return -ENOTSUP;
    nack_counts = (struct nack_counts){0};
    rooms = of;
    lost_each = until_lost = each;
    sessions = calloc(of->transports, sizeof(*sessions));
    return sessions ? 0 : -ENOMEM;
}

void nack_close(void)
{
    for (uint32_t i = 0; sessions && i < rooms->transports; i++)
        if (sessions[i])
            srtp_dealloc(sessions[i]);
    free(sessions);
    sessions = NULL;
    lost_each = 0;
}

static srtp_t session_of(uint32_t transport)
{
    struct transport_keys keys;
    if (!sessions[transport]) {
        rooms_keys(rooms, transport, &keys);
        sessions[transport] = libsrtp_open(keys.suite, keys.receive_key, keys.receive_salt, ssrc_any_outbound);
    }
    return sessions[transport];
}

int nack_ask(uint32_t transport, const uint8_t *rtp, uint8_t *ret_question)
{
    if (lost_each == 0 || --until_lost > 0)
        return 0;
    until_lost = lost_each;
    srtp_t session = session_of(transport);
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
