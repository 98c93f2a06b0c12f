// SPDX-License-Identifier: Apache-2.0
// The ICE agent under a simulated clock: what it asks, how often, whom it nominates, when it gives up.
#include "controlplane_suites.h"
#include "ice_address.h"
#include "ice_agent.h"
#include "system.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

#define MILLISECOND 1000000ULL
#define STEP        (5 * MILLISECOND)
#define ANSWERS     256
#define HOST(n)     (126u << 24 | (65535u - (n)) << 8 | 255u)

// What a remote address does with a check.
struct remote {
    const char *address;
    uint32_t priority;
    unsigned delay_ms; // of its answer
    int error;         // SILENT, 0: success
    const char *answers_from;
    unsigned checks, nominations; // that it got
    uint64_t first_at;
};
#define SILENT (-1)
#define ANSWERS_AT(where, rank, delay, code)                                                                           \
    {                                                                                                                  \
        .address = where, .priority = rank, .delay_ms = delay, .error = code                                           \
    }

struct net {
    struct ice_agent agent;
    struct remote *remotes;
    unsigned remote_count, sent, flying;
    uint64_t now, last_sent, least_gap, nominated_at;
    struct transport_address nominated;
    struct {
        struct ice_answer answer;
        uint64_t at;
    } answers[ANSWERS];
};

static struct transport_address address(const char *text)
{
    struct transport_address value;
    CU_ASSERT_EQUAL_FATAL(transport_address_parse(text, &value), 0);
    return value;
}

static void open_net(struct net *net, bool is_controlling, bool is_lite, struct remote *remotes, unsigned count)
{
    const struct ice_local locals[] = {
        {address("10.7.0.2:16384"), address("10.7.0.2:16384"), 0, HOST(0)},
        {address("[fd07::2]:16384"), address("[fd07::2]:16384"), 0, HOST(1)},
    };
    const struct ice_agent_setup setup = {.random = system_kernel.random,
                                          .is_controlling = is_controlling,
                                          .remote_is_lite = is_lite,
                                          .tie_breaker = 7,
                                          .local_count = 2,
                                          .locals = locals};
    *net = (struct net){.remotes = remotes, .remote_count = count, .now = 1000 * MILLISECOND, .least_gap = UINT64_MAX};
    ice_agent_begin(&net->agent, &setup, net->now);
    for (unsigned i = 0; i < count; i++) {
        const struct ice_remote remote = {address(remotes[i].address), remotes[i].priority};
        if (remote.priority)
            CU_ASSERT_EQUAL(ice_agent_add_remote(&net->agent, &remote), 0);
    }
}

static struct remote *find(struct net *net, const struct transport_address *where)
{
    for (unsigned i = 0; i < net->remote_count; i++) {
        struct transport_address here = address(net->remotes[i].address);
        if (transport_address_equal(&here, where))
            return &net->remotes[i];
    }
    return NULL;
}

static void send_check(struct net *net, const struct ice_check *check)
{
    struct remote *remote = find(net, &check->remote);
    CU_ASSERT_PTR_NOT_NULL_FATAL(remote);
    if (net->sent++ && net->now - net->last_sent < net->least_gap)
        net->least_gap = net->now - net->last_sent;
    net->last_sent = net->now;
    if (!remote->checks++)
        remote->first_at = net->now;
    remote->nominations += check->use_candidate;
    if (remote->error == SILENT || net->flying == ANSWERS)
        return;
    net->answers[net->flying].at = net->now + remote->delay_ms * MILLISECOND;
    struct ice_answer *answer = &net->answers[net->flying++].answer;
    *answer = (struct ice_answer){.local = check->local, .remote = check->remote, .error = (unsigned)remote->error};
    if (remote->answers_from)
        answer->remote = address(remote->answers_from);
    memcpy(answer->transaction, check->transaction, sizeof(answer->transaction));
}

static void note(struct net *net, enum ice_verdict verdict, const struct transport_address *where)
{
    if (verdict != ICE_NOMINATED)
        return;
    CU_ASSERT_EQUAL(net->nominated_at, 0); // once
    net->nominated_at = net->now;
    net->nominated = *where;
}

static void deliver(struct net *net)
{
    for (unsigned i = 0; i < net->flying;) {
        if (net->answers[i].at > net->now) {
            i++;
            continue;
        }
        struct ice_answer answer = net->answers[i].answer;
        net->answers[i] = net->answers[--net->flying];
        note(net, ice_agent_answered(&net->agent, &answer, net->now), &answer.remote);
    }
}

static void run(struct net *net, unsigned milliseconds)
{
    struct ice_check check;
    for (uint64_t end = net->now + milliseconds * MILLISECOND; net->now < end; net->now += STEP) {
        deliver(net);
        while (ice_agent_next(&net->agent, net->now, &check))
            send_check(net, &check);
    }
}

static uint64_t since_begin(const struct net *net, uint64_t when)
{
    return (when - 1000 * MILLISECOND) / MILLISECOND;
}

// A controlling agent and a lite peer of some addresses.
#define NOBODY (-1)
static const struct {
    const char *name;
    struct remote remotes[4];
    unsigned run_ms;
    int nominated; // index, or NOBODY
    unsigned from_ms, until_ms;
    enum ice_agent_state state;
} controlling_cases[] = {
    {"one that answers", {ANSWERS_AT("10.7.0.9:5000", HOST(0), 10, 0)}, 1000, 0, 50, 80, ICE_AGENT_COMPLETED},
    {"IPv6", {ANSWERS_AT("[fd07::9]:5000", HOST(0), 10, 0)}, 1000, 0, 50, 80, ICE_AGENT_COMPLETED},
    {"the first that answers is the best",
     {ANSWERS_AT("10.7.0.9:5000", HOST(0), 10, 0), ANSWERS_AT("10.7.0.8:5000", HOST(5), 10, 0)},
     1000,
     0,
     50,
     120,
     ICE_AGENT_COMPLETED},
    {"a better one is waited for",
     {ANSWERS_AT("10.7.0.9:5000", HOST(5), 10, 0), ANSWERS_AT("10.7.0.8:5000", HOST(0), 120, 0)},
     1000,
     1,
     120,
     320,
     ICE_AGENT_COMPLETED},
    {"not for long",
     {ANSWERS_AT("10.7.0.9:5000", HOST(5), 10, 0), ANSWERS_AT("10.7.0.8:5000", HOST(0), 0, SILENT)},
     1000,
     0,
     200,
     350,
     ICE_AGENT_COMPLETED},
    {"a better one that has failed is not waited for",
     {ANSWERS_AT("10.7.0.9:5000", HOST(5), 10, 0), ANSWERS_AT("10.7.0.8:5000", HOST(0), 10, 400)},
     1000,
     0,
     50,
     180,
     ICE_AGENT_COMPLETED},
    {"an answer from elsewhere proves nothing",
     {{.address = "10.7.0.9:5000", .priority = HOST(0), .delay_ms = 10, .answers_from = "10.7.0.66:5000"},
      ANSWERS_AT("10.7.0.8:5000", HOST(5), 10, 0)},
     1000,
     1,
     50,
     350,
     ICE_AGENT_COMPLETED},
    {"a slow one is answered before it is asked again",
     {ANSWERS_AT("10.7.0.9:5000", HOST(0), 400, 0)},
     2000,
     0,
     800,
     900,
     ICE_AGENT_COMPLETED},
    {"one that never answers",
     {ANSWERS_AT("10.7.0.9:5000", HOST(0), 0, SILENT)},
     41000,
     NOBODY,
     0,
     0,
     ICE_AGENT_FAILED},
    {"errors only", {ANSWERS_AT("10.7.0.9:5000", HOST(0), 10, 400)}, 1000, NOBODY, 0, 0, ICE_AGENT_FAILED},
};

static void a_controlling_agent_nominates(void)
{
    for (unsigned i = 0; i < sizeof(controlling_cases) / sizeof(controlling_cases[0]); i++) {
        struct net net;
        struct remote remotes[4];
        unsigned count = 0;
        memcpy(remotes, controlling_cases[i].remotes, sizeof(remotes));
        while (count < 4 && remotes[count].address)
            count++;
        open_net(&net, true, true, remotes, count);
        ice_agent_end_of_candidates(&net.agent);
        run(&net, controlling_cases[i].run_ms);
        bool ok = net.agent.state == controlling_cases[i].state;
        if (controlling_cases[i].nominated == NOBODY)
            ok &= !net.nominated_at;
        else {
            struct remote *wanted = &remotes[controlling_cases[i].nominated];
            uint64_t at = since_begin(&net, net.nominated_at);
            ok &= net.nominated_at && find(&net, &net.nominated) == wanted && wanted->nominations == 1;
            ok &= at >= controlling_cases[i].from_ms && at <= controlling_cases[i].until_ms;
        }
        if (!ok)
            fprintf(stderr, "%s: state %d, nominated after %lu ms\n", controlling_cases[i].name, net.agent.state,
                    (unsigned long)(net.nominated_at ? since_begin(&net, net.nominated_at) : 0));
        CU_ASSERT_TRUE(ok);
        CU_ASSERT_TRUE(net.least_gap >= 50 * MILLISECOND);
    }
}

// RFC 8489 6.2.1: 0, 500, 1500, 3500, 7500, 15500, 31500 ms, and 16 times 500 ms more.
static void checks_are_sent_seven_times(void)
{
    struct net net;
    struct remote silent = ANSWERS_AT("10.7.0.9:5000", HOST(0), 0, SILENT);
    open_net(&net, true, true, &silent, 1);
    ice_agent_end_of_candidates(&net.agent);
    static const unsigned times[] = {0, 500, 1500, 3500, 7500, 15500, 31500};
    for (unsigned i = 0; i < 7; i++) {
        run(&net, (unsigned)(times[i] + 10 - since_begin(&net, net.now)));
        CU_ASSERT_EQUAL(silent.checks, i + 1);
    }
    run(&net, 7900);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_RUNNING);
    run(&net, 200);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_FAILED);
    CU_ASSERT_EQUAL(silent.checks, 7);
}

// Hazard F27: an offer full of victims.
static void a_crowd_of_silent_addresses_is_asked_little(void)
{
    struct net net;
    struct remote crowd[30];
    char texts[30][32];
    for (unsigned i = 0; i < 30; i++) {
        snprintf(texts[i], sizeof(texts[i]), "203.0.113.%u:5000", i + 1);
        crowd[i] = (struct remote)ANSWERS_AT(texts[i], HOST(i), 0, SILENT);
    }
    open_net(&net, true, true, crowd, ICE_REMOTES_MAX);
    const struct ice_remote more = {address(texts[20]), HOST(20)};
    CU_ASSERT_EQUAL(ice_agent_add_remote(&net.agent, &more), -ENOSPC);
    CU_ASSERT_EQUAL(net.agent.pair_count, ICE_REMOTES_MAX); // none of IPv6
    ice_agent_end_of_candidates(&net.agent);
    run(&net, 120000);
    CU_ASSERT_TRUE(net.sent <= ICE_UNANSWERED_MAX);
    CU_ASSERT_TRUE(net.least_gap >= 50 * MILLISECOND);
    for (unsigned i = 0; i < ICE_REMOTES_MAX; i++)
        CU_ASSERT_TRUE(crowd[i].checks >= 1 && crowd[i].checks <= 7);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_FAILED);
}

static enum ice_verdict ask(struct net *net, const char *from, bool use_candidate)
{
    const struct ice_question question = {address("10.7.0.2:16384"), address(from), HOST(0), use_candidate};
    enum ice_verdict verdict = ice_agent_asked(&net->agent, &question);
    note(net, verdict, &question.remote);
    return verdict;
}

static void a_peers_check_triggers_one(void)
{
    struct net net;
    struct remote remotes[] = {ANSWERS_AT("10.7.0.9:5000", HOST(0), 0, SILENT),
                               ANSWERS_AT("10.7.0.8:5000", HOST(1), 10, 0), ANSWERS_AT("10.7.0.7:5000", HOST(2), 10, 0),
                               ANSWERS_AT("10.7.0.6:6000", 0, 10, 0)};
    open_net(&net, false, false, remotes, 4);
    run(&net, 10); // the best is asked first
    CU_ASSERT_EQUAL(remotes[0].checks, 1);
    CU_ASSERT_EQUAL(ask(&net, "10.7.0.7:5000", false), ICE_NOTHING);
    CU_ASSERT_EQUAL(ask(&net, "10.7.0.6:6000", true), ICE_NOTHING); // peer-reflexive
    run(&net, 200);
    CU_ASSERT_TRUE(remotes[2].checks == 1 && remotes[3].checks == 1 && remotes[2].first_at < remotes[3].first_at);
    CU_ASSERT_EQUAL(remotes[1].checks, 0);
    // The nomination counts once the pair is valid.
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_COMPLETED);
    CU_ASSERT_PTR_EQUAL(find(&net, &net.nominated), &remotes[3]);
}

static void a_controlled_agent_waits_to_be_told(void)
{
    struct net net;
    struct remote remotes[] = {ANSWERS_AT("10.7.0.9:5000", HOST(0), 10, 0),
                               ANSWERS_AT("10.7.0.8:5000", HOST(1), 10, 0)};
    open_net(&net, false, false, remotes, 2);
    run(&net, 5000);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_RUNNING);
    CU_ASSERT_TRUE(remotes[0].checks == 1 && remotes[1].checks == 1 && !remotes[0].nominations);
    CU_ASSERT_EQUAL(ask(&net, "10.7.0.8:5000", false), ICE_NOTHING);
    CU_ASSERT_EQUAL(ask(&net, "10.7.0.8:5000", true), ICE_NOMINATED);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_COMPLETED);
}

static void strangers_are_limited(void)
{
    struct net net;
    struct remote none = ANSWERS_AT("10.7.0.9:5000", HOST(0), 0, SILENT);
    open_net(&net, false, false, &none, 1);
    char text[32];
    for (unsigned i = 0; i < 30; i++) {
        snprintf(text, sizeof(text), "10.7.1.%u:5000", i + 1);
        (void)ask(&net, text, true);
    }
    CU_ASSERT_EQUAL(net.agent.remote_count, 1 + ICE_PEER_REFLEXIVE);
}

// RFC 8445 7.2.5.1
static void a_conflict_switches_the_role(void)
{
    for (int is_controlling = 0; is_controlling < 2; is_controlling++) {
        struct net net;
        struct remote remote = ANSWERS_AT("10.7.0.9:5000", HOST(0), 10, 487);
        open_net(&net, is_controlling, false, &remote, 1);
        run(&net, 30);
        CU_ASSERT_EQUAL(net.agent.setup.is_controlling, !is_controlling);
        CU_ASSERT_NOT_EQUAL(net.agent.setup.tie_breaker, 7);
        remote.error = 0;
        run(&net, 200);
        CU_ASSERT_EQUAL(remote.checks, is_controlling ? 2 : 3); // a controlling one nominates
        CU_ASSERT_EQUAL(net.agent.state, is_controlling ? ICE_AGENT_RUNNING : ICE_AGENT_COMPLETED);
    }
}

static void candidates_may_trickle(void)
{
    struct net net;
    struct remote remotes[] = {ANSWERS_AT("10.7.0.9:5000", 0, 10, 0)};
    open_net(&net, true, true, remotes, 1);
    run(&net, 2000);
    CU_ASSERT_TRUE(net.agent.state == ICE_AGENT_RUNNING && !net.sent);
    const struct ice_remote late = {address("10.7.0.9:5000"), HOST(0)};
    CU_ASSERT_EQUAL(ice_agent_add_remote(&net.agent, &late), 0);
    CU_ASSERT_EQUAL(ice_agent_add_remote(&net.agent, &late), -EEXIST);
    run(&net, 200);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_COMPLETED);
}

static void nobody_is_waited_for_for_ever(void)
{
    struct net net;
    open_net(&net, true, false, NULL, 0);
    ice_agent_end_of_candidates(&net.agent);
    run(&net, 39000); // RFC 8863: the peer's own checks may come
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_RUNNING);
    run(&net, 1000);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_FAILED);
    open_net(&net, true, true, NULL, 0);
    ice_agent_end_of_candidates(&net.agent);
    run(&net, 10);
    CU_ASSERT_EQUAL(net.agent.state, ICE_AGENT_FAILED);
}

static const struct {
    const char *address;
    enum ice_scope scope;
    bool from_private, from_public; // 10.7.0.2, 203.0.113.7 and the like of IPv6
} address_cases[] = {
    {"203.0.113.9:5000", ICE_SCOPE_PUBLIC, true, true},
    {"203.0.113.9:443", ICE_SCOPE_PUBLIC, true, true},
    {"203.0.113.9:53", ICE_SCOPE_PUBLIC, false, false},
    {"203.0.113.9:0", ICE_SCOPE_PUBLIC, false, false},
    {"203.0.113.7:5000", ICE_SCOPE_PUBLIC, true, false}, // its own
    {"10.7.0.2:5000", ICE_SCOPE_PRIVATE, false, false},
    {"10.1.2.3:5000", ICE_SCOPE_PRIVATE, true, false},
    {"10.1.2.3:443", ICE_SCOPE_PRIVATE, false, false},
    {"172.16.0.1:5000", ICE_SCOPE_PRIVATE, true, false},
    {"172.31.255.255:5000", ICE_SCOPE_PRIVATE, true, false},
    {"172.32.0.1:5000", ICE_SCOPE_PUBLIC, true, true},
    {"192.168.1.1:5000", ICE_SCOPE_PRIVATE, true, false},
    {"100.64.0.1:5000", ICE_SCOPE_PRIVATE, true, false},
    {"100.128.0.1:5000", ICE_SCOPE_PUBLIC, true, true},
    {"127.0.0.1:5000", ICE_SCOPE_LOOPBACK, false, false},
    {"169.254.169.254:5000", ICE_SCOPE_LINK, false, false},
    {"0.0.0.0:5000", ICE_SCOPE_NONE, false, false},
    {"224.0.0.1:5000", ICE_SCOPE_NONE, false, false},
    {"240.0.0.1:5000", ICE_SCOPE_NONE, false, false},
    {"255.255.255.255:5000", ICE_SCOPE_NONE, false, false},
    {"[2a00:1450::1]:5000", ICE_SCOPE_PUBLIC, true, true},
    {"[fd00::1]:5000", ICE_SCOPE_PRIVATE, true, false},
    {"[fe80::1]:5000", ICE_SCOPE_LINK, false, false},
    {"[ff02::1]:5000", ICE_SCOPE_NONE, false, false},
    {"[::1]:5000", ICE_SCOPE_LOOPBACK, false, false},
    {"[::]:5000", ICE_SCOPE_NONE, false, false},
    {"[64:ff9b::a00:1]:5000", ICE_SCOPE_NONE, false, false},
    {"[2002:a00:1::1]:5000", ICE_SCOPE_NONE, false, false},
    {"[2001:0:1::1]:5000", ICE_SCOPE_NONE, false, false},
};

static void only_such_addresses_are_asked(void)
{
    const struct transport_address private4 = address("10.7.0.2:16384"), public4 = address("203.0.113.7:16384");
    const struct transport_address private6 = address("[fd07::2]:16384"), public6 = address("[2a00::7]:16384");
    for (unsigned i = 0; i < sizeof(address_cases) / sizeof(address_cases[0]); i++) {
        struct transport_address remote = address(address_cases[i].address);
        bool is_ipv4 = transport_address_is_ipv4(&remote);
        bool ok = ice_scope_of(&remote) == address_cases[i].scope &&
                  ice_may_check(is_ipv4 ? &private4 : &private6, &remote) == address_cases[i].from_private &&
                  ice_may_check(is_ipv4 ? &public4 : &public6, &remote) == address_cases[i].from_public &&
                  !ice_may_check(is_ipv4 ? &public6 : &public4, &remote);
        if (!ok)
            fprintf(stderr, "%s\n", address_cases[i].address);
        CU_ASSERT_TRUE(ok);
    }
}

void ice_agent_suite(void)
{
    CU_pSuite suite = CU_add_suite("ice agent", NULL, NULL);
    CU_add_test(suite, "a controlling agent nominates one pair", a_controlling_agent_nominates);
    CU_add_test(suite, "a check is sent seven times, further and further apart", checks_are_sent_seven_times);
    CU_add_test(suite, "a crowd of silent addresses is asked little", a_crowd_of_silent_addresses_is_asked_little);
    CU_add_test(suite, "a peer's check triggers one", a_peers_check_triggers_one);
    CU_add_test(suite, "a controlled agent waits for a nomination", a_controlled_agent_waits_to_be_told);
    CU_add_test(suite, "peer-reflexive candidates are limited", strangers_are_limited);
    CU_add_test(suite, "a conflict switches the role", a_conflict_switches_the_role);
    CU_add_test(suite, "candidates may trickle", candidates_may_trickle);
    CU_add_test(suite, "nobody is waited for for ever", nobody_is_waited_for_for_ever);
    CU_add_test(suite, "which addresses are asked", only_such_addresses_are_asked);
}
