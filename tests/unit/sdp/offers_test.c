// SPDX-License-Identifier: Apache-2.0
// What real clients offered, answered both ways, with and without RTX, and held against the rules of rules.c.
#include "files.h"
#include "policies.h"
#include "rules.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_rules(const char *name, const char *offer, const char *answer)
{
    for (size_t i = 0; i < answer_rule_count; i++) {
        bool holds = answer_rules[i].holds(offer, answer);
        CU_ASSERT_TRUE(holds);
        if (!holds)
            printf("%s breaks: %s (%s)\n%s", name, answer_rules[i].name, answer_rules[i].clause, answer);
    }
}

static void check_parses_again(const char *answer, unsigned sections)
{
    struct sdp *again = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(sdp_parse(answer, strlen(answer), &again, &error), 0);
    CU_ASSERT_EQUAL(again->media_count, sections);
    sdp_free(again);
}

static void check_answer(const struct file_text *file, const struct sdp_answer_policy *policy, bool with_rtx)
{
    struct sdp_answer_policy variant = *policy;
    struct sdp_answer *answer = NULL;
    struct sdp_error error = {0};
    variant.rtx = with_rtx;
    CU_ASSERT_EQUAL(answer_text(file->text, &variant, &answer, &error), 0);
    if (!answer) {
        printf("%s: %s\n", file->name, error.reason);
        return;
    }
    char *text = print_description(answer->description);
    check_rules(file->name, file->text, text);
    check_parses_again(text, answer->section_count);
    free(text);
    sdp_answer_free(answer);
}

static void every_offer_is_answered_by_the_rules(void)
{
    struct file_list list;
    if (!files_load("offers", ".sdp", &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        check_answer(&list.files[i], &publisher_policy, false);
        check_answer(&list.files[i], &publisher_policy, true);
        check_answer(&list.files[i], &viewer_policy, false);
        check_answer(&list.files[i], &viewer_policy, true);
    }
    printf("%zu offers, %zu rules ", list.count, answer_rule_count);
    files_free(&list);
}

static void check_section(const char *name, const struct sdp_section *section, enum sdp_direction direction)
{
    bool is_expected = section->verdict == SDP_ACCEPTED && section->direction == direction &&
                       section->codec == (section->kind == SDP_AUDIO ? SDP_CODEC_OPUS : SDP_CODEC_VP8) &&
                       section->extension_ids[TEST_HOLE] == 0;
    CU_ASSERT_TRUE(is_expected);
    if (!is_expected)
        printf("%s, mid %s: %s\n", name, section->mid, sdp_verdict_text(section->verdict));
}

static void check_media(const struct file_text *file, const struct sdp_answer_policy *policy,
                        enum sdp_direction direction)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error;
    CU_ASSERT_EQUAL_FATAL(answer_text(file->text, policy, &answer, &error), 0);
    CU_ASSERT_EQUAL(answer->tag, 0);
    CU_ASSERT_EQUAL(answer->local_setup, SDP_PASSIVE);
    CU_ASSERT_TRUE(answer->fingerprint_count > 0 && strlen(answer->fingerprints[0].value) == 95);
    for (unsigned i = 0; i < answer->section_count; i++)
        check_section(file->name, &answer->sections[i], direction);
    sdp_answer_free(answer);
}

static void publishers_are_received_and_viewers_sent_to(void)
{
    struct file_list list;
    unsigned publishers = 0, viewers = 0;
    if (!files_load("offers", ".sdp", &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        if (strstr(list.files[i].name, "-publish")) {
            check_media(&list.files[i], &publisher_policy, SDP_RECVONLY);
            publishers++;
        } else if (strstr(list.files[i].name, "-play")) {
            check_media(&list.files[i], &viewer_policy, SDP_SENDONLY);
            viewers++;
        }
    }
    CU_ASSERT_TRUE(publishers > 0 && viewers > 0);
    files_free(&list);
}

void offers_suite(void);
void offers_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp offers of real clients", NULL, NULL);
    CU_add_test(suite, "each offer is answered by the rules, both ways", every_offer_is_answered_by_the_rules);
    CU_add_test(suite, "audio and video are accepted in the right direction",
                publishers_are_received_and_viewers_sent_to);
}
