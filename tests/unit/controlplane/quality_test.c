// SPDX-License-Identifier: Apache-2.0
// When a peer's quality is told: by class, and only when it lasts.
#include "control_parts.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "quality.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static const struct {
    struct quality_figures figures;
    enum quality_class class;
} rows[] = {
    {{0, 0, 0}, QUALITY_GOOD},      {{19, 299999, 39999}, QUALITY_GOOD}, {{20, 0, 0}, QUALITY_FAIR},
    {{0, 300000, 0}, QUALITY_FAIR}, {{0, 0, 40000}, QUALITY_FAIR},       {{79, 799999, 119999}, QUALITY_FAIR},
    {{80, 0, 0}, QUALITY_POOR},     {{0, 800000, 0}, QUALITY_POOR},      {{0, 0, 120000}, QUALITY_POOR},
    {{1000, 10, 10}, QUALITY_POOR},
};

static void figures_make_a_class(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(quality_of(&rows[i].figures), rows[i].class);
}

// What is seen each second (g, f, p), and what is told then (. for nothing).
static const char *const walks[][2] = {
    {"gggggggggg", ".........."}, // nothing new
    {"pgpgpgpgpg", ".........."}, // nothing lasts
    {"ppppgggggg", ".p......g."}, // worse at once, better after a while
    {"pfffffffff", ".f........"}, // the last of those that are worse
    {"ppfffffggg", ".p....f..."}, // and of those that are better
    {"ffffpppppp", ".f...p...."}, // step by step
    {"ppggggpggg", ".p........"}, // a relapse begins it anew
};

static void what_lasts_is_told(void)
{
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        struct quality quality = {0};
        char told[16] = "";
        for (size_t k = 0; k < strlen(walks[i][0]); k++) {
            enum quality_class seen = (enum quality_class)(strcspn("gfp", (char[]){walks[i][0][k], 0}));
            bool is_told = quality_look(&quality, seen);
            told[k] = is_told ? "gfp"[quality.told] : '.';
        }
        CU_ASSERT_STRING_EQUAL(told, walks[i][1]);
        if (strcmp(told, walks[i][1]))
            printf("%s: %s\n", walks[i][0], told);
    }
}

static void pass_seconds(struct test_gateway *gateway, const struct peer_caller *caller, unsigned count, unsigned lost)
{
    struct session *session = peer_caller_session(gateway, caller);
    const struct record_link link = session->peer->record.transceivers[0].stream;
    struct stream_state *state = tables_stream_state(&gateway->worker, link.index);
    atomic_store(&state->generation, link.generation);
    for (unsigned i = 0; i < count; i++) {
        atomic_fetch_add(&state->packets, 50 - lost);
        atomic_fetch_add(&state->lost, lost);
        gateway->now += TEST_SECOND;
        session->consent_from = gateway->now;
        atomic_store(&gateway->worker.segments[SEGMENT_STATE]->heartbeat, gateway->now);
        control_watch(&gateway->control, gateway->now);
    }
}

static unsigned count_told(struct test_gateway *gateway, const struct peer_caller *caller, const char *class)
{
    unsigned count = 0;
    peer_caller_ask(gateway, caller, GATEWAY_PEER_EVENTS, (struct gateway_peer_ask){.is_first = true}, NULL);
    for (unsigned i = 0; i < gateway->request.event_count; i++)
        count += gateway->request.events[i].kind == PEER_QUALITY && !strcmp(gateway->request.events[i].state, class);
    return count;
}

static void a_peers_losses_are_told_as_an_event(void)
{
    static struct test_gateway gateway;
    struct peer_caller caller = {.lines = 2};
    test_gateway_open(&gateway);
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    peer_caller_connect(&gateway, &caller);
    pass_seconds(&gateway, &caller, 4, 0);
    CU_ASSERT_EQUAL(count_told(&gateway, &caller, "poor"), 0);
    pass_seconds(&gateway, &caller, 6, 10);
    CU_ASSERT_EQUAL(count_told(&gateway, &caller, "poor"), 1);
    CU_ASSERT_EQUAL(count_told(&gateway, &caller, "good"), 0);
    pass_seconds(&gateway, &caller, 10, 0);
    CU_ASSERT_EQUAL(count_told(&gateway, &caller, "poor"), 1);
    CU_ASSERT_EQUAL(count_told(&gateway, &caller, "good"), 1);
    test_gateway_close(&gateway);
}

void quality_suite(void)
{
    CU_pSuite suite = CU_add_suite("peer/quality", NULL, NULL);
    CU_add_test(suite, "figures make a class", figures_make_a_class);
    CU_add_test(suite, "what lasts is told", what_lasts_is_told);
    CU_add_test(suite, "a peer's losses are told as an event", a_peers_losses_are_told_as_an_event);
}
