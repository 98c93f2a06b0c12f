// SPDX-License-Identifier: Apache-2.0
// Life cycles: the moves that are allowed, and no other.
#include "association.h"
#include "controlplane_suites.h"
#include "session.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

// A row for each state: the states that may follow, in order.
static const char *const session_rows[SESSION_STATES] = {
    [SESSION_NEW] = "connecting failed closed",
    [SESSION_CONNECTING] = "securing failed closed",
    [SESSION_SECURING] = "connected failed closed",
    [SESSION_CONNECTED] = "securing disconnected failed closed",
    [SESSION_DISCONNECTED] = "securing connected failed closed",
    [SESSION_FAILED] = "closed",
    [SESSION_CLOSED] = "",
};
static const char *const association_rows[ASSOCIATION_STATES] = {
    [ASSOCIATION_NEW] = "handshaking failed",
    [ASSOCIATION_HANDSHAKING] = "new established failed",
    [ASSOCIATION_ESTABLISHED] = "closed",
    [ASSOCIATION_CLOSED] = "",
    [ASSOCIATION_FAILED] = "",
};

static void check(const struct state_table *table, const char *const *rows)
{
    for (unsigned from = 0; from < table->count; from++) {
        char found[128] = "";
        for (unsigned to = 0; to < table->count; to++) {
            unsigned state = from;
            int error = state_move(table, &state, to);
            CU_ASSERT_EQUAL(error, state_allows(table, from, to) ? 0 : -EPERM);
            CU_ASSERT_EQUAL(state, error ? from : to);
            if (!error) {
                strcat(found, found[0] ? " " : "");
                strcat(found, table->names[to]);
            }
        }
        CU_ASSERT_STRING_EQUAL(found, rows[from]);
    }
    unsigned outside = table->count;
    CU_ASSERT_EQUAL(state_move(table, &outside, 0), -EPERM);
}

static void sessions_move(void)
{
    check(&session_moves, session_rows);
}

static void associations_move(void)
{
    check(&association_moves, association_rows);
}

void state_suite(void)
{
    CU_pSuite suite = CU_add_suite("state", NULL, NULL);
    CU_add_test(suite, "a session's moves", sessions_move);
    CU_add_test(suite, "a DTLS association's moves", associations_move);
}
