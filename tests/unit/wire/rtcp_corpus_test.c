// SPDX-License-Identifier: Apache-2.0
// Proves: compounds of other implementations are read, and refused, as a strict independent decoder does.
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "feedback.h"
#include "wire_suites.h"

static long long number(json_t *value, const char *key)
{
    return corpus_number(json_object_get(value, key));
}

static bool check_reports(const struct rtcp_packet *packet, json_t *value)
{
    uint32_t sender = 0;
    struct rtcp_sender_info info;
    int count = rtcp_parse_reports(packet, &sender);
    if (count < 0 || !value)
        return count >= 0;
    CU_ASSERT_EQUAL(sender, number(value, "ssrc"));
    if (packet->type == RTCP_SR) {
        CU_ASSERT_EQUAL(rtcp_parse_sender_info(packet, &info), 0);
        CU_ASSERT_EQUAL((double)info.ntp, json_number_value(json_object_get(value, "ntp")));
        CU_ASSERT_EQUAL(info.rtp_timestamp, number(value, "rtp_ts"));
        CU_ASSERT_EQUAL(info.packets, number(value, "packets"));
        CU_ASSERT_EQUAL(info.octets, number(value, "octets"));
    }
    json_t *reports = json_object_get(value, "reports");
    CU_ASSERT_EQUAL((size_t)count, json_array_size(reports));
    for (int i = 0; i < count; i++) {
        json_t *expected = json_array_get(reports, (size_t)i);
        struct rtcp_report report;
        rtcp_get_report(packet, (unsigned)i, &report);
        CU_ASSERT_EQUAL(report.ssrc, number(expected, "ssrc"));
        CU_ASSERT_EQUAL(report.fraction_lost, number(expected, "fraction_lost"));
        CU_ASSERT_EQUAL(report.lost, number(expected, "cumulative_lost"));
        CU_ASSERT_EQUAL(report.highest, number(expected, "ext_highest_seq"));
        CU_ASSERT_EQUAL(report.jitter, number(expected, "jitter"));
        CU_ASSERT_EQUAL(report.last_sr, number(expected, "lsr"));
        CU_ASSERT_EQUAL(report.delay, number(expected, "dlsr"));
    }
    return true;
}

static bool check_sdes(const struct rtcp_packet *packet, json_t *value)
{
    struct rtcp_sdes_iterator iterator = rtcp_sdes_begin(packet);
    struct rtcp_sdes_item item;
    size_t chunk_index, item_index;
    json_t *chunk, *expected;
    json_array_foreach(json_object_get(value, "chunks"), chunk_index, chunk)
    {
        json_array_foreach(json_object_get(chunk, "items"), item_index, expected)
        {
            json_t *text = json_array_get(expected, 1);
            CU_ASSERT_FATAL(rtcp_sdes_next(&iterator, &item));
            CU_ASSERT_EQUAL(item.ssrc, number(chunk, "ssrc"));
            CU_ASSERT_EQUAL(item.type, corpus_number(json_array_get(expected, 0)));
            CU_ASSERT_EQUAL(item.size, json_string_length(text));
            CU_ASSERT_EQUAL(memcmp(item.text, json_string_value(text), item.size), 0);
        }
    }
    while (rtcp_sdes_next(&iterator, &item))
        CU_ASSERT(value == NULL);
    return !iterator.bad;
}

static bool check_bye(const struct rtcp_packet *packet, json_t *value)
{
    int count = rtcp_parse_bye(packet);
    json_t *ssrcs = json_object_get(value, "ssrcs");
    for (int i = 0; value && i < count; i++)
        CU_ASSERT_EQUAL(bytes_get32(packet->data + 4 + 4 * i), corpus_number(json_array_get(ssrcs, (size_t)i)));
    return count >= 0;
}

static bool check_nack(const struct rtcp_feedback *feedback, json_t *value)
{
    json_t *lost = json_object_get(value, "lost");
    size_t index = 0;
    int count = rtcp_parse_nack(feedback);
    for (int i = 0; value && i < count; i++) {
        uint16_t sequences[RTCP_NACK_BATCH_MAX];
        unsigned named = rtcp_get_nack(feedback, (unsigned)i, sequences);
        for (unsigned j = 0; j < named; j++)
            CU_ASSERT_EQUAL(sequences[j], corpus_number(json_array_get(lost, index++)));
    }
    CU_ASSERT_EQUAL(index, json_array_size(lost));
    return count >= 0;
}

static bool check_fir(const struct rtcp_feedback *feedback, json_t *value)
{
    json_t *entries = json_object_get(value, "entries");
    int count = rtcp_parse_fir(feedback);
    for (int i = 0; value && i < count; i++) {
        json_t *expected = json_array_get(entries, (size_t)i);
        struct rtcp_fir fir;
        rtcp_get_fir(feedback, (unsigned)i, &fir);
        CU_ASSERT(fir.ssrc == number(expected, "ssrc") && fir.sequence == number(expected, "seq"));
    }
    return count >= 0;
}

static bool check_remb(const struct rtcp_feedback *feedback, json_t *value)
{
    struct rtcp_remb remb;
    if (feedback->fci_size < 4 || memcmp(feedback->fci, "REMB", 4))
        return true;
    if (rtcp_parse_remb(feedback, &remb))
        return false;
    json_t *ssrcs = json_object_get(value, "ssrcs");
    CU_ASSERT_EQUAL((long long)remb.bitrate, number(value, "bitrate"));
    CU_ASSERT_EQUAL(remb.count, json_array_size(ssrcs));
    for (size_t i = 0; i < remb.count; i++)
        CU_ASSERT_EQUAL(bytes_get32(remb.ssrcs + 4 * i), corpus_number(json_array_get(ssrcs, i)));
    return true;
}

// deltas_us: of each status to the arrival before it, null for what was not received.
static bool check_transport(const struct rtcp_feedback *feedback, json_t *value)
{
    struct feedback_header header;
    struct feedback_iterator iterator;
    struct feedback_arrival arrival;
    if (feedback_parse(feedback, &header, &iterator))
        return false;
    json_t *deltas = json_object_get(value, "deltas_us");
    int64_t time = (int64_t)header.reference_time * 64000;
    uint16_t sequence = header.base_sequence;
    CU_ASSERT_EQUAL(header.base_sequence, number(value, "base_seq"));
    CU_ASSERT_EQUAL(header.status_count, number(value, "status_count"));
    CU_ASSERT_EQUAL(header.reference_time, number(value, "reference_time_64ms"));
    CU_ASSERT_EQUAL(header.packet_count, number(value, "fb_pkt_count"));
    CU_ASSERT_EQUAL(header.status_count, json_array_size(deltas));
    for (size_t i = 0; feedback_next(&iterator, &arrival); i++) {
        json_t *delta = json_array_get(deltas, i);
        CU_ASSERT_EQUAL(arrival.sequence, sequence++);
        CU_ASSERT_EQUAL(arrival.time == FEEDBACK_NOT_RECEIVED, !json_is_number(delta));
        if (json_is_number(delta))
            CU_ASSERT_EQUAL(arrival.time, time += corpus_number(delta));
    }
    return true;
}

static bool check_feedback(const struct rtcp_packet *packet, json_t *value)
{
    struct rtcp_feedback feedback;
    if (rtcp_parse_feedback(packet, &feedback))
        return false;
    if (value) {
        CU_ASSERT_EQUAL(feedback.sender_ssrc, number(value, "sender_ssrc"));
        CU_ASSERT_EQUAL(feedback.media_ssrc, number(value, "media_ssrc"));
    }
    switch (packet->type << 8 | packet->count) {
    case RTCP_RTPFB << 8 | RTCP_NACK:
        return check_nack(&feedback, value);
    case RTCP_RTPFB << 8 | RTCP_TRANSPORT_FEEDBACK:
        return check_transport(&feedback, value);
    case RTCP_PSFB << 8 | RTCP_FIR:
        return check_fir(&feedback, value);
    case RTCP_PSFB << 8 | RTCP_AFB:
        return check_remb(&feedback, value);
    default:
        return true;
    }
}

// False if the packet is refused.
static bool check_packet(const struct rtcp_packet *packet, json_t *value)
{
    if (value) {
        CU_ASSERT_EQUAL(packet->type, number(value, "pt"));
        CU_ASSERT_EQUAL(packet->count, number(value, "count_fmt"));
        CU_ASSERT_EQUAL(packet->size + number(value, "padding"), number(value, "len"));
    }
    switch (packet->type) {
    case RTCP_SR:
    case RTCP_RR:
        return check_reports(packet, value);
    case RTCP_SDES:
        return check_sdes(packet, value);
    case RTCP_BYE:
        return check_bye(packet, value);
    case RTCP_RTPFB:
    case RTCP_PSFB:
        return check_feedback(packet, value);
    default:
        return true;
    }
}

// Packet types that naru does not read: their bodies are refused by the decoder alone.
static bool is_laxer(json_t *expected)
{
    const char *error = json_string_value(json_object_get(expected, "error"));
    return error && (strcmp(error, "APP short") == 0 || strcmp(error, "TMMBR fci") == 0);
}

static void check_row(json_t *row)
{
    const char *hex = json_string_value(json_object_get(row, "hex"));
    struct corpus_bytes bytes = corpus_hex(hex);
    json_t *expected = json_object_get(row, "expected");
    json_t *values = json_object_get(expected, "value");
    struct rtcp_iterator iterator = rtcp_begin(bytes.data, bytes.size);
    struct rtcp_packet packet;
    bool ok = bytes.size > 0;
    for (size_t i = 0; ok && rtcp_next(&iterator, &packet); i++)
        ok = check_packet(&packet, json_array_get(values, i));
    ok = ok && !iterator.bad;
    bool same = is_laxer(expected) || ok == json_is_true(json_object_get(expected, "ok"));
    CU_ASSERT(same);
    if (!same)
        fprintf(stderr, "%s: %s\n", json_string_value(json_object_get(expected, "error")), hex);
    if (ok && values)
        CU_ASSERT_EQUAL(iterator.packets, json_array_size(values));
    free(bytes.data);
}

static void matches_corpus(void)
{
    json_t *corpus = corpus_json("packets/expected_rtcp_compound.json");
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(corpus, "vectors"), index, row) check_row(row);
    json_decref(corpus);
}

void rtcp_corpus_suite(void)
{
    CU_pSuite suite = CU_add_suite("wire/rtcp corpus", NULL, NULL);
    CU_add_test(suite, "matches the corpus", matches_corpus);
}
