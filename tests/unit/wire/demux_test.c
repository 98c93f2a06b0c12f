// SPDX-License-Identifier: Apache-2.0
// Proves: the first byte decides as RFC 7983 and RFC 9443 say, the second tells RTCP from RTP (RFC 5761).
#include "demux.h"

#include <CUnit/CUnit.h>

#include "wire_suites.h"

struct row {
    uint8_t first, last; // first bytes
    enum demux_kind kind;
};

static const struct row rows[] = {
    {0, 3, DEMUX_STUN},           {4, 15, DEMUX_UNKNOWN}, {16, 19, DEMUX_ZRTP},  {20, 63, DEMUX_DTLS},
    {64, 79, DEMUX_TURN_CHANNEL}, {80, 127, DEMUX_QUIC},  {128, 191, DEMUX_RTP}, {192, 255, DEMUX_QUIC},
};

static void classifies_first_byte(void)
{
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned first = rows[i].first; first <= rows[i].last; first++, seen++) {
            uint8_t data[] = {(uint8_t)first, 96};
            CU_ASSERT_EQUAL(demux_classify(data, 2), rows[i].kind);
        }
    }
    CU_ASSERT_EQUAL(seen, 256);
}

static void tells_rtcp_from_rtp(void)
{
    for (unsigned second = 0; second < 256; second++) {
        uint8_t data[] = {0x80, (uint8_t)second};
        CU_ASSERT_EQUAL(demux_classify(data, 2), second >= 192 && second <= 223 ? DEMUX_RTCP : DEMUX_RTP);
    }
}

static void refuses_short(void)
{
    const uint8_t rtp = 0x80, stun = 0;
    CU_ASSERT_EQUAL(demux_classify(NULL, 0), DEMUX_UNKNOWN);
    CU_ASSERT_EQUAL(demux_classify(&rtp, 1), DEMUX_UNKNOWN);
    CU_ASSERT_EQUAL(demux_classify(&stun, 1), DEMUX_STUN);
}

void demux_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/demux", NULL, NULL);
    CU_add_test(suite, "classifies the first byte", classifies_first_byte);
    CU_add_test(suite, "tells RTCP from RTP", tells_rtcp_from_rtp);
    CU_add_test(suite, "refuses short datagrams", refuses_short);
}
