// SPDX-License-Identifier: Apache-2.0
// Proves: transport-wide feedback that lies about its counts is refused in time that its bytes bound, and what is
// written says the arrivals to within 250 us.
#include "feedback.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

#include "corpus.h"
#include "wire_suites.h"

struct row {
    const char *what;
    const char *fci;
    int status_count; // -1: refused
    int received;
};

static const struct row rows[] = {
    {"no status", "0001 0000 00000000", 0, 0},
    {"header cut", "0001 0000 000000", -1, 0},
    {"no chunk", "0001 0001 00000000", -1, 0},
    {"half a chunk", "0001 0001 00000000 20", -1, 0},
    {"run of one", "0001 0001 00000000 2001 04", 1, 1},
    {"run of one, delta missing", "0001 0001 00000000 2001", -1, 0},
    {"run of one, half a large delta", "0001 0001 00000000 4001 04", -1, 0},
    {"run of none for ever", "0001 0001 00000000 2000 2000 2000 2000", -1, 0},
    {"run of none, then one", "0001 0001 00000000 2000 2001 04", 1, 1},
    {"run longer than the count", "0001 0002 00000000 3fff 0404", 2, 2},
    {"one-bit vector", "0001 0003 00000000 a800 0404", 3, 2},
    {"two-bit vector", "0001 0003 00000000 d200 04 8000", 3, 2},
    {"two-bit vector, reserved symbol", "0001 0003 00000000 f400 04", 3, 1},
    {"65535 statuses without bytes", "0001 ffff 00000000 2001 04", -1, 0},
    {"65535 lost in 18 bytes", "0001 ffff 00000000 1fff1fff1fff1fff1fff1fff1fff1fff1fff", -1, 0},
    {"8192 lost", "0001 2000 00000000 1fff1fff", 8192, 0},
};

static struct rtcp_feedback feedback_of(struct corpus_bytes fci)
{
    return (struct rtcp_feedback){
        .fci = fci.data, .fci_size = (uint16_t)fci.size, .type = RTCP_RTPFB, .format = RTCP_TRANSPORT_FEEDBACK};
}

static void refuses_lies(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct corpus_bytes fci = corpus_hex(rows[i].fci);
        struct rtcp_feedback feedback = feedback_of(fci);
        struct feedback_header header;
        struct feedback_iterator iterator;
        struct feedback_arrival arrival;
        int error = feedback_parse(&feedback, &header, &iterator);
        CU_ASSERT_EQUAL(error, rows[i].status_count < 0 ? -EBADMSG : 0);
        int statuses = 0, received = 0;
        while (!error && feedback_next(&iterator, &arrival)) {
            statuses++;
            received += arrival.time != FEEDBACK_NOT_RECEIVED;
        }
        if (!error)
            CU_ASSERT(statuses == rows[i].status_count && received == rows[i].received);
        free(fci.data);
    }
}

// As far as deltas go: the time keeps its sign and does not wrap.
static void extreme_deltas_add_up(void)
{
    const char *texts[] = {"0001 0003 7fffff00 4003 7fff7fff7fff", "0001 0003 80000000 4003 800080008000"};
    const int64_t expected[] = {0x7fffffLL * 64000 + 3 * 32767 * 250, -0x800000LL * 64000 - 3 * 32768 * 250};
    for (size_t i = 0; i < 2; i++) {
        struct corpus_bytes fci = corpus_hex(texts[i]);
        struct rtcp_feedback feedback = feedback_of(fci);
        struct feedback_header header;
        struct feedback_iterator iterator;
        struct feedback_arrival arrival = {0};
        CU_ASSERT_EQUAL_FATAL(feedback_parse(&feedback, &header, &iterator), 0);
        while (feedback_next(&iterator, &arrival))
            ;
        CU_ASSERT_EQUAL(arrival.time, expected[i]);
        free(fci.data);
    }
}

// 24 bits of 64 ms wrap after 12 days.
static uint64_t difference(int64_t later, int64_t earlier)
{
    return (uint64_t)(later - earlier) % ((1ULL << 24) * 64000);
}

// Reads one packet back and holds it against the arrivals. Returns how many statuses it had.
static unsigned check_packet(const uint8_t *data, int size, const struct feedback_arrival *arrivals, size_t consumed)
{
    struct rtcp_iterator compound = rtcp_begin(data, (size_t)size);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    struct feedback_header header;
    struct feedback_iterator iterator;
    struct feedback_arrival read;
    CU_ASSERT_FATAL(rtcp_next(&compound, &packet) && compound.next == compound.end);
    CU_ASSERT_FATAL(rtcp_parse_feedback(&packet, &feedback) == 0 && feedback.media_ssrc == 8);
    CU_ASSERT_FATAL(feedback_parse(&feedback, &header, &iterator) == 0);
    size_t next = 0;
    while (feedback_next(&iterator, &read)) {
        bool named = next < consumed && arrivals[next].sequence == read.sequence;
        int64_t expected = named ? arrivals[next++].time : FEEDBACK_NOT_RECEIVED;
        bool received = read.time != FEEDBACK_NOT_RECEIVED;
        CU_ASSERT_EQUAL(received, expected != FEEDBACK_NOT_RECEIVED);
        CU_ASSERT(!received || difference(expected, read.time) < 250);
    }
    CU_ASSERT_EQUAL(next, consumed);
    return header.status_count;
}

static void check_arrivals(const struct feedback_arrival *arrivals, size_t count, size_t capacity)
{
    uint8_t data[1600];
    unsigned packets = 0;
    while (count) {
        size_t consumed = 0;
        memset(data, 0xaa, sizeof(data));
        int size = feedback_write(data, capacity, 7, 8, (uint8_t)packets, arrivals, count, &consumed);
        CU_ASSERT_FATAL(size > 0 && (size_t)size <= capacity && size % 4 == 0);
        CU_ASSERT(consumed > 0 && data[size] == 0xaa && data[19] == (uint8_t)packets);
        check_packet(data, size, arrivals, consumed);
        arrivals += consumed;
        count -= consumed;
        packets++;
    }
}

static void random_arrivals_read_back(void)
{
    static struct feedback_arrival arrivals[3000];
    uint32_t random = 12345;
    for (unsigned round = 0; round < 200; round++) {
        uint16_t sequence = (uint16_t)(random >> 8);
        int64_t time = (int64_t)(random >> 4) * 1000;
        unsigned loss = round % 10;
        for (size_t i = 0; i < 3000; i++) {
            random = random * 1664525 + 1013904223;
            sequence += random >> 16 & 15 && loss ? 1 : 1 + (random >> 20 & 63) * loss;
            time += (int64_t)(random >> 12) % (round % 3 ? 4000 : 90000) - 500;
            // Each packet begins with one that arrived, as a receiver's does.
            arrivals[i] = (struct feedback_arrival){time, sequence};
        }
        check_arrivals(arrivals, 3000, round % 2 ? 1200 : 64);
    }
}

static void special_arrivals_read_back(void)
{
    const struct feedback_arrival one[] = {{1, 65535}};
    const struct feedback_arrival lost_first[] = {{FEEDBACK_NOT_RECEIVED, 65534},
                                                  {FEEDBACK_NOT_RECEIVED, 65535},
                                                  {5000000, 0},
                                                  {4999000, 1},
                                                  {FEEDBACK_NOT_RECEIVED, 2}};
    const struct feedback_arrival far[] = {{0, 1}, {9000000, 2}, {0, 3}, {INT64_C(1) << 50, 4}};
    const struct feedback_arrival gap[] = {{0, 1}, {250, 60000}, {500, 60000}};
    check_arrivals(one, 1, 24);
    check_arrivals(lost_first, 5, 100);
    check_arrivals(far, 4, 100);
    check_arrivals(gap, 3, 1200);
}

static void refuses_to_write_nothing(void)
{
    const struct feedback_arrival lost[] = {{FEEDBACK_NOT_RECEIVED, 1}};
    const struct feedback_arrival one[] = {{0, 1}};
    uint8_t data[32];
    size_t consumed;
    CU_ASSERT_EQUAL(feedback_write(data, sizeof(data), 7, 8, 0, lost, 1, &consumed), -EINVAL);
    CU_ASSERT_EQUAL(feedback_write(data, sizeof(data), 7, 8, 0, lost, 0, &consumed), -EINVAL);
    CU_ASSERT_EQUAL(feedback_write(data, 23, 7, 8, 0, one, 1, &consumed), -ENOSPC);
    CU_ASSERT_EQUAL(feedback_write(data, 0, 7, 8, 0, one, 1, &consumed), -ENOSPC);
}

void feedback_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/feedback", NULL, NULL);
    CU_add_test(suite, "refuses lies", refuses_lies);
    CU_add_test(suite, "extreme deltas add up", extreme_deltas_add_up);
    CU_add_test(suite, "random arrivals read back", random_arrivals_read_back);
    CU_add_test(suite, "special arrivals read back", special_arrivals_read_back);
    CU_add_test(suite, "refuses to write nothing", refuses_to_write_nothing);
}
