// SPDX-License-Identifier: Apache-2.0
#include "media.h"
#include "rtp_parse.h"

#include <CUnit/CUnit.h>
#include <stdio.h>

const uint16_t media_suites[3] = {SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, SRTP_SUITE_AEAD_AES_128_GCM,
                                  SRTP_SUITE_AEAD_AES_256_GCM};

void media_publish(struct peer *peer, uint32_t stream, uint32_t ssrc)
{
    struct stream_intent intent = {.generation = 100 + stream,
                                   .kind = MEDIA_VIDEO,
                                   .payload_count = 1,
                                   .transport = {peer->transport, peer->intent.generation},
                                   .next = peer->intent.first_stream,
                                   .ssrc = ssrc,
                                   .mid = "v0",
                                   .payloads = {{VIDEO_TYPE, 0xff, 0, 90000}}};
    intent.extension_ids[EXTENSION_AUDIO_LEVEL] = FROM_LEVEL;
    intent.extension_ids[EXTENSION_ABS_SEND_TIME] = FROM_SEND_TIME;
    intent.extension_ids[EXTENSION_TRANSPORT_CC] = FROM_TRANSPORT_CC;
    intent.extension_ids[EXTENSION_MID] = FROM_MID;
    intent.extension_ids[EXTENSION_VIDEO_ORIENTATION] = FROM_ORIENTATION;
    record_publish(&tables_stream(&gateway.control, stream)->head, &intent, sizeof(intent));
    peer->intent.first_stream = (struct record_link){stream, intent.generation};
    peer->intent.feedback = FEEDBACK_TRANSPORT_CC;
    peer_publish(peer);
}

void media_write_route(uint32_t route, const struct route_intent *intent)
{
    record_publish(&tables_route(&gateway.control, route)->head, intent, sizeof(*intent));
}

struct route_intent media_watch(struct peer *viewer, uint32_t route, const struct peer *publisher, uint32_t stream,
                                uint32_t ssrc)
{
    struct route_intent intent = {.generation = 200 + route,
                                  .kind = MEDIA_VIDEO,
                                  .payload_count = 1,
                                  .from_stream = {stream, 100 + stream},
                                  .to_transport = {viewer->transport, viewer->intent.generation},
                                  .next = viewer->intent.first_route,
                                  .ssrc = ssrc,
                                  .clock_rate = 90000,
                                  .payloads = {{VIDEO_TYPE, VIEWER_VIDEO_TYPE}},
                                  .mid = "m1"};
    (void)publisher;
    intent.extension_ids[EXTENSION_ABS_SEND_TIME] = TO_SEND_TIME;
    intent.extension_ids[EXTENSION_AUDIO_LEVEL] = TO_LEVEL;
    intent.extension_ids[EXTENSION_MID] = TO_MID;
    media_write_route(route, &intent);
    viewer->intent.first_route = (struct record_link){route, intent.generation};
    peer_publish(viewer);
    return intent;
}

static unsigned write_extensions(const struct rtp_plan *plan, uint8_t *to)
{
    const uint8_t elements[20] = {FROM_MID << 4 | 1,
                                  (uint8_t)(plan->mid ? plan->mid[0] : 'v'),
                                  (uint8_t)(plan->mid ? plan->mid[1] : '0'),
                                  FROM_LEVEL << 4,
                                  0x85,
                                  FROM_SEND_TIME << 4 | 2,
                                  1,
                                  2,
                                  3,
                                  FROM_TRANSPORT_CC << 4 | 1,
                                  (uint8_t)(plan->transport_sequence >> 8),
                                  (uint8_t)plan->transport_sequence,
                                  FROM_ORIENTATION << 4,
                                  0x01};
    bytes_put16(to, RTP_EXTENSION_ONE_BYTE);
    bytes_put16(to + 2, sizeof(elements) / 4);
    memcpy(to + 4, elements, sizeof(elements));
    return 4 + sizeof(elements);
}

size_t media_write(struct peer *peer, const struct rtp_plan *plan, uint8_t data[FRAME_MAX])
{
    unsigned at = RTP_HEADER_SIZE, size = plan->size ? plan->size : 100;
    uint8_t media_type = plan->is_rtx ? RTX_TYPE : VIDEO_TYPE;
    rtp_write_header(data, plan->payload_type ? plan->payload_type : media_type, plan->marker, plan->sequence,
                     plan->timestamp, plan->ssrc);
    if (!plan->without_extensions) {
        rtp_set_extension(data, true);
        at += write_extensions(plan, data + at);
    }
    if (plan->is_rtx) {
        bytes_put16(data + at, plan->original);
        at += 2;
    }
    for (unsigned i = 0; i < size; i++)
        data[at + i] = (uint8_t)((plan->is_rtx ? plan->original : plan->sequence) + i);
    int length = (int)(at + size);
    if (plan->padding) {
        rtp_set_padding(data, true);
        data[length - 1] = plan->padding;
    }
    if (peer->out)
        CU_ASSERT_EQUAL(srtp_protect(peer->out, data, &length), srtp_err_status_ok);
    return (size_t)length;
}

void media_send(struct peer *peer, const struct rtp_plan *plan)
{
    static uint8_t data[FRAME_MAX];
    peer_send(peer, data, media_write(peer, plan, data));
    gateway_walk();
}

static bool is_rtcp(const struct datagram *datagram)
{
    return datagram->bytes[1] >= 192 && datagram->bytes[1] <= 223;
}

static bool take(struct peer *peer, bool rtcp, struct rtp_packet *ret_packet)
{
    static struct datagram datagram;
    while (peer_take(peer, &datagram)) {
        if (datagram.bytes[0] >> 6 != 2 || is_rtcp(&datagram) != rtcp)
            continue;
        int size = (int)datagram.size;
        srtp_err_status_t status = (rtcp ? srtp_unprotect_rtcp : srtp_unprotect)(peer->in, datagram.bytes, &size);
        CU_ASSERT_EQUAL(status, srtp_err_status_ok);
        ret_packet->size = (unsigned)size;
        memcpy(ret_packet->bytes, datagram.bytes, (size_t)size);
        return true;
    }
    return false;
}

bool media_take(struct peer *peer, struct rtp_packet *ret_packet)
{
    return take(peer, false, ret_packet) && rtp_parse(ret_packet->bytes, ret_packet->size, &ret_packet->header) > 0;
}

bool rtcp_take(struct peer *peer, struct rtp_packet *ret_packet)
{
    return take(peer, true, ret_packet);
}

void rtcp_send(struct peer *peer, const uint8_t *plain, int size)
{
    uint8_t data[FRAME_MAX];
    memcpy(data, plain, (size_t)size);
    CU_ASSERT_EQUAL(srtp_protect_rtcp(peer->out, data, &size), srtp_err_status_ok);
    peer_send(peer, data, (size_t)size);
    gateway_walk();
}

unsigned rtcp_count(struct peer *peer, uint8_t type, uint8_t format)
{
    static struct rtp_packet packet;
    unsigned count = 0;
    while (rtcp_take(peer, &packet)) {
        struct rtcp_iterator iterator = rtcp_begin(packet.bytes, packet.size);
        struct rtcp_packet rtcp;
        while (rtcp_next(&iterator, &rtcp))
            count += rtcp.type == type && (!format || rtcp.count == format);
        CU_ASSERT_FALSE(iterator.bad);
    }
    return count;
}

void media_pair(struct peer *publisher, struct peer *viewer, uint16_t suite)
{
    peer_join(publisher, 0, 0, suite);
    peer_join(viewer, 1, 0, suite);
    media_publish(publisher, 0, 0x1000);
    media_watch(viewer, 0, publisher, 0, 0x2000);
}

void media_pair_with_rtx(struct peer *publisher, struct peer *viewer, uint16_t suite)
{
    struct stream_intent stream;
    struct route_intent route;
    media_pair(publisher, viewer, suite);
    record_read(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    stream.nack = 1;
    stream.rtx_ssrc = 0x1001;
    stream.payloads[0].rtx_payload_type = RTX_TYPE;
    record_publish(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    record_read(&tables_route(&gateway.control, 0)->head, &route, sizeof(route));
    route.rtx_ssrc = 0x2001;
    route.rtx_payload_types[0] = VIEWER_RTX_TYPE;
    media_write_route(0, &route);
    peer_publish(publisher);
    peer_publish(viewer);
}

void media_nack(struct peer *viewer, const uint16_t *sequences, unsigned count)
{
    uint8_t data[1200];
    for (unsigned done = 0; done < count; done += 128) {
        unsigned part = RTE_MIN(count - done, 128u);
        int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
        size += rtcp_write_nack(data + size, sizeof(data) - (size_t)size, 0x77, 0x2000, sequences + done, part);
        rtcp_send(viewer, data, size);
    }
    gateway_walk();
}

void media_close(struct peer *publisher, struct peer *viewer)
{
    forget_datagrams();
    peer_close(publisher);
    peer_close(viewer);
    gateway_close();
}
