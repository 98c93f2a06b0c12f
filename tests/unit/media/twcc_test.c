// SPDX-License-Identifier: Apache-2.0
// Proves: what the feedback packets say, read back by the parser, is what was recorded: each number once, at its time
// to within a tick, in the order of sequence numbers.
#include "twcc.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "feedback.h"
#include "media_suites.h"

#define TICK_US  250
#define LOST     (-1)
#define SENDER   0x11223344u
#define MEDIA    0x55667788u
#define NUMBERS  65536
#define START_US 123456789
#define MESSAGE  1000

// What all messages so far said of each number: 0 nothing, LOST, or the time in microseconds.
struct report {
    int64_t said[NUMBERS];
    unsigned messages, statuses;
    bool is_sound;
};

static void take_message(struct report *report, const uint8_t *data, size_t size)
{
    struct rtcp_iterator iterator = rtcp_begin(data, size);
    struct rtcp_packet rtcp;
    struct rtcp_feedback feedback;
    struct feedback_header header;
    struct feedback_iterator statuses;
    struct feedback_arrival arrival;
    report->is_sound &= rtcp_next(&iterator, &rtcp) && rtcp_parse_feedback(&rtcp, &feedback) == 0 &&
                        feedback_parse(&feedback, &header, &statuses) == 0 && feedback.sender_ssrc == SENDER &&
                        feedback.media_ssrc == MEDIA && header.packet_count == (uint8_t)report->messages++;
    while (report->is_sound && feedback_next(&statuses, &arrival)) {
        report->said[arrival.sequence] = arrival.time == FEEDBACK_NOT_RECEIVED ? LOST : arrival.time;
        report->statuses++;
    }
}

static void take_all(struct twcc_recorder *recorder, struct report *report)
{
    uint8_t data[MESSAGE];
    for (int size; (size = twcc_write(recorder, SENDER, MEDIA, data, sizeof(data))) > 0;)
        take_message(report, data, (size_t)size);
}

// The wire's clock wraps at 2^24 times 64 ms: the start is well below it.
static bool agrees(const struct report *report, uint16_t sequence, int64_t time)
{
    int64_t said = report->said[sequence];
    return time == LOST ? said == LOST : said <= time && said > time - TICK_US;
}

static struct report *fresh_report(void)
{
    struct report *report = calloc(1, sizeof(*report));
    CU_ASSERT_PTR_NOT_NULL_FATAL(report);
    report->is_sound = true;
    return report;
}

struct arrival {
    uint16_t sequence;
    int64_t after_us; // since the one before; may be negative
};

static void each_row_reads_back_as_recorded(void)
{
    static const struct {
        const char *what;
        struct arrival arrivals[8];
        unsigned count;
        uint16_t lost[6];
        unsigned lost_count;
    } rows[] = {
        {"one", {{7, 0}}, 1, {0}, 0},
        {"in order", {{7, 0}, {8, 1000}, {9, 20000}, {10, 0}}, 4, {0}, 0},
        {"a loss", {{7, 0}, {9, 1000}, {12, 1000}}, 3, {8, 10, 11}, 3},
        {"reordered, told in order of numbers", {{7, 0}, {9, 1000}, {8, 3000}, {10, 500}}, 4, {0}, 0},
        {"a number over the wrap", {{65534, 0}, {65535, 250}, {0, 250}, {1, 250}}, 4, {0}, 0},
        {"a loss over the wrap", {{65533, 0}, {2, 250}}, 2, {65534, 65535, 0, 1}, 4},
        {"a step over 64 ms", {{7, 0}, {8, 70000}, {9, 300000}}, 3, {0}, 0},
        {"a step that no delta can say ends the message", {{7, 0}, {8, 9000000}, {9, 100}}, 3, {0}, 0},
    };
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        int64_t arrivals[TWCC_WINDOW] = {0};
        struct twcc_recorder recorder = {.arrivals = arrivals};
        struct report *report = fresh_report();
        int64_t time = START_US, times[8];
        for (unsigned i = 0; i < rows[row].count; i++) {
            times[i] = time += rows[row].arrivals[i].after_us;
            twcc_record(&recorder, rows[row].arrivals[i].sequence, time);
        }
        take_all(&recorder, report);
        CU_ASSERT(report->is_sound);
        for (unsigned i = 0; i < rows[row].count; i++)
            CU_ASSERT(agrees(report, rows[row].arrivals[i].sequence, times[i]));
        for (unsigned i = 0; i < rows[row].lost_count; i++)
            CU_ASSERT_EQUAL(report->said[rows[row].lost[i]], LOST);
        CU_ASSERT_EQUAL(report->statuses, rows[row].count + rows[row].lost_count);
        free(report);
    }
}

static void nothing_new_makes_no_message(void)
{
    int64_t arrivals[TWCC_WINDOW] = {0};
    struct twcc_recorder recorder = {.arrivals = arrivals};
    uint8_t data[MESSAGE];
    CU_ASSERT_EQUAL(twcc_write(&recorder, SENDER, MEDIA, data, sizeof(data)), 0);
    twcc_record(&recorder, 1, START_US);
    CU_ASSERT(twcc_write(&recorder, SENDER, MEDIA, data, sizeof(data)) > 0);
    CU_ASSERT_EQUAL(twcc_write(&recorder, SENDER, MEDIA, data, sizeof(data)), 0);
    twcc_record(&recorder, 1, START_US + 1000); // a copy
    CU_ASSERT_EQUAL(twcc_write(&recorder, SENDER, MEDIA, data, sizeof(data)), 0);
}

static void a_loss_between_two_messages_is_told_by_the_second(void)
{
    int64_t arrivals[TWCC_WINDOW] = {0};
    struct twcc_recorder recorder = {.arrivals = arrivals};
    struct report *report = fresh_report();
    twcc_record(&recorder, 100, START_US);
    take_all(&recorder, report);
    twcc_record(&recorder, 103, START_US + 10000);
    take_all(&recorder, report);
    CU_ASSERT(report->is_sound && report->messages == 2);
    CU_ASSERT(report->said[101] == LOST && report->said[102] == LOST);
    CU_ASSERT(agrees(report, 103, START_US + 10000));
    twcc_record(&recorder, 101, START_US + 20000); // too late: the sender has drawn its conclusion
    take_all(&recorder, report);
    CU_ASSERT_EQUAL(report->messages, 2);
    free(report);
}

// A gap beyond the window: what is too old is not spoken of, and what is new is.
static void a_gap_beyond_the_window_is_survived(void)
{
    static const uint16_t gaps[] = {TWCC_WINDOW - 1, TWCC_WINDOW, TWCC_WINDOW + 1, 5000, 32767};
    for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        int64_t arrivals[TWCC_WINDOW] = {0};
        struct twcc_recorder recorder = {.arrivals = arrivals};
        struct report *report = fresh_report();
        uint16_t after = (uint16_t)(60000 + gaps[i]);
        twcc_record(&recorder, 60000, START_US);
        twcc_record(&recorder, after, START_US + 500);
        twcc_record(&recorder, (uint16_t)(after + 1), START_US + 1000);
        take_all(&recorder, report);
        CU_ASSERT(report->is_sound);
        CU_ASSERT(agrees(report, after, START_US + 500));
        CU_ASSERT(agrees(report, (uint16_t)(after + 1), START_US + 1000));
        CU_ASSERT(report->statuses <= TWCC_WINDOW + 1);
        free(report);
    }
}

static int64_t sent[NUMBERS];

// 60,000 packets with loss and reordering, a message now and then; no memory of an earlier round of the window shows.
static void a_long_lossy_stream_reads_back(void)
{
    int64_t arrivals[TWCC_WINDOW] = {0};
    struct twcc_recorder recorder = {.arrivals = arrivals};
    struct report *report = fresh_report();
    unsigned wrong = 0;
    int64_t time = START_US;
    srand(1);
    for (uint32_t i = 0; i < 60000; i += 4) {
        static const uint8_t orders[4][4] = {{0, 1, 2, 3}, {1, 0, 3, 2}, {0, 2, 1, 3}, {3, 1, 2, 0}};
        const uint8_t *order = orders[rand() % 4];
        for (unsigned j = 0; j < 4; j++) {
            uint16_t sequence = (uint16_t)(30000 + i + order[j]);
            time += rand() % 3000;
            sent[sequence] = rand() % 10 ? time : LOST;
            if (sent[sequence] != LOST)
                twcc_record(&recorder, sequence, time);
        }
        if (i % 100 == 0)
            take_all(&recorder, report);
    }
    take_all(&recorder, report);
    // A packet that comes after the report on its neighbours stays lost; and the tail may be lost for good.
    for (uint32_t i = 4; i < 60000 - 8; i++) {
        uint16_t sequence = (uint16_t)(30000 + i);
        wrong += !agrees(report, sequence, sent[sequence]);
    }
    CU_ASSERT(report->is_sound);
    CU_ASSERT_EQUAL(wrong, 0);
    free(report);
}

static void a_small_buffer_takes_several_messages(void)
{
    int64_t arrivals[TWCC_WINDOW] = {0};
    struct twcc_recorder recorder = {.arrivals = arrivals};
    struct report *report = fresh_report();
    uint8_t data[40];
    for (uint16_t i = 0; i < 100; i++)
        twcc_record(&recorder, i, START_US + 1000 * i);
    for (int size; (size = twcc_write(&recorder, SENDER, MEDIA, data, sizeof(data))) > 0;)
        take_message(report, data, (size_t)size);
    CU_ASSERT(report->is_sound && report->messages > 5 && report->statuses == 100);
    for (uint16_t i = 0; i < 100; i++)
        CU_ASSERT(agrees(report, i, START_US + 1000 * i));
    free(report);
}

void twcc_suite(void)
{
    CU_pSuite suite = CU_add_suite("twcc: arrival times and their feedback", NULL, NULL);
    CU_ADD_TEST(suite, each_row_reads_back_as_recorded);
    CU_ADD_TEST(suite, nothing_new_makes_no_message);
    CU_ADD_TEST(suite, a_loss_between_two_messages_is_told_by_the_second);
    CU_ADD_TEST(suite, a_gap_beyond_the_window_is_survived);
    CU_ADD_TEST(suite, a_long_lossy_stream_reads_back);
    CU_ADD_TEST(suite, a_small_buffer_takes_several_messages);
}
