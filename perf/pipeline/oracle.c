// SPDX-License-Identifier: Apache-2.0
#include "oracle.h"

#include "crypto.h"

#include <stdlib.h>
#include <string.h>

#ifdef NARU_PERF_LIBSRTP
#include "libsrtp.h"

#define FRAME_MAX 2048

static struct {
    uint8_t bytes[FRAME_MAX];
    uint32_t size;
} sample[ORACLE_SAMPLE];
static unsigned count, seen;
static uint8_t wanted_type;

void oracle_keep(const uint8_t *frame, uint32_t size)
{
    const uint8_t *rtp = frame + TRAFFIC_FRAME_HEADER;
    bool is_media = size > TRAFFIC_FRAME_HEADER + TRAFFIC_RTP_SENT && size <= FRAME_MAX && rtp[0] >> 6 == 2 &&
                    (rtp[1] & 0x7f) == wanted_type;
    // Every seventh, so that the sample spreads over bursts.
    if (!is_media || seen++ % 7 != 0 || count == ORACLE_SAMPLE)
        return;
    memcpy(sample[count].bytes, frame, size);
    sample[count++].size = size;
}

static void keep(const struct rte_mbuf *mbuf)
{
    oracle_keep(rte_pktmbuf_mtod(mbuf, const uint8_t *), mbuf->data_len);
}

void oracle_look(uint8_t payload_type)
{
    count = seen = 0;
    wanted_type = payload_type;
    device.look = keep;
}

static srtp_t open_session(const struct rooms *rooms, uint32_t transport)
{
    struct transport_keys keys;
    rooms_keys(rooms, transport, &keys);
    return libsrtp_open(keys.suite, keys.send_key, keys.send_salt, ssrc_any_inbound);
}

static const char *verify(const struct traffic *traffic, uint8_t *frame, uint32_t size)
{
    uint32_t transport = (uint32_t)frame[31] << 16 | (uint32_t)frame[32] << 8 | frame[33], source;
    uint8_t *rtp = frame + TRAFFIC_FRAME_HEADER, wanted[FRAME_MAX];
    uint64_t number;
    int length = (int)(size - TRAFFIC_FRAME_HEADER);
    srtp_t session = transport < traffic->rooms->transports ? open_session(traffic->rooms, transport) : NULL;
    if (!session)
        return "goes to nobody";
    bool opened = srtp_unprotect(session, rtp, &length) == srtp_err_status_ok;
    srtp_dealloc(session);
    if (!opened)
        return "does not authenticate";
    // RFC 4588 4: the number of the packet that is repeated stands in front of its payload.
    unsigned at = TRAFFIC_RTP_SENT + (wanted_type == ROOMS_RTX_PAYLOAD_TYPE ? sizeof(uint16_t) : 0);
    memcpy(&source, rtp + at, sizeof(source));
    memcpy(&number, rtp + at + sizeof(source), sizeof(number));
    if (source >= rooms_sources(traffic->rooms) || (unsigned)length != at + traffic_size(traffic, source))
        return "has another size";
    traffic_payload(traffic, source, number, wanted);
    if (traffic->live) // when it was made is not known here
        memcpy(wanted + TRAFFIC_STAMP_OFFSET, rtp + at + TRAFFIC_STAMP_OFFSET, sizeof(uint64_t));
    return memcmp(rtp + at, wanted, traffic_size(traffic, source)) == 0 ? NULL : "has another payload";
}

int oracle_verify(const struct traffic *traffic)
{
    device.look = NULL;
    if (!crypto_start_libsrtp())
        return -1;
    for (unsigned i = 0; i < count; i++) {
        const char *wrong = verify(traffic, sample[i].bytes, sample[i].size);
        if (wrong) {
            fprintf(stderr, "naru-perf: a packet that left the gateway %s\n", wrong);
            return -1;
        }
    }
    return (int)count;
}
#else
void oracle_look(uint8_t payload_type)
{
    (void)payload_type;
}

void oracle_keep(const uint8_t *frame, uint32_t size)
{
    (void)frame, (void)size;
}

int oracle_verify(const struct traffic *traffic)
{
    (void)traffic;
    return 0;
}
#endif
