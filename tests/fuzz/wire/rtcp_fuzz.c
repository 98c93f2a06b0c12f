// SPDX-License-Identifier: Apache-2.0
// Every packet, block, item and entry lies inside the datagram.
#include "rtcp.h"

#include "expect.h"
#include "rtcp_feedback.h"

static void read_reports(const struct rtcp_packet *packet)
{
    uint32_t sender;
    struct rtcp_sender_info info;
    struct rtcp_report report;
    rtcp_parse_sender_info(packet, &info);
    int count = rtcp_parse_reports(packet, &sender);
    EXPECT(count <= RTCP_REPORTS_MAX);
    for (int i = 0; i < count; i++) {
        rtcp_get_report(packet, (unsigned)i, &report);
        EXPECT(report.lost >= -0x800000 && report.lost <= 0x7fffff);
    }
}

static void read_names(const struct rtcp_packet *packet)
{
    struct rtcp_sdes_iterator iterator = rtcp_sdes_begin(packet);
    struct rtcp_sdes_item item;
    while (rtcp_sdes_next(&iterator, &item))
        expect_readable(item.text, item.size);
    int count = rtcp_parse_bye(packet);
    EXPECT(4 + 4 * count <= packet->size);
}

static void read_feedback(const struct rtcp_packet *packet)
{
    struct rtcp_feedback feedback;
    struct rtcp_fir fir;
    struct rtcp_remb remb;
    uint16_t sequences[RTCP_NACK_BATCH_MAX];
    if (rtcp_parse_feedback(packet, &feedback))
        return;
    expect_readable(feedback.fci, feedback.fci_size);
    int count = rtcp_parse_nack(&feedback);
    for (int i = 0; i < count; i++)
        EXPECT(rtcp_get_nack(&feedback, (unsigned)i, sequences) <= RTCP_NACK_BATCH_MAX);
    count = rtcp_parse_fir(&feedback);
    for (int i = 0; i < count; i++)
        rtcp_get_fir(&feedback, (unsigned)i, &fir);
    if (rtcp_parse_remb(&feedback, &remb) == 0)
        expect_readable(remb.ssrcs, 4u * remb.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtcp_iterator iterator = rtcp_begin(data, size);
    struct rtcp_packet packet;
    while (rtcp_next(&iterator, &packet)) {
        EXPECT(packet.data + packet.size <= data + size && packet.size >= RTCP_HEADER_SIZE);
        expect_readable(packet.data, packet.size);
        read_reports(&packet);
        read_names(&packet);
        read_feedback(&packet);
    }
    EXPECT(iterator.packets <= RTCP_COMPOUND_MAX && (iterator.bad || iterator.next == data + size));
    return 0;
}
