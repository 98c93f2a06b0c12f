// SPDX-License-Identifier: Apache-2.0
// What others have sent: valid descriptions are taken, malformed ones refused, and none of any kind does harm.
#include "files.h"
#include "policies.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parses(const struct file_text *file, struct sdp **ret_sdp, struct sdp_error *ret_error)
{
    return sdp_parse(file->text, file->length, ret_sdp, ret_error) == 0;
}

// Print, parse, print: the second text is the first.
static bool is_stable(const struct sdp *sdp)
{
    struct sdp *again = NULL;
    struct sdp_error error;
    char *first = print_description(sdp);
    bool is_equal = false;
    if (sdp_parse(first, strlen(first), &again, &error) == 0) {
        char *second = print_description(again);
        is_equal = strcmp(first, second) == 0;
        free(second);
    } else {
        printf("line %u: %s\n", error.line, error.reason);
    }
    sdp_free(again);
    free(first);
    return is_equal;
}

// An answer parses again, or the refusal is one of policy.
static bool is_answered_well(const struct sdp *offer, const struct sdp_answer_policy *policy, unsigned *answers)
{
    struct sdp_answer *answer = NULL;
    struct sdp_error error;
    if (sdp_answer(offer, policy, &answer, &error) != 0)
        return (error.code == SDP_ERROR_UNSUPPORTED || error.code == SDP_ERROR_NO_CODEC) && *error.reason;
    bool is_good = is_stable(answer->description) && answer->section_count == offer->media_count;
    sdp_answer_free(answer);
    ++*answers;
    return is_good;
}

static void try_file(const struct file_text *file, const struct sdp *sdp, unsigned *answers)
{
    bool is_good = is_stable(sdp) && is_answered_well(sdp, &publisher_policy, answers) &&
                   is_answered_well(sdp, &viewer_policy, answers);
    CU_ASSERT_TRUE(is_good);
    if (!is_good)
        printf("%s: unstable, or not answered\n", file->name);
}

static void valid_ones_are_accepted(void)
{
    struct file_list list;
    unsigned answers = 0;
    if (!files_load("sdp/valid", ".sdp", &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        struct sdp *sdp = NULL;
        struct sdp_error error;
        bool is_parsed = parses(&list.files[i], &sdp, &error);
        CU_ASSERT_TRUE(is_parsed);
        if (is_parsed)
            try_file(&list.files[i], sdp, &answers);
        else
            printf("%s:%u: %s\n", list.files[i].name, error.line, error.reason);
        sdp_free(sdp);
    }
    printf("%zu valid, %u answers ", list.count, answers);
    files_free(&list);
}

static void malformed_ones_are_refused(void)
{
    struct file_list list;
    if (!files_load("sdp/malformed", ".sdp", &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        struct sdp *sdp = NULL;
        struct sdp_error error;
        bool is_parsed = parses(&list.files[i], &sdp, &error);
        CU_ASSERT_FALSE(is_parsed);
        if (is_parsed)
            printf("%s was taken\n", list.files[i].name);
        else
            CU_ASSERT_TRUE(error.line > 0 && *error.reason);
        sdp_free(sdp);
    }
    printf("%zu malformed ", list.count);
    files_free(&list);
}

static void take_folder(const char *folder, const char *suffix)
{
    struct file_list list;
    unsigned parsed = 0, answers = 0;
    if (!files_load(folder, suffix, &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        struct sdp *sdp = NULL;
        struct sdp_error error;
        if (parses(&list.files[i], &sdp, &error)) {
            try_file(&list.files[i], sdp, &answers);
            parsed++;
        } else if (getenv("SDP_TEST_VERBOSE")) {
            printf("%s/%s:%u: %s\n", folder, list.files[i].name, error.line, error.reason);
        }
        sdp_free(sdp);
    }
    printf("%s: %u of %zu parsed, %u answers ", folder, parsed, list.count, answers);
    files_free(&list);
}

static void suspect_ones_do_no_harm(void)
{
    take_folder("sdp/suspect", ".sdp");
    take_folder("sdp/fuzz", ".sdp");
    take_folder("seeds/sdp", "");
}

void corpora_suite(void);
void corpora_suite(void)
{
    CU_pSuite suite = CU_add_suite("sdp corpora", NULL, NULL);
    CU_add_test(suite, "valid descriptions are parsed, and answered or refused by policy", valid_ones_are_accepted);
    CU_add_test(suite, "malformed descriptions are refused with line and reason", malformed_ones_are_refused);
    CU_add_test(suite, "suspect and fuzzed descriptions do no harm", suspect_ones_do_no_harm);
}
