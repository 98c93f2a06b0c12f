// SPDX-License-Identifier: Apache-2.0
// Proves that the client would notice what it is there to notice, and that no input makes it read past its end.
#include "byte_order.h"
#include "index_log.h"
#include "media_sink.h"
#include "media_source.h"
#include "rtcp_report.h"
#include "sdp_text.h"
#include "stun_message.h"
#include "twcc_recorder.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// RFC 5769 2.1, by hand from the RFC's listing.
static const uint8_t sample_request[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87,
    0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c,
    0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f,
    0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76,
    0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e,
    0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};
static const char sample_password[] = "VOkJxbRl1RmTxUk/WvJxBt";

static void stun_matches_rfc5769(void)
{
    struct stun_message message;
    CU_ASSERT_EQUAL_FATAL(stun_read(sample_request, sizeof(sample_request), &message), sizeof(sample_request));
    CU_ASSERT(stun_integrity_holds(sample_request, &message, sample_password));
    CU_ASSERT(!stun_integrity_holds(sample_request, &message, "another"));
    CU_ASSERT(message.has_fingerprint && message.fingerprint_holds && message.controlled);
    CU_ASSERT(message.username_size == 9 && !memcmp(message.username, "evtj:h6vY", 9));
}

// An exact-size heap copy, so that the sanitizer sees a read past the end.
static uint8_t *copy_of(const void *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

static void stun_survives_cuts_and_flips(void)
{
    for (size_t size = 0; size < sizeof(sample_request); size++) {
        struct stun_message message;
        uint8_t *copy = copy_of(sample_request, size);
        CU_ASSERT(stun_read(copy, size, &message) < 0);
        free(copy);
    }
    for (size_t i = 0; i < sizeof(sample_request) * 8; i++) {
        struct stun_message message;
        uint8_t *copy = copy_of(sample_request, sizeof(sample_request));
        copy[i / 8] ^= (uint8_t)(1 << i % 8);
        bool whole = stun_read(copy, sizeof(sample_request), &message) > 0;
        CU_ASSERT(!whole || !message.has_fingerprint || !message.fingerprint_holds ||
                  !stun_integrity_holds(copy, &message, sample_password));
        free(copy);
    }
}

static char *sample_description(void)
{
    struct sdp_local local = {
        .ufrag = "abcd",
        .password = "0123456789abcdefghijkl",
        .fingerprint = "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD",
        .direction = "sendonly",
        .cname = "me",
        .setup = SDP_SETUP_ACTPASS,
        .mid_extension = 1,
        .twcc_extension = 3,
        .sections = {{.kind = MEDIA_AUDIO, .mid = "0", .codec = "opus", .payload_type = 111, .ssrc = 5},
                     {.kind = MEDIA_VIDEO, .mid = "1", .codec = "H264", .payload_type = 102, .ssrc = 6}},
        .section_count = 2};
    socket_address_set("fd00::1", 4000, &local.address);
    return sdp_write(&local);
}

static void sdp_reads_what_it_writes(void)
{
    char *text = sample_description();
    struct sdp_description read;
    CU_ASSERT_FATAL(sdp_read(text, strlen(text), &read) > 0);
    CU_ASSERT(read.section_count == 2 && read.candidate_count == 1 && read.setup == SDP_SETUP_ACTPASS);
    CU_ASSERT(read.fingerprint_size == 18 && !strcmp(read.hash_name, "sha256"));
    CU_ASSERT(read.sections[1].ssrcs[0] == 6 && read.sections[1].sends && !read.sections[1].receives);
    CU_ASSERT(sdp_payload_type(&read.sections[0], "OPUS") == 111);
    CU_ASSERT(read.sections[0].mid_extension == 1 && read.sections[0].twcc_extension == 3);
    CU_ASSERT(socket_address_port(&read.candidates[0].address) == 4000);
    free(text);
}

static void sdp_survives_cuts_and_flips(void)
{
    char *text = sample_description();
    size_t size = strlen(text);
    struct sdp_description read;
    srandom(1);
    for (size_t i = 0; i < size; i++) {
        uint8_t *copy = copy_of(text, i);
        sdp_read((char *)copy, i, &read);
        free(copy);
        copy = copy_of(text, size);
        for (int j = 0; j < 4; j++)
            copy[(size_t)random() % size] = (uint8_t)random();
        sdp_read((char *)copy, size, &read);
        free(copy);
    }
    free(text);
}

static void rtp_and_rtcp_survive_noise(void)
{
    srandom(2);
    for (int i = 0; i < 200000; i++) {
        size_t size = (size_t)random() % 120, found;
        uint8_t *data = malloc(size ? size : 1);
        for (size_t j = 0; j < size; j++)
            data[j] = (uint8_t)random();
        struct rtp_packet packet;
        struct rtcp_counters counters = {0};
        struct rtcp_requests requests;
        struct probe probe;
        if (size > 4) {
            data[0] = (uint8_t)(0x80 | (data[0] & 0x3f));
            data[1] = i % 2 ? (uint8_t)(200 + data[1] % 8) : data[1];
            write16(data + 2, (uint16_t)(data[3] % 30));
        }
        rtcp_read(data, size, &counters, &requests);
        probe_read(data, size, &probe, &found);
        if (rtp_packet_read(data, size, &packet) > 0)
            rtp_packet_extension(&packet, 3, &found);
        free(data);
    }
}

static void twcc_feedback_is_read_back(void)
{
    struct twcc_recorder recorder = {0};
    struct rtcp_counters counters = {0};
    struct rtcp_requests requests;
    uint8_t packet[TWCC_FEEDBACK_MAX];
    CU_ASSERT(twcc_write(&recorder, 1, 2, packet) == 0);
    for (unsigned i = 0; i < TWCC_SPAN + 9; i += 1 + (i == 5))
        twcc_record(&recorder, (uint16_t)(65500 + i), NS_PER_S + i * 300 * NS_PER_MS / 10);
    size_t size = twcc_write(&recorder, 1, 2, packet);
    CU_ASSERT(size > 20 && size <= sizeof(packet) && rtcp_read(packet, size, &counters, &requests) == (int)size);
    CU_ASSERT(counters.twcc == 1 && counters.twcc_packets == TWCC_SPAN);
    CU_ASSERT(recorder.base == (uint16_t)(65500 + TWCC_SPAN) && recorder.count == 0);
}

enum fault { NO_FAULT, DROP, TWICE, SWAP, CORRUPT, OTHER_ROOM, OTHER_SSRC, RENUMBER, RETIME, OTHER_TYPE, OTHER_MID };

struct faulty_path {
    struct media_source source;
    struct media_sink sink;
    uint8_t held[RTP_PACKET_MAX];
    size_t held_size;
};

static void deliver(struct faulty_path *path, uint8_t *data, size_t size, uint64_t now)
{
    struct rtp_packet packet;
    struct probe probe;
    size_t offset;
    CU_ASSERT_FATAL(rtp_packet_read(data, size, &packet) > 0);
    if (probe_read(packet.payload, packet.payload_size, &probe, &offset))
        media_sink_corrupted(&path->sink, now);
    else
        media_sink_take(&path->sink, &packet, &probe, now);
}

static void apply_fault(struct faulty_path *path, enum fault fault, uint8_t *data, size_t *size, uint64_t now)
{
    if (fault == TWICE)
        deliver(path, data, *size, now);
    if (fault == CORRUPT)
        data[*size - 7] ^= 1;
    if (fault == OTHER_SSRC)
        data[8] ^= 1;
    if (fault == OTHER_TYPE)
        data[1] ^= 1;
    if (fault == OTHER_MID)
        data[17] ^= 1;
    if (fault == RENUMBER)
        write16(data + 2, (uint16_t)(read16(data + 2) + 2));
    if (fault == RETIME)
        write32(data + 4, read32(data + 4) + 90);
    if (fault == SWAP) {
        memcpy(path->held, data, *size);
        path->held_size = *size;
    }
    if (fault == SWAP || fault == DROP)
        *size = 0;
}

static void run_path(struct faulty_path *path, enum fault fault)
{
    for (int i = 0; i < 100; i++) {
        uint8_t data[RTP_PACKET_MAX];
        uint64_t now = NS_PER_S + (uint64_t)i * 20 * NS_PER_MS;
        path->source.room = 7 + (fault == OTHER_ROOM && i == 50);
        size_t size = media_source_next(&path->source, now, 0, data);
        if (i == 50)
            apply_fault(path, fault, data, &size, now);
        if (size)
            deliver(path, data, size, now);
        if (i == 52 && path->held_size)
            deliver(path, path->held, path->held_size, now);
    }
}

static void sink_notices_each_fault(void)
{
    static const struct {
        enum fault fault;
        uint64_t unique, duplicated, reordered, corrupted, foreign, ssrc, sequence, timestamp, type, mid;
    } rows[] = {
        {NO_FAULT, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0},   {DROP, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {TWICE, 100, 1, 0, 0, 0, 0, 0, 0, 0, 0},      {SWAP, 100, 0, 1, 0, 0, 0, 0, 0, 0, 0},
        {CORRUPT, 99, 0, 0, 1, 0, 0, 0, 0, 0, 0},     {OTHER_ROOM, 99, 0, 0, 0, 1, 0, 0, 0, 0, 0},
        {OTHER_SSRC, 100, 0, 0, 0, 0, 2, 0, 0, 0, 0}, {RENUMBER, 100, 0, 0, 0, 0, 0, 2, 0, 0, 0},
        {RETIME, 100, 0, 0, 0, 0, 0, 0, 2, 0, 0},     {OTHER_TYPE, 100, 0, 0, 0, 0, 0, 0, 0, 1, 0},
        {OTHER_MID, 100, 0, 0, 0, 0, 0, 0, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct faulty_path *path = calloc(1, sizeof(*path));
        struct media_sink *sink = &path->sink;
        media_source_init(&path->source, CODEC_VP8, 500, 50);
        path->source.payload_type = 96;
        path->source.mid_extension = 1;
        strcpy(path->source.mid, "1");
        *sink = (struct media_sink){.kind = MEDIA_VIDEO, .room = 7, .payload_type = 96, .mid_extension = 1, .mid = "1"};
        run_path(path, rows[i].fault);
        CU_ASSERT_EQUAL(sink->unique, rows[i].unique);
        CU_ASSERT_EQUAL(media_sink_expected(sink), 100);
        CU_ASSERT_EQUAL(sink->duplicated, rows[i].duplicated);
        CU_ASSERT_EQUAL(sink->reordered, rows[i].reordered);
        CU_ASSERT_EQUAL(sink->corrupted, rows[i].corrupted);
        CU_ASSERT_EQUAL(sink->foreign, rows[i].foreign);
        CU_ASSERT_EQUAL(sink->ssrc_changes, rows[i].ssrc);
        CU_ASSERT_EQUAL(sink->sequence_breaks, rows[i].sequence);
        CU_ASSERT_EQUAL(sink->timestamp_breaks, rows[i].timestamp);
        CU_ASSERT_EQUAL(sink->wrong_payload_type, rows[i].type);
        CU_ASSERT_EQUAL(sink->wrong_mid, rows[i].mid);
        CU_ASSERT_EQUAL(sink->keyframes, 1);
        free(path);
    }
}

// Wraps, late packets and jumps are no repetition; another SSRC, port or RTCP has indexes of its own.
static void indexes_are_told_apart(void)
{
    static const struct {
        uint32_t ssrc;
        bool is_rtcp;
        uint32_t index;
        uint64_t repeated, jump;
    } rows[] = {
        {1, false, 65530, 0, 0}, {1, false, 65529, 0, 0}, {1, false, 3, 0, 9},  {1, false, 65531, 0, 9},
        {1, false, 65530, 1, 9}, {1, false, 68, 1, 65},   {2, false, 68, 0, 0}, {1, true, 68, 0, 0},
        {1, true, 132, 0, 64},   {1, true, 68, 1, 64},    {1, false, 3, 2, 65},
    };
    struct index_log log;
    CU_ASSERT_EQUAL_FATAL(index_log_open(&log, 64), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct index_key key = {.ssrc = rows[i].ssrc, .port = 7, .is_rtcp = rows[i].is_rtcp};
        if (key.is_rtcp)
            CU_ASSERT_EQUAL(index_log_rtcp(&log, &key, rows[i].index, i), 0)
        else
            CU_ASSERT_EQUAL(index_log_rtp(&log, &key, (uint16_t)rows[i].index, 96, i), 0)
        for (size_t j = 0; j < log.capacity; j++)
            if (log.streams[j].last_ns == i && log.streams[j].used) {
                CU_ASSERT_EQUAL(log.streams[j].repeated, rows[i].repeated);
                CU_ASSERT_EQUAL(log.streams[j].largest_jump, rows[i].jump);
            }
    }
    CU_ASSERT_EQUAL(log.count, 3);
    index_log_close(&log);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite("client", NULL, NULL);
    CU_add_test(suite, "STUN agrees with RFC 5769", stun_matches_rfc5769);
    CU_add_test(suite, "STUN cut or flipped anywhere is refused", stun_survives_cuts_and_flips);
    CU_add_test(suite, "SDP reads what it writes", sdp_reads_what_it_writes);
    CU_add_test(suite, "SDP survives cuts and noise", sdp_survives_cuts_and_flips);
    CU_add_test(suite, "RTP, RTCP and probes survive noise", rtp_and_rtcp_survive_noise);
    CU_add_test(suite, "transport-wide feedback is read back", twcc_feedback_is_read_back);
    CU_add_test(suite, "an index that is used twice is noticed", indexes_are_told_apart);
    CU_add_test(suite, "a stream's judge notices each fault, and only that", sink_notices_each_fault);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
