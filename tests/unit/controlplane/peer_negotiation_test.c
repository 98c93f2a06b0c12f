// SPDX-License-Identifier: Apache-2.0
// What descriptions of a peer connection may be one after the other: provisional answers, places of m-lines, bundles of
// all policies. And what the states of a session are called where the W3C has three of them.
#include "control_parts.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "peer_parts.h"

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

// W3C WebRTC 4.3.2 and 4.3.3. ICE is checking until there is a path; DTLS begins on it.
static const struct {
    enum gateway_session_state state;
    const char *connection, *ice;
} rows[SESSION_STATES] = {
    {SESSION_NEW, "new", "new"},
    {SESSION_CONNECTING, "connecting", "checking"},
    {SESSION_SECURING, "connecting", "connected"},
    {SESSION_CONNECTED, "connected", "connected"},
    {SESSION_DISCONNECTED, "disconnected", "disconnected"},
    {SESSION_FAILED, "failed", "failed"},
    {SESSION_CLOSED, "closed", "closed"},
};

static void states_have_the_names_of_the_w3c(void)
{
    for (size_t i = 0; i < SESSION_STATES; i++) {
        CU_ASSERT_STRING_EQUAL(peer_connection_state(rows[i].state), rows[i].connection);
        CU_ASSERT_STRING_EQUAL(peer_ice_connection_state(rows[i].state), rows[i].ice);
    }
}

enum side { LOCAL, REMOTE };

// From "stable", one after the other; each step names the state that it leads to, NULL: it is refused.
static const struct step {
    enum side side;
    enum gateway_sdp_type type;
    const char *state;
} walks[][7] = {
    {{REMOTE, GATEWAY_OFFER, "have-remote-offer"},
     {LOCAL, GATEWAY_PRANSWER, "have-local-pranswer"},
     {LOCAL, GATEWAY_PRANSWER, "have-local-pranswer"},
     {REMOTE, GATEWAY_OFFER, NULL},
     {LOCAL, GATEWAY_ROLLBACK, NULL},
     {LOCAL, GATEWAY_ANSWER, "stable"}},
    {{LOCAL, GATEWAY_OFFER, "have-local-offer"},
     {REMOTE, GATEWAY_PRANSWER, "have-remote-pranswer"},
     {LOCAL, GATEWAY_OFFER, NULL},
     {REMOTE, GATEWAY_PRANSWER, "have-remote-pranswer"},
     {REMOTE, GATEWAY_ROLLBACK, NULL},
     {REMOTE, GATEWAY_ANSWER, "stable"}},
    {{REMOTE, GATEWAY_OFFER, "have-remote-offer"},
     {REMOTE, GATEWAY_OFFER, "have-remote-offer"},
     {REMOTE, GATEWAY_OFFER, "have-remote-offer"},
     {LOCAL, GATEWAY_OFFER, NULL},
     {LOCAL, GATEWAY_PRANSWER, "have-local-pranswer"},
     {REMOTE, GATEWAY_ANSWER, NULL},
     {LOCAL, GATEWAY_ANSWER, "stable"}},
    {{LOCAL, GATEWAY_OFFER, "have-local-offer"},
     {LOCAL, GATEWAY_OFFER, "have-local-offer"},
     {REMOTE, GATEWAY_OFFER, NULL},
     {LOCAL, GATEWAY_ROLLBACK, "stable"},
     {REMOTE, GATEWAY_OFFER, "have-remote-offer"},
     {REMOTE, GATEWAY_ROLLBACK, "stable"},
     {REMOTE, GATEWAY_ANSWER, NULL}},
};

static void take(const struct peer_caller *caller, const struct step *step, char **offered)
{
    enum gateway_status status;
    const char *before = jsep_state_names[peer_caller_session(&gateway, caller)->peer->state];
    char *sdp = NULL;
    if (step->side == LOCAL) {
        status = peer_caller_set_local(&gateway, caller, step->type);
        if (!status && step->type == GATEWAY_OFFER) {
            free(*offered);
            *offered = strdup(gateway.request.sdp);
        }
    } else {
        if (step->type == GATEWAY_OFFER || (!*offered && step->type != GATEWAY_ROLLBACK))
            sdp = peer_caller_offer(caller);
        else if (step->type != GATEWAY_ROLLBACK)
            sdp = peer_caller_answer(caller, *offered);
        status = peer_caller_set_remote(&gateway, caller, step->type, sdp);
    }
    CU_ASSERT_EQUAL(status, step->state ? GATEWAY_OK : GATEWAY_INVALID_STATE);
    CU_ASSERT_STRING_EQUAL(jsep_state_names[peer_caller_session(&gateway, caller)->peer->state],
                           step->state ? step->state : before);
}

static void provisional_answers_and_further_offers_are_set(void)
{
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        struct peer_caller other = {.lines = 2}, caller = {.lines = 2};
        char *offered = NULL;
        peer_caller_open(&gateway, &other, "room");
        peer_caller_publish(&gateway, &other);
        peer_caller_open(&gateway, &caller, "room");
        peer_caller_publish(&gateway, &caller);
        unsigned streams = peer_caller_streams(&gateway, &caller);
        for (size_t k = 0; k < 7 && (walks[i][k].state || walks[i][k].type || walks[i][k].side); k++)
            take(&caller, &walks[i][k], &offered);
        CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &caller), streams); // of all that one thing is left
        CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &caller), 2);
        free(offered);
        peer_caller_ask(&gateway, &caller, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
        peer_caller_ask(&gateway, &other, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
    }
}

static void sections_keep_their_places(void)
{
    struct peer_caller caller = {.lines = 3};
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    char *offer = peer_caller_offer(&caller), *first = strstr(offer, "a=mid:0"), *third = strstr(offer, "a=mid:2");
    first[6] = '2';
    third[6] = '0';
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, offer), GATEWAY_INVALID_ACCESS);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "m-line 0 (mid 2): its mid is another"));
    caller.lines = 2;
    offer = peer_caller_offer(&caller);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, offer), GATEWAY_INVALID_ACCESS);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "there are 2 m-lines: they are at least 3"));
    CU_ASSERT_EQUAL(peer_caller_session(&gateway, &caller)->peer->state, JSEP_STABLE);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &caller), 3);
}

// The offer's group and ports, and which sections are answered with a port.
static const struct {
    const char *group, *second; // of the second section: its port and what stands below
    const char *accepted;
} bundles[] = {
    {"a=group:BUNDLE 0 1\r\n", "9", "11"},             // balanced, max-compat: all take one transport
    {"a=group:BUNDLE 0 1\r\n", "0 bundle-only", "11"}, // max-bundle
    {"a=group:BUNDLE 0\r\n", "9", "10"},               // outside of the group there is no other transport
    {"", "9", "10"},                                   // who knows no BUNDLE gets its first
    {"", "0 bundle-only", "10"},                       // without a group the attribute means nothing
    {"a=group:BUNDLE 1 0\r\n", "9", "11"},             // the tag is the second
};

static char *offer_with(const char *group, const char *second)
{
    const struct peer_caller caller = {.lines = 2};
    char *offer = peer_caller_offer(&caller), *text = malloc(8192);
    const char *after = strchr(strstr(offer, "a=group"), '\n') + 1, *video = strstr(offer, "m=video 9");
    snprintf(text, 8192, "%.*s%s%.*sm=video %c%s", (int)(strstr(offer, "a=group") - offer), offer, group,
             (int)(video - after), after, second[0], video + strlen("m=video 9"));
    if (second[1])
        strcat(text, "a=bundle-only\r\n");
    free(offer);
    return text;
}

static void bundles_of_all_policies_are_answered(void)
{
    for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
        struct peer_caller caller = {.lines = 2};
        char accepted[3] = "";
        peer_caller_open(&gateway, &caller, "room");
        CU_ASSERT_EQUAL(
            peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, offer_with(bundles[i].group, bundles[i].second)),
            GATEWAY_OK);
        CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_ANSWER), GATEWAY_OK);
        const char *audio = strstr(gateway.request.sdp, "m=audio "), *video = strstr(gateway.request.sdp, "m=video ");
        snprintf(accepted, sizeof(accepted), "%d%d", audio[8] != '0', video[8] != '0');
        CU_ASSERT_STRING_EQUAL(accepted, bundles[i].accepted);
        CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &caller), (accepted[0] == '1') + (accepted[1] == '1'));
        peer_caller_ask(&gateway, &caller, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
    }
}

void peer_negotiation_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peer negotiation", NULL, NULL, open_gateway, close_gateway);
    CU_add_test(suite, "states have the names of the W3C", states_have_the_names_of_the_w3c);
    CU_add_test(suite, "provisional answers and further offers are set",
                provisional_answers_and_further_offers_are_set);
    CU_add_test(suite, "sections keep their places", sections_keep_their_places);
    CU_add_test(suite, "bundles of all policies are answered", bundles_of_all_policies_are_answered);
}
