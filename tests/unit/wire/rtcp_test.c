// SPDX-License-Identifier: Apache-2.0
// Proves: compounds stop at the first bad packet, counts are held against lengths, and what is written reads back.
#include "rtcp_writer.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

#include "corpus.h"
#include "wire_suites.h"

struct row {
    const char *what;
    const char *hex;
    unsigned packets; // read before the end
    bool bad;
};

static const struct row rows[] = {
    {"empty", "", 0, false},
    {"one", "80c90001 00000001", 1, false},
    {"two", "80c90001 00000001 80cb0000", 2, false},
    {"second longer than the rest", "80c90001 00000001 80cb0001", 1, true},
    {"second of another version", "80c90001 00000001 40cb0000", 1, true},
    {"second cut", "80c90001 00000001 80cb00", 1, true},
    {"longest length", "80c9ffff 00000001", 0, true},
    {"padding of 4", "a0c90002 00000001 00000004", 1, false},
    {"padding of 1", "a0c90002 00000001 00000001", 1, false},
    {"padding up to the header", "a0c90001 00000008", 0, true},
    {"padding of 0", "a0c90001 00000000", 0, true},
    {"padding without a body", "a0c90000", 0, true},
};

static void stops_at_bad_packets(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct corpus_bytes bytes = corpus_hex(rows[i].hex);
        struct rtcp_iterator iterator = rtcp_begin(bytes.data, bytes.size);
        struct rtcp_packet packet;
        while (rtcp_next(&iterator, &packet))
            CU_ASSERT(packet.data >= bytes.data && packet.data + packet.size <= bytes.data + bytes.size);
        CU_ASSERT_EQUAL(iterator.packets, rows[i].packets);
        CU_ASSERT_EQUAL(iterator.bad, rows[i].bad);
        free(bytes.data);
    }
}

static void stops_at_64_packets(void)
{
    uint8_t data[4 * (RTCP_COMPOUND_MAX + 1)];
    struct rtcp_packet packet;
    for (size_t i = 0; i < sizeof(data); i += 4)
        bytes_put32(data + i, 0x80cb0000);
    struct rtcp_iterator iterator = rtcp_begin(data, sizeof(data) - 4);
    while (rtcp_next(&iterator, &packet))
        ;
    CU_ASSERT(iterator.packets == RTCP_COMPOUND_MAX && !iterator.bad);
    iterator = rtcp_begin(data, sizeof(data));
    while (rtcp_next(&iterator, &packet))
        ;
    CU_ASSERT(iterator.packets == RTCP_COMPOUND_MAX && iterator.bad);
}

// A packet alone in its compound.
static struct rtcp_packet only(const uint8_t *data, int size)
{
    struct rtcp_iterator iterator = rtcp_begin(data, (size_t)size);
    struct rtcp_packet packet = {0};
    CU_ASSERT_FATAL(size > 0 && rtcp_next(&iterator, &packet));
    CU_ASSERT(iterator.next == iterator.end && !iterator.bad);
    return packet;
}

static void check_reports(const struct rtcp_packet *packet, const struct rtcp_report *reports, unsigned count)
{
    uint32_t sender = 0;
    CU_ASSERT_EQUAL(rtcp_parse_reports(packet, &sender), (int)count);
    CU_ASSERT_EQUAL(sender, 7);
    for (unsigned i = 0; i < count; i++) {
        struct rtcp_report report;
        rtcp_get_report(packet, i, &report);
        CU_ASSERT(report.ssrc == reports[i].ssrc && report.lost == reports[i].lost);
        CU_ASSERT(report.fraction_lost == reports[i].fraction_lost && report.highest == reports[i].highest);
        CU_ASSERT(report.jitter == reports[i].jitter && report.last_sr == reports[i].last_sr);
        CU_ASSERT_EQUAL(report.delay, reports[i].delay);
    }
}

static void reports_read_back(void)
{
    const struct rtcp_sender_info info = {7, 0xe020a2a952a53fc0, 0x2e48a552, 70, 4637};
    const struct rtcp_report reports[2] = {{1, -1, 0x10002, 3, 4, 5, 255}, {0xffffffff, 0x7fffff, 0, 1, 2, 3, 0}};
    uint8_t data[128];
    for (unsigned count = 0; count <= 2; count++) {
        struct rtcp_sender_info read;
        int size = rtcp_write_sr(data, sizeof(data), &info, reports, count);
        struct rtcp_packet packet = only(data, size);
        CU_ASSERT_EQUAL(rtcp_parse_sender_info(&packet, &read), 0);
        CU_ASSERT(read.ssrc == 7 && read.ntp == info.ntp && read.rtp_timestamp == info.rtp_timestamp);
        CU_ASSERT(read.packets == 70 && read.octets == 4637);
        check_reports(&packet, reports, count);
        CU_ASSERT_EQUAL(rtcp_write_sr(data, (size_t)size - 1, &info, reports, count), -ENOSPC);
        packet = only(data, rtcp_write_rr(data, sizeof(data), 7, reports, count));
        CU_ASSERT_EQUAL(packet.type, RTCP_RR);
        check_reports(&packet, reports, count);
        CU_ASSERT_EQUAL(rtcp_parse_sender_info(&packet, &read), -EBADMSG);
    }
    CU_ASSERT_EQUAL(rtcp_write_rr(data, sizeof(data), 7, reports, RTCP_REPORTS_MAX + 1), -EINVAL);
}

static void losses_are_clamped(void)
{
    const struct rtcp_report reports[2] = {{.lost = INT32_MAX}, {.lost = INT32_MIN}};
    const int32_t expected[2] = {0x7fffff, -0x800000};
    uint8_t data[128];
    struct rtcp_packet packet = only(data, rtcp_write_rr(data, sizeof(data), 7, reports, 2));
    for (unsigned i = 0; i < 2; i++) {
        struct rtcp_report report;
        rtcp_get_report(&packet, i, &report);
        CU_ASSERT_EQUAL(report.lost, expected[i]);
    }
}

static void cname_reads_back(void)
{
    for (size_t length = 0; length <= 9; length++) {
        uint8_t data[64];
        struct rtcp_sdes_item item;
        memset(data, 0xaa, sizeof(data));
        int size = rtcp_write_sdes_cname(data, sizeof(data), 7, "abcdefghi", length);
        struct rtcp_packet packet = only(data, size);
        struct rtcp_sdes_iterator iterator = rtcp_sdes_begin(&packet);
        CU_ASSERT_FATAL(rtcp_sdes_next(&iterator, &item));
        CU_ASSERT(item.ssrc == 7 && item.type == RTCP_SDES_CNAME && item.size == length);
        CU_ASSERT_EQUAL(memcmp(item.text, "abcdefghi", length), 0);
        CU_ASSERT_FALSE(rtcp_sdes_next(&iterator, &item));
        CU_ASSERT_FALSE(iterator.bad);
        for (int i = 10 + (int)length; i < size; i++)
            CU_ASSERT_EQUAL(data[i], 0);
        CU_ASSERT(size > 10 + (int)length && data[size] == 0xaa);
        CU_ASSERT_EQUAL(rtcp_write_sdes_cname(data, (size_t)size - 1, 7, "abcdefghi", length), -ENOSPC);
    }
}

static void goodbye_reads_back(void)
{
    const uint32_t ssrcs[2] = {1, 0xffffffff};
    uint8_t data[32];
    struct rtcp_packet packet = only(data, rtcp_write_bye(data, sizeof(data), ssrcs, 2));
    CU_ASSERT_EQUAL(rtcp_parse_bye(&packet), 2);
    CU_ASSERT_EQUAL(bytes_get32(packet.data + 8), 0xffffffff);
    data[0] = 0x83;
    packet = only(data, 12);
    CU_ASSERT_EQUAL(rtcp_parse_bye(&packet), -EBADMSG);
}

static struct rtcp_feedback feedback_of(const uint8_t *data, int size)
{
    struct rtcp_packet packet = only(data, size);
    struct rtcp_feedback feedback = {0};
    CU_ASSERT_EQUAL(rtcp_parse_feedback(&packet, &feedback), 0);
    CU_ASSERT_EQUAL(feedback.sender_ssrc, 7);
    return feedback;
}

static void key_frame_requests_read_back(void)
{
    const struct rtcp_fir entries[2] = {{8, 255}, {9, 0}};
    uint8_t data[64];
    struct rtcp_fir fir;
    struct rtcp_feedback feedback = feedback_of(data, rtcp_write_pli(data, sizeof(data), 7, 8));
    CU_ASSERT(rtcp_is_pli(&feedback) && feedback.media_ssrc == 8);
    CU_ASSERT_EQUAL(rtcp_parse_fir(&feedback), -EBADMSG);
    feedback = feedback_of(data, rtcp_write_fir(data, sizeof(data), 7, entries, 2));
    CU_ASSERT_FALSE(rtcp_is_pli(&feedback));
    CU_ASSERT_EQUAL(rtcp_parse_fir(&feedback), 2);
    rtcp_get_fir(&feedback, 1, &fir);
    CU_ASSERT(fir.ssrc == 9 && fir.sequence == 0);
    rtcp_get_fir(&feedback, 0, &fir);
    CU_ASSERT(fir.ssrc == 8 && fir.sequence == 255);
    CU_ASSERT_EQUAL(rtcp_write_pli(data, 11, 7, 8), -ENOSPC);
}

static void nack_reads_back(void)
{
    const uint16_t lost[] = {65500, 65516, 65517, 65534, 65535, 0, 1, 3, 20, 100};
    const unsigned count = sizeof(lost) / sizeof(lost[0]);
    uint8_t data[64];
    int size = rtcp_write_nack(data, sizeof(data), 7, 8, lost, count);
    struct rtcp_feedback feedback = feedback_of(data, size);
    int entries = rtcp_parse_nack(&feedback);
    CU_ASSERT_EQUAL(entries, 5);
    unsigned read = 0;
    for (int i = 0; i < entries; i++) {
        uint16_t sequences[RTCP_NACK_BATCH_MAX];
        unsigned named = rtcp_get_nack(&feedback, (unsigned)i, sequences);
        for (unsigned j = 0; j < named && read < count; j++)
            CU_ASSERT_EQUAL(sequences[j], lost[read++]);
    }
    CU_ASSERT_EQUAL(read, count);
    for (int room = 0; room < size; room++) {
        memset(data, 0xaa, sizeof(data));
        CU_ASSERT_EQUAL(rtcp_write_nack(data, (size_t)room, 7, 8, lost, count), -ENOSPC);
        CU_ASSERT_EQUAL(data[room], 0xaa);
    }
}

static void remb_reads_back(void)
{
    const uint64_t bitrates[] = {0, 1, 0x3ffff, 0x40000, 8927168, 5000000000, UINT64_MAX};
    const uint32_t ssrcs[2] = {1, 0xffffffff};
    for (size_t i = 0; i < sizeof(bitrates) / sizeof(bitrates[0]); i++) {
        uint8_t data[64];
        struct rtcp_remb remb;
        struct rtcp_feedback feedback =
            feedback_of(data, rtcp_write_remb(data, sizeof(data), 7, bitrates[i], ssrcs, 2));
        CU_ASSERT_EQUAL(rtcp_parse_remb(&feedback, &remb), 0);
        CU_ASSERT(remb.bitrate <= bitrates[i] && bitrates[i] - remb.bitrate <= bitrates[i] >> 17);
        CU_ASSERT(remb.count == 2 && bytes_get32(remb.ssrcs + 4) == 0xffffffff);
        data[16] = 3;
        CU_ASSERT_EQUAL(rtcp_parse_remb(&feedback, &remb), -EBADMSG);
    }
}

void rtcp_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/rtcp", NULL, NULL);
    CU_add_test(suite, "stops at bad packets", stops_at_bad_packets);
    CU_add_test(suite, "stops at 64 packets", stops_at_64_packets);
    CU_add_test(suite, "reports read back", reports_read_back);
    CU_add_test(suite, "losses are clamped", losses_are_clamped);
    CU_add_test(suite, "CNAME reads back", cname_reads_back);
    CU_add_test(suite, "BYE reads back", goodbye_reads_back);
    CU_add_test(suite, "PLI and FIR read back", key_frame_requests_read_back);
    CU_add_test(suite, "NACK reads back", nack_reads_back);
    CU_add_test(suite, "REMB reads back", remb_reads_back);
}
