// SPDX-License-Identifier: Apache-2.0
// Whatever a peer signals, asks and answers, and however time passes: checks leave 50 ms apart, to addresses that were
// named or asked from, a bounded number unanswered; lists stay within their bounds; one pair is nominated at most, and
// it was answered.
#include "ice_agent.h"

#include "expect.h"
#include "ice_address.h"
#include "ice_remotes.h"

#include <stdio.h>

#define MILLISECOND  1000000ULL
#define OPERATION    4 // bytes
#define CHECKS       64
#define AFTER_ENDING 60000

enum { ADD, END, ASK, ANSWER, SWITCH, WAIT, TEXT, OPERATIONS };

struct run {
    struct ice_agent agent;
    uint64_t now, sent_at;
    unsigned sent, nominated;
    struct ice_check checks[CHECKS]; // the last ones
};

static uint64_t seed;

static void random_bytes(void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)((seed = seed * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
}

static struct transport_address address_of(uint8_t host, bool is_ipv6)
{
    const uint8_t ip4[] = {10, 7, host / 128, host}, ip6[16] = {0xfd, 7, [15] = host};
    return is_ipv6 ? transport_address_ipv6(ip6, 5000) : transport_address_ipv4(ip4, 5000);
}

static void send_checks(struct run *run)
{
    struct ice_check check;
    while (ice_agent_next(&run->agent, run->now, &check)) {
        EXPECT(!run->sent || run->now - run->sent_at >= 50 * MILLISECOND);
        EXPECT(run->agent.state == ICE_AGENT_RUNNING && run->agent.unanswered <= ICE_UNANSWERED_MAX);
        EXPECT(ice_scope_of(&check.remote) != ICE_SCOPE_NONE && check.remote.port);
        EXPECT(!check.use_candidate || check.is_controlling);
        run->sent_at = run->now;
        run->checks[run->sent++ % CHECKS] = check;
    }
}

static void note(struct run *run, enum ice_verdict verdict)
{
    run->nominated += verdict == ICE_NOMINATED;
    EXPECT(run->nominated <= 1 && (verdict != ICE_NOMINATED || run->agent.state == ICE_AGENT_COMPLETED));
}

static void answer(struct run *run, const uint8_t *operation)
{
    const struct ice_check *check = &run->checks[operation[1] % CHECKS];
    struct ice_answer answer = {.local = check->local, .remote = check->remote};
    memcpy(answer.transaction, check->transaction, sizeof(answer.transaction));
    answer.error = operation[2] & 1 ? 487 : operation[2] & 2 ? 400 : 0;
    if (operation[2] & 4)
        answer.remote = address_of(operation[3], false);
    enum ice_verdict verdict = ice_agent_answered(&run->agent, &answer, run->now);
    EXPECT(verdict == ICE_NOTHING || (run->sent && !answer.error));
    note(run, verdict);
}

// A candidate as it stands in a description.
static void add_text(struct run *run, const uint8_t *data, size_t size)
{
    char text[80];
    struct ice_remote remote;
    snprintf(text, sizeof(text), "%.*s", (int)size, (const char *)data);
    const struct sdp_candidate candidate = {
        .transport = "UDP", .address = text, .type = "host", .priority = 1, .component = 1, .port = 5000};
    if (!ice_remote_read(&candidate, &remote))
        (void)ice_agent_add_remote(&run->agent, &remote);
}

static void operate(struct run *run, const uint8_t *operation)
{
    bool is_ipv6 = operation[2] & 8;
    struct ice_remote remote = {address_of(operation[1], is_ipv6), (uint32_t)operation[3] << 16};
    const struct ice_question question = {.local = run->agent.locals[is_ipv6].address,
                                          .remote = remote.address,
                                          .priority = operation[3],
                                          .use_candidate = operation[2] & 1};
    switch (operation[0] % OPERATIONS) {
    case ADD:
        (void)ice_agent_add_remote(&run->agent, &remote);
        break;
    case END:
        ice_agent_end_of_candidates(&run->agent);
        break;
    case ASK:
        note(run, ice_agent_asked(&run->agent, &question));
        break;
    case ANSWER:
        answer(run, operation);
        break;
    case SWITCH:
        ice_agent_switch_role(&run->agent, operation[1] & 1);
        break;
    case WAIT:
        run->now += (operation[1] + 1) * (operation[2] & 1 ? 100 : 1) * MILLISECOND;
        break;
    default:
        add_text(run, operation + 1, OPERATION - 1);
    }
}

static void expect_bounds(const struct ice_agent *agent)
{
    EXPECT(agent->pair_count <= ICE_PAIRS_MAX && agent->signalled_count <= ICE_REMOTES_MAX);
    EXPECT(agent->remote_count <= ICE_REMOTES_MAX + ICE_PEER_REFLEXIVE);
    for (unsigned i = 0; i < agent->pair_count; i++)
        EXPECT(agent->pairs[i].local < agent->local_count && agent->pairs[i].remote < agent->remote_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;
    const struct transport_address v4 = address_of(2, false), v6 = address_of(2, true);
    const struct ice_local locals[] = {{v4, v4, 0, 2130706431}, {v6, v6, 0, 2130706175}};
    struct ice_agent_setup setup = {
        .random = random_bytes, .tag = 5, .tie_breaker = 9, .local_count = 2, .locals = locals};
    if (!size)
        return 0;
    seed = 1;
    run = (struct run){.now = MILLISECOND};
    setup.is_controlling = data[0] & 1;
    setup.remote_is_lite = data[0] & 2;
    ice_agent_begin(&run.agent, &setup, run.now);
    for (size_t at = 1; at + OPERATION <= size; at += OPERATION) {
        operate(&run, data + at);
        send_checks(&run);
        expect_bounds(&run.agent);
    }
    // Nothing goes on for ever.
    ice_agent_end_of_candidates(&run.agent);
    for (uint64_t end = run.now + 2 * AFTER_ENDING * MILLISECOND; run.now < end; run.now += 50 * MILLISECOND)
        send_checks(&run);
    bool is_valid = run.agent.valid_at; // a controlled one waits to be told
    EXPECT(run.agent.state != ICE_AGENT_RUNNING || is_valid);
    return 0;
}
