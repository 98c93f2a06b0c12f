// SPDX-License-Identifier: Apache-2.0
// With which codecs a section is offered, which of them the peer's answer means, and what may take a track's place.
#include "control_parts.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "transceivers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_gateway gateway;

static void open_gateway(void)
{
    test_gateway_open(&gateway);
}

static void close_gateway(void)
{
    test_gateway_close(&gateway);
}

static struct journal_transceiver *transceiver_of(const struct peer_caller *caller, const char *mid)
{
    struct journal_transceiver *transceiver =
        transceivers_find(&peer_caller_session(&gateway, caller)->peer->record, mid);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transceiver);
    return transceiver;
}

static const char *mid_of_first(const struct peer_caller *caller)
{
    return peer_caller_session(&gateway, caller)->peer->record.lines[0].mid;
}

// The encoding names of the last m-line, in its order: "VP8 rtx VP9".
static void list_codecs(const char *sdp, char *ret_list, size_t size)
{
    const char *line = strstr(sdp, "m=video"), *at = strstr(line, "SAVPF") + 5;
    size_t used = 0;
    ret_list[0] = 0;
    for (char *end; *at == ' '; at = end) {
        char prefix[24], name[16] = "";
        snprintf(prefix, sizeof(prefix), "a=rtpmap:%ld ", strtol(at, &end, 10));
        const char *map = strstr(line, prefix);
        CU_ASSERT_PTR_NOT_NULL_FATAL(map);
        sscanf(map + strlen(prefix), "%15[^/]", name);
        used += (size_t)snprintf(ret_list + used, size - used, "%s%s", used ? " " : "", name);
    }
}

// That codec's payload type to the front of the m-line.
static char *preferring(char *sdp, const char *codec)
{
    char map[32], text[160];
    unsigned payload_type = 0;
    for (char *at = sdp; (at = strstr(at, "a=rtpmap:")); at++)
        if (sscanf(at, "a=rtpmap:%u %31[^/]", &payload_type, map) == 2 && !strcmp(map, codec))
            break;
    char *list = strstr(strstr(sdp, "m=video"), "SAVPF ") + 6, number[8];
    int length = (int)strcspn(list, "\r");
    snprintf(number, sizeof(number), "%u", payload_type);
    int used = snprintf(text, sizeof(text), "%s", number);
    for (int at = 0; at < length; at += (int)strcspn(list + at, " \r") + 1) {
        int word = (int)strcspn(list + at, " \r");
        if (word != (int)strlen(number) || strncmp(list + at, number, (size_t)word))
            used += snprintf(text + used, sizeof(text) - (size_t)used, " %.*s", word, list + at);
    }
    CU_ASSERT_EQUAL_FATAL(used, length);
    memcpy(list, text, (size_t)length);
    return sdp;
}

static enum gateway_status prefer(const struct peer_caller *caller, const char *mid, const char *const *codecs)
{
    struct gateway_peer_ask ask = {.sets_preferences = true};
    snprintf(ask.mid, sizeof(ask.mid), "%s", mid);
    for (unsigned i = 0; codecs[i]; i++)
        snprintf(ask.preferences[i], sizeof(ask.preferences[i]), "%s", codecs[i]);
    return peer_caller_ask(&gateway, caller, GATEWAY_PEER_CHANGE, ask, NULL);
}

static void add_video(const struct peer_caller *caller)
{
    const struct gateway_peer_ask ask = {.is_video = true, .ways = GATEWAY_RECEIVES};
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, caller, GATEWAY_PEER_ADD, ask, NULL), GATEWAY_OK);
}

static char *offer(const struct peer_caller *caller)
{
    CU_ASSERT_EQUAL_FATAL(peer_caller_set_local(&gateway, caller, GATEWAY_OFFER), GATEWAY_OK);
    return strdup(gateway.request.sdp);
}

#define ALL "VP8 rtx VP9 rtx H264 rtx AV1 rtx"

// One after the other, on one transceiver: what is preferred, what is offered then, what comes first in the answer.
static const struct {
    const char *preferences[4];
    const char *offered, *answered;
} rows[] = {
    {{NULL}, ALL, "VP9"},                                // the answer's order counts (RFC 3264 6.1)
    {{NULL}, "VP9 rtx VP8 rtx H264 rtx AV1 rtx", "VP9"}, // what was agreed on comes first
    {{"AV1", "VP8"}, "AV1 rtx VP8 rtx", "AV1"},          // no others
    {{"H264", "AV1"}, "H264 rtx AV1 rtx", "AV1"},        //
    {{"H264"}, "H264 rtx", "H264"},                      //
    {{NULL}, "H264 rtx VP8 rtx VP9 rtx AV1 rtx", "VP8"}, // as configured again
};

static void offers_have_all_codecs_or_the_preferred(void)
{
    struct peer_caller caller = {.lines = 0};
    char list[160], numbers[SDP_CODECS][16] = {{0}};
    peer_caller_open(&gateway, &caller, "room");
    add_video(&caller);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (i)
            CU_ASSERT_EQUAL(prefer(&caller, mid_of_first(&caller), rows[i].preferences), GATEWAY_OK);
        char *text = offer(&caller);
        list_codecs(text, list, sizeof(list));
        CU_ASSERT_STRING_EQUAL(list, rows[i].offered);
        char *answer = preferring(peer_caller_answer(&caller, text), rows[i].answered);
        CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_ANSWER, answer), GATEWAY_OK);
        const struct journal_transceiver *transceiver = transceiver_of(&caller, mid_of_first(&caller));
        CU_ASSERT_STRING_EQUAL(sdp_codec_name((enum sdp_codec)transceiver->codec), rows[i].answered);
        CU_ASSERT_NOT_EQUAL(transceiver->rtx_payload_type, 0xff);
        // RFC 3264 8.3.2: a number means one format for ever.
        char *number = numbers[transceiver->codec], now[16];
        snprintf(now, sizeof(now), "%u", transceiver->payload_type);
        CU_ASSERT_TRUE(!*number || !strcmp(number, now));
        strcpy(number, now);
        free(text);
    }
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &caller), 1);
}

// A peer that has named its formats is offered those, each profile under the number that it gave.
static void the_peers_own_profiles_are_offered(void)
{
    struct peer_caller caller = {.lines = 2,
                                 .video = "H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=64001f"};
    char list[160];
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    add_video(&caller);
    char *text = offer(&caller);
    list_codecs(strstr(strstr(text, "m=video") + 1, "m=video"), list, sizeof(list));
    CU_ASSERT_STRING_EQUAL(list, ALL);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "a=fmtp:96 packetization-mode=1;profile-level-id=64001f"));
    CU_ASSERT_EQUAL(peer_caller_count(text, " H264/90000"), 2); // in both sections, and nothing else
    free(text);
}

static void preferences_that_cannot_be_are_refused(void)
{
    static const char *const audio[] = {"opus", NULL}, *const vp9[] = {"VP9", NULL},
                             *const vp8[] = {"VP9", "VP8", NULL};
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(prefer(&two, "1", audio), GATEWAY_INVALID_MODIFICATION);
    CU_ASSERT_EQUAL(prefer(&two, "1", vp9), GATEWAY_INVALID_MODIFICATION); // its source is VP8
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "VP8"));
    CU_ASSERT_EQUAL(transceiver_of(&two, "1")->preferences[0], 0);
    CU_ASSERT_EQUAL(prefer(&two, "1", vp8), GATEWAY_OK);
    CU_ASSERT_EQUAL(prefer(&two, "7", vp8), GATEWAY_NO_PART);
}

static enum gateway_status replace(const struct peer_caller *caller, const char *mid, const struct peer_caller *from,
                                   const char *source_mid)
{
    struct gateway_peer_ask ask = {.sets_track = true};
    snprintf(ask.mid, sizeof(ask.mid), "%s", mid);
    if (from)
        snprintf(ask.source, sizeof(ask.source), "room/%s/%s", from->id, source_mid);
    return peer_caller_ask(&gateway, caller, GATEWAY_PEER_CHANGE, ask, NULL);
}

static struct route_intent route_of(const struct peer_caller *caller, const char *mid)
{
    struct route_intent route = {0};
    record_read(&tables_route(&gateway.worker, transceiver_of(caller, mid)->route.index)->head, &route, sizeof(route));
    return route;
}

// A viewer of two that publish in VP8, a third in H264.
static void a_track_takes_the_place_of_another_without_negotiation(void)
{
    struct peer_caller one = {.lines = 2}, other = {.lines = 2}, h264 = {.lines = 2, .video = "H264/90000"}, sees = {0};
    const struct peer_caller *all[] = {&one, &other, &h264, &sees};
    for (unsigned i = 0; i < 4; i++)
        peer_caller_open(&gateway, (struct peer_caller *)all[i], "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &sees), 2);
    const char *mid = peer_caller_session(&gateway, &sees)->peer->record.lines[1].mid;
    peer_caller_publish(&gateway, &other);
    peer_caller_publish(&gateway, &h264);
    peer_caller_follow(&gateway, &sees);
    struct route_intent before = route_of(&sees, mid);
    CU_ASSERT_EQUAL(replace(&sees, mid, &other, "1"), GATEWAY_OK);
    struct route_intent after = route_of(&sees, mid);
    CU_ASSERT_EQUAL(after.from_stream.index, transceiver_of(&other, "1")->stream.index);
    CU_ASSERT_NOT_EQUAL(after.from_stream.index, before.from_stream.index);
    CU_ASSERT_EQUAL(after.generation, before.generation);
    CU_ASSERT_EQUAL(after.ssrc, before.ssrc);
    CU_ASSERT_EQUAL(after.rtx_ssrc, before.rtx_ssrc);
    CU_ASSERT_FALSE(peer_caller_session(&gateway, &sees)->peer->needs_negotiation);
    peer_caller_publish(&gateway, &one); // the room changes: what was replaced does not come back by itself
    CU_ASSERT_FALSE(peer_caller_session(&gateway, &sees)->peer->needs_negotiation);
    CU_ASSERT_EQUAL(replace(&sees, mid, &h264, "1"), GATEWAY_INVALID_MODIFICATION);
    CU_ASSERT_EQUAL(replace(&sees, mid, &one, "0"), GATEWAY_INVALID_ACCESS); // audio
    CU_ASSERT_EQUAL(replace(&sees, mid, &one, "9"), GATEWAY_NO_PART);
    CU_ASSERT_EQUAL(replace(&sees, mid, NULL, NULL), GATEWAY_OK);
    CU_ASSERT_TRUE(route_of(&sees, mid).paused);
    CU_ASSERT_EQUAL(replace(&sees, mid, &one, "1"), GATEWAY_OK);
    after = route_of(&sees, mid);
    CU_ASSERT_FALSE(after.paused);
    CU_ASSERT_EQUAL(after.from_stream.index, before.from_stream.index);
    CU_ASSERT_EQUAL(after.ssrc, before.ssrc);
}

static void what_is_refused_in_part_changes_nothing(void)
{
    struct peer_caller one = {.lines = 2}, sees = {0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &sees, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &sees), 2);
    const char *mid = peer_caller_session(&gateway, &sees)->peer->record.lines[1].mid;
    const struct journal_transceiver before = *transceiver_of(&sees, mid);
    struct gateway_peer_ask ask = {
        .sets_ways = true, .sets_preferences = true, .preferences = {"VP8"}, .sets_track = true};
    snprintf(ask.mid, sizeof(ask.mid), "%s", mid);
    snprintf(ask.source, sizeof(ask.source), "room/%s/9", one.id);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &sees, GATEWAY_PEER_CHANGE, ask, NULL), GATEWAY_NO_PART);
    CU_ASSERT_EQUAL(memcmp(&before, transceiver_of(&sees, mid), sizeof(before)), 0);
}

void peer_codecs_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peer codecs", NULL, NULL, open_gateway, close_gateway);
    CU_add_test(suite, "offers have all codecs, or the preferred", offers_have_all_codecs_or_the_preferred);
    CU_add_test(suite, "the peer's own profiles are offered", the_peers_own_profiles_are_offered);
    CU_add_test(suite, "preferences that cannot be are refused", preferences_that_cannot_be_are_refused);
    CU_add_test(suite, "a track takes the place of another without negotiation",
                a_track_takes_the_place_of_another_without_negotiation);
    CU_add_test(suite, "what is refused in part changes nothing", what_is_refused_in_part_changes_nothing);
}
