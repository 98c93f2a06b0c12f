// SPDX-License-Identifier: Apache-2.0
#include "jsep.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *const jsep_state_names[JSEP_STATES] = {
    [JSEP_STABLE] = "stable",
    [JSEP_HAVE_LOCAL_OFFER] = "have-local-offer",
    [JSEP_HAVE_REMOTE_OFFER] = "have-remote-offer",
    [JSEP_HAVE_LOCAL_PRANSWER] = "have-local-pranswer",
    [JSEP_HAVE_REMOTE_PRANSWER] = "have-remote-pranswer",
    [JSEP_CLOSED] = "closed",
};

const char *const jsep_type_names[JSEP_TYPES] = {"offer", "pranswer", "answer", "rollback"};

// A cell holds 1 + the next state; 0: not allowed.
#define TO(state) (1 + JSEP_##state)

static const uint8_t moves[JSEP_STATES][JSEP_ACTIONS][JSEP_TYPES] = {
    [JSEP_STABLE] = {[JSEP_SET_LOCAL] = {[JSEP_OFFER] = TO(HAVE_LOCAL_OFFER)},
                     [JSEP_SET_REMOTE] = {[JSEP_OFFER] = TO(HAVE_REMOTE_OFFER)}},
    [JSEP_HAVE_LOCAL_OFFER] =
        {[JSEP_SET_LOCAL] = {[JSEP_OFFER] = TO(HAVE_LOCAL_OFFER), [JSEP_ROLLBACK] = TO(STABLE)},
         [JSEP_SET_REMOTE] =
             {[JSEP_PRANSWER] = TO(HAVE_REMOTE_PRANSWER), [JSEP_ANSWER] = TO(STABLE), [JSEP_ROLLBACK] = TO(STABLE)}},
    [JSEP_HAVE_REMOTE_OFFER] =
        {[JSEP_SET_LOCAL] =
             {[JSEP_PRANSWER] = TO(HAVE_LOCAL_PRANSWER), [JSEP_ANSWER] = TO(STABLE), [JSEP_ROLLBACK] = TO(STABLE)},
         [JSEP_SET_REMOTE] = {[JSEP_OFFER] = TO(HAVE_REMOTE_OFFER), [JSEP_ROLLBACK] = TO(STABLE)}},
    [JSEP_HAVE_LOCAL_PRANSWER] =
        {[JSEP_SET_LOCAL] = {[JSEP_PRANSWER] = TO(HAVE_LOCAL_PRANSWER), [JSEP_ANSWER] = TO(STABLE)}},
    [JSEP_HAVE_REMOTE_PRANSWER] =
        {[JSEP_SET_REMOTE] = {[JSEP_PRANSWER] = TO(HAVE_REMOTE_PRANSWER), [JSEP_ANSWER] = TO(STABLE)}},
};

int jsep_next(enum jsep_state from, enum jsep_action set, enum jsep_type type, enum jsep_state *ret_next)
{
    if (from >= JSEP_STATES || set >= JSEP_ACTIONS || type >= JSEP_TYPES || !moves[from][set][type])
        return -EPERM;
    *ret_next = (enum jsep_state)(moves[from][set][type] - 1);
    return 0;
}

int jsep_may_create(enum jsep_state state, enum jsep_action create)
{
    bool may_offer = state == JSEP_STABLE || state == JSEP_HAVE_LOCAL_OFFER;
    bool may_answer = state == JSEP_HAVE_REMOTE_OFFER || state == JSEP_HAVE_LOCAL_PRANSWER;
    return (create == JSEP_CREATE_OFFER && may_offer) || (create == JSEP_CREATE_ANSWER && may_answer) ? 0 : -EPERM;
}

enum jsep_type jsep_implicit_type(enum jsep_state state)
{
    return state == JSEP_HAVE_REMOTE_OFFER || state == JSEP_HAVE_LOCAL_PRANSWER ? JSEP_ANSWER : JSEP_OFFER;
}

void jsep_allowed(enum jsep_state state, char *ret_text, size_t size)
{
    static const char *const sides[] = {"local", "remote"};
    size_t used = 0;
    snprintf(ret_text, size, "nothing");
    for (unsigned cell = 0; state < JSEP_STATES && cell < JSEP_ACTIONS * JSEP_TYPES && used < size; cell++) {
        unsigned side = cell / JSEP_TYPES, type = cell % JSEP_TYPES;
        if (moves[state][side][type])
            used += (size_t)snprintf(ret_text + used, size - used, "%sa %s %s", used ? ", " : "", sides[side],
                                     jsep_type_names[type]);
    }
}
