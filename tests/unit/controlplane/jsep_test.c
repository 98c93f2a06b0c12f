// SPDX-License-Identifier: Apache-2.0
// The signalling states, cell by cell, as the W3C's figure and RFC 8829 3.2 have them.
#include "controlplane_suites.h"
#include "jsep.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NO JSEP_STATES

// clang-format off: a table reads by columns
static const struct {
    enum jsep_state from;
    enum jsep_action set;
    enum jsep_state after[JSEP_TYPES]; // offer, pranswer, answer, rollback
} rows[] = {
    {JSEP_STABLE, JSEP_SET_LOCAL, {JSEP_HAVE_LOCAL_OFFER, NO, NO, NO}},
    {JSEP_STABLE, JSEP_SET_REMOTE, {JSEP_HAVE_REMOTE_OFFER, NO, NO, NO}},
    {JSEP_HAVE_LOCAL_OFFER, JSEP_SET_LOCAL, {JSEP_HAVE_LOCAL_OFFER, NO, NO, JSEP_STABLE}},
    {JSEP_HAVE_LOCAL_OFFER, JSEP_SET_REMOTE, {NO, JSEP_HAVE_REMOTE_PRANSWER, JSEP_STABLE, JSEP_STABLE}},
    {JSEP_HAVE_REMOTE_OFFER, JSEP_SET_LOCAL, {NO, JSEP_HAVE_LOCAL_PRANSWER, JSEP_STABLE, JSEP_STABLE}},
    {JSEP_HAVE_REMOTE_OFFER, JSEP_SET_REMOTE, {JSEP_HAVE_REMOTE_OFFER, NO, NO, JSEP_STABLE}},
    {JSEP_HAVE_LOCAL_PRANSWER, JSEP_SET_LOCAL, {NO, JSEP_HAVE_LOCAL_PRANSWER, JSEP_STABLE, NO}},
    {JSEP_HAVE_LOCAL_PRANSWER, JSEP_SET_REMOTE, {NO, NO, NO, NO}},
    {JSEP_HAVE_REMOTE_PRANSWER, JSEP_SET_LOCAL, {NO, NO, NO, NO}},
    {JSEP_HAVE_REMOTE_PRANSWER, JSEP_SET_REMOTE, {NO, JSEP_HAVE_REMOTE_PRANSWER, JSEP_STABLE, NO}},
    {JSEP_CLOSED, JSEP_SET_LOCAL, {NO, NO, NO, NO}},
    {JSEP_CLOSED, JSEP_SET_REMOTE, {NO, NO, NO, NO}},
};
// clang-format on

static void every_cell_is_as_specified(void)
{
    CU_ASSERT_EQUAL(sizeof(rows) / sizeof(rows[0]), JSEP_STATES * JSEP_ACTIONS);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (unsigned type = 0; type < JSEP_TYPES; type++) {
            enum jsep_state next = NO;
            int error = jsep_next(rows[i].from, rows[i].set, (enum jsep_type)type, &next);
            CU_ASSERT_EQUAL(error, rows[i].after[type] == NO ? -EPERM : 0);
            CU_ASSERT_EQUAL(next, rows[i].after[type]);
            if (next != rows[i].after[type])
                printf("%s, %u, %s\n", jsep_state_names[rows[i].from], rows[i].set, jsep_type_names[type]);
        }
    enum jsep_state next = NO;
    CU_ASSERT_EQUAL(jsep_next(JSEP_STATES, JSEP_SET_LOCAL, JSEP_OFFER, &next), -EPERM);
    CU_ASSERT_EQUAL(jsep_next(JSEP_STABLE, JSEP_CREATE_OFFER, JSEP_OFFER, &next), -EPERM);
}

static void descriptions_are_created_where_they_can_be_set(void)
{
    for (unsigned state = 0; state < JSEP_STATES; state++) {
        enum jsep_state next;
        bool may_offer = !jsep_next((enum jsep_state)state, JSEP_SET_LOCAL, JSEP_OFFER, &next);
        bool may_answer = !jsep_next((enum jsep_state)state, JSEP_SET_LOCAL, JSEP_ANSWER, &next);
        CU_ASSERT_EQUAL(jsep_may_create((enum jsep_state)state, JSEP_CREATE_OFFER) == 0, may_offer);
        CU_ASSERT_EQUAL(jsep_may_create((enum jsep_state)state, JSEP_CREATE_ANSWER) == 0, may_answer);
        CU_ASSERT_EQUAL(jsep_may_create((enum jsep_state)state, JSEP_SET_LOCAL), -EPERM);
        CU_ASSERT_EQUAL(jsep_implicit_type((enum jsep_state)state), may_answer ? JSEP_ANSWER : JSEP_OFFER);
    }
}

static void what_is_allowed_is_told(void)
{
    char text[128], small[8];
    jsep_allowed(JSEP_STABLE, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "a local offer, a remote offer");
    jsep_allowed(JSEP_HAVE_LOCAL_OFFER, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text,
                           "a local offer, a local rollback, a remote pranswer, a remote answer, a remote rollback");
    jsep_allowed(JSEP_CLOSED, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "nothing");
    jsep_allowed(JSEP_STABLE, small, sizeof(small));
    CU_ASSERT_STRING_EQUAL(small, "a local");
}

void jsep_suite(void)
{
    CU_pSuite suite = CU_add_suite("jsep", NULL, NULL);
    CU_add_test(suite, "every cell is as specified", every_cell_is_as_specified);
    CU_add_test(suite, "descriptions are created where they can be set",
                descriptions_are_created_where_they_can_be_set);
    CU_add_test(suite, "what is allowed is told", what_is_allowed_is_told);
}
