// SPDX-License-Identifier: Apache-2.0
#include "ice_agent.h"

#include "ice_address.h"

#include <errno.h>

#define MILLISECOND 1000000ULL
#define TA          (50 * MILLISECOND)  // RFC 8445 14.2: between two checks, of which sort ever
#define RTO_LEAST   (500 * MILLISECOND) // RFC 8445 14.3
#define RC          7                   // RFC 8489 6.2.1: transmissions, ...
#define RM          16                  // ... and how many RTO the last one is waited for
// RFC 8863 3: a peer that sends checks may still come on an address that nobody knows yet.
#define PATIENCE (39500 * MILLISECOND)
// A better pair than the first that was answered gets so long to be answered, too.
#define NOMINATION_WAIT           (200 * MILLISECOND)
#define PEER_REFLEXIVE_PREFERENCE 110u // RFC 8445 5.1.2.2

void ice_agent_begin(struct ice_agent *agent, const struct ice_agent_setup *setup, uint64_t now)
{
    *agent = (struct ice_agent){.setup = *setup, .began_at = now};
    agent->local_count = setup->local_count < ICE_LOCALS_MAX ? setup->local_count : ICE_LOCALS_MAX;
    memcpy(agent->locals, setup->locals, agent->local_count * sizeof(*setup->locals));
    agent->setup.locals = agent->locals;
}

// RFC 8445 6.1.2.3
static uint64_t priority_of(const struct ice_agent *agent, const struct ice_pair *pair)
{
    uint64_t local = agent->locals[pair->local].priority, remote = agent->remotes[pair->remote].priority;
    uint64_t controlling = agent->setup.is_controlling ? local : remote;
    uint64_t controlled = agent->setup.is_controlling ? remote : local;
    uint64_t least = local < remote ? local : remote, most = local < remote ? remote : local;
    return (least << 32) + 2 * most + (controlling > controlled);
}

static bool is_over(const struct ice_pair *pair)
{
    return pair->state == ICE_PAIR_FAILED || pair->state == ICE_PAIR_SUCCEEDED;
}

// A place for one more: at the end, or that of the least one that was not begun.
static struct ice_pair *place_for(struct ice_agent *agent, uint64_t priority)
{
    struct ice_pair *least = NULL;
    if (agent->pair_count < ICE_PAIRS_MAX)
        return &agent->pairs[agent->pair_count++];
    for (unsigned i = 0; i < agent->pair_count; i++) {
        struct ice_pair *pair = &agent->pairs[i];
        bool is_idle = (pair->state == ICE_PAIR_WAITING && !pair->turn) || pair->state == ICE_PAIR_FAILED;
        if (is_idle && (!least || pair->priority < least->priority))
            least = pair;
    }
    return least && least->priority < priority ? least : NULL;
}

static struct ice_pair *add_pair(struct ice_agent *agent, unsigned local, unsigned remote)
{
    struct ice_pair pair = {.local = (uint8_t)local, .remote = (uint8_t)remote};
    pair.priority = priority_of(agent, &pair);
    struct ice_pair *place = place_for(agent, pair.priority);
    if (place)
        *place = pair;
    return place;
}

static int find_remote(const struct ice_agent *agent, const struct transport_address *address)
{
    for (unsigned i = 0; i < agent->remote_count; i++)
        if (transport_address_equal(&agent->remotes[i].address, address))
            return (int)i;
    return -ENOENT;
}

static int find_local(const struct ice_agent *agent, const struct transport_address *address)
{
    for (unsigned i = 0; i < agent->local_count; i++)
        if (transport_address_equal(&agent->locals[i].address, address))
            return (int)i;
    return -ENOENT;
}

static struct ice_pair *find_pair(struct ice_agent *agent, unsigned local, unsigned remote)
{
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (agent->pairs[i].local == local && agent->pairs[i].remote == remote)
            return &agent->pairs[i];
    return NULL;
}

static void order(struct ice_agent *agent)
{
    for (unsigned i = 0; i < agent->pair_count; i++)
        agent->pairs[i].priority = priority_of(agent, &agent->pairs[i]);
}

int ice_agent_add_remote(struct ice_agent *agent, const struct ice_remote *remote)
{
    bool may_check = false;
    int known = find_remote(agent, &remote->address);
    if (known >= 0) {
        agent->remotes[known].priority = remote->priority; // RFC 8445 7.3.1.3: it was peer-reflexive until now
        order(agent);
        return -EEXIST;
    }
    for (unsigned i = 0; i < agent->local_count; i++)
        may_check |= ice_may_check(&agent->locals[i].known_as, &remote->address);
    if (!may_check)
        return -EPERM;
    if (agent->signalled_count == ICE_REMOTES_MAX)
        return -ENOSPC;
    agent->signalled_count++;
    agent->remotes[agent->remote_count++] = *remote;
    for (unsigned i = 0; i < agent->local_count; i++)
        if (ice_may_check(&agent->locals[i].known_as, &remote->address))
            (void)add_pair(agent, i, agent->remote_count - 1);
    return 0;
}

void ice_agent_end_of_candidates(struct ice_agent *agent)
{
    agent->has_ended = true;
}

void ice_agent_switch_role(struct ice_agent *agent, bool is_controlling)
{
    agent->setup.is_controlling = is_controlling;
    order(agent);
    for (unsigned i = 0; i < agent->pair_count; i++) {
        agent->pairs[i].is_nominating &= is_controlling;
        agent->pairs[i].is_nominated_by_peer &= !is_controlling;
    }
}

// What was under way may still be answered.
static void trigger(struct ice_agent *agent, struct ice_pair *pair)
{
    pair->state = ICE_PAIR_WAITING;
    pair->sent = 0;
    if (!pair->turn)
        pair->turn = ++agent->turn;
}

static enum ice_verdict complete(struct ice_agent *agent)
{
    agent->state = ICE_AGENT_COMPLETED;
    return ICE_NOMINATED;
}

enum ice_verdict ice_agent_asked(struct ice_agent *agent, const struct ice_question *question)
{
    int local = find_local(agent, &question->local), remote = find_remote(agent, &question->remote);
    if (agent->state != ICE_AGENT_RUNNING || local < 0)
        return ICE_NOTHING;
    if (remote < 0 && agent->remote_count - agent->signalled_count == ICE_PEER_REFLEXIVE)
        return ICE_NOTHING;
    if (remote < 0) { // RFC 8445 7.3.1.3
        remote = (int)agent->remote_count++;
        agent->remotes[remote] = (struct ice_remote){question->remote, question->priority};
    }
    struct ice_pair *pair = find_pair(agent, (unsigned)local, (unsigned)remote);
    if (!pair && !(pair = add_pair(agent, (unsigned)local, (unsigned)remote)))
        return ICE_NOTHING;
    pair->is_nominated_by_peer |= question->use_candidate && !agent->setup.is_controlling;
    if (pair->is_valid)
        return pair->is_nominated_by_peer ? complete(agent) : ICE_NOTHING;
    // RFC 8445 7.3.1.4; a check that left a moment ago is as good as the one that would be triggered.
    if (pair->state != ICE_PAIR_IN_PROGRESS || pair->sent > 1)
        trigger(agent, pair);
    return ICE_NOTHING;
}

static struct ice_pair *find_check(struct ice_agent *agent, const struct ice_answer *answer)
{
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (agent->pairs[i].is_open && !memcmp(agent->pairs[i].transaction, answer->transaction, ICE_TRANSACTION_SIZE))
            return &agent->pairs[i];
    return NULL;
}

// RFC 8445 7.2.5.1: as the other role, with another tie-breaker.
static void resolve_conflict(struct ice_agent *agent, struct ice_pair *pair)
{
    if (pair->as_controlling == agent->setup.is_controlling) {
        ice_agent_switch_role(agent, !pair->as_controlling);
        agent->setup.random(&agent->setup.tie_breaker, sizeof(agent->setup.tie_breaker));
    }
    trigger(agent, pair);
}

enum ice_verdict ice_agent_answered(struct ice_agent *agent, const struct ice_answer *answer, uint64_t now)
{
    struct ice_pair *pair = agent->state == ICE_AGENT_RUNNING ? find_check(agent, answer) : NULL;
    if (!pair)
        return ICE_NOTHING;
    agent->unanswered -= pair->sent;
    pair->is_open = false;
    pair->turn = 0;
    // RFC 8445 7.2.5.2.1
    bool is_symmetric = transport_address_equal(&agent->locals[pair->local].address, &answer->local) &&
                        transport_address_equal(&agent->remotes[pair->remote].address, &answer->remote);
    if (is_symmetric && answer->error == 487) {
        resolve_conflict(agent, pair);
        return ICE_NOTHING;
    }
    pair->state = ICE_PAIR_FAILED;
    if (!is_symmetric || answer->error) {
        pair->is_nominating = pair->is_valid = false;
        return ICE_NOTHING;
    }
    pair->state = ICE_PAIR_SUCCEEDED;
    pair->is_valid = true;
    if (!agent->valid_at)
        agent->valid_at = now;
    return pair->is_nominating || pair->is_nominated_by_peer ? complete(agent) : ICE_VALID;
}

static struct ice_pair *best_valid(struct ice_agent *agent, bool *ret_is_best)
{
    struct ice_pair *best = NULL;
    *ret_is_best = true;
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (agent->pairs[i].is_valid && (!best || agent->pairs[i].priority > best->priority))
            best = &agent->pairs[i];
    for (unsigned i = 0; best && i < agent->pair_count; i++)
        *ret_is_best &= is_over(&agent->pairs[i]) || agent->pairs[i].priority <= best->priority;
    return best;
}

// RFC 8445 8.1.1: one pair, once it is the best or was waited for.
static void nominate(struct ice_agent *agent, uint64_t now)
{
    bool is_best;
    if (!agent->setup.is_controlling || !agent->valid_at)
        return;
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (agent->pairs[i].is_nominating)
            return;
    struct ice_pair *pair = best_valid(agent, &is_best);
    if (!pair || (!is_best && now < agent->valid_at + NOMINATION_WAIT))
        return;
    pair->is_nominating = true;
    trigger(agent, pair);
}

static void give_up(struct ice_agent *agent, uint64_t now)
{
    unsigned failed = 0;
    bool is_spent = agent->unanswered >= ICE_UNANSWERED_MAX;
    for (unsigned i = 0; i < agent->pair_count; i++) {
        struct ice_pair *pair = &agent->pairs[i];
        if (pair->state == ICE_PAIR_IN_PROGRESS ? now >= pair->due && (pair->sent == RC || is_spent)
                                                : pair->state == ICE_PAIR_WAITING && is_spent) {
            pair->state = ICE_PAIR_FAILED;
            pair->is_nominating = pair->is_valid = pair->is_open = false;
            pair->turn = 0;
        }
        failed += pair->state == ICE_PAIR_FAILED;
    }
    bool nobody_comes = agent->has_ended && agent->setup.remote_is_lite;
    if (failed == agent->pair_count && (nobody_comes || now >= agent->began_at + PATIENCE))
        agent->state = ICE_AGENT_FAILED;
}

static bool goes_before(const struct ice_pair *pair, const struct ice_pair *other)
{
    if (pair->turn && other->turn)
        return pair->turn < other->turn;
    if (pair->turn || other->turn)
        return pair->turn;
    if (pair->state != other->state)
        return pair->state == ICE_PAIR_IN_PROGRESS;
    return pair->state == ICE_PAIR_IN_PROGRESS ? pair->due < other->due : pair->priority > other->priority;
}

// RFC 8445 6.1.4.2: triggered ones in their turn; then what is to be sent again; then by priority.
static struct ice_pair *choose(struct ice_agent *agent, uint64_t now)
{
    struct ice_pair *chosen = NULL;
    for (unsigned i = 0; i < agent->pair_count; i++) {
        struct ice_pair *pair = &agent->pairs[i];
        bool is_due = pair->state == ICE_PAIR_WAITING ||
                      (pair->state == ICE_PAIR_IN_PROGRESS && pair->sent < RC && now >= pair->due);
        if (is_due && (!chosen || goes_before(pair, chosen)))
            chosen = pair;
    }
    return chosen;
}

static void start(struct ice_agent *agent, struct ice_pair *pair)
{
    unsigned open = 0;
    for (unsigned i = 0; i < agent->pair_count; i++)
        open += !is_over(&agent->pairs[i]);
    agent->setup.random(pair->transaction, sizeof(pair->transaction));
    memcpy(pair->transaction, &agent->setup.tag, sizeof(agent->setup.tag));
    pair->state = ICE_PAIR_IN_PROGRESS;
    pair->is_open = true;
    pair->turn = 0;
    pair->sent = 0;
    pair->rto = TA * open > RTO_LEAST ? TA * open : RTO_LEAST;
    pair->as_controlling = agent->setup.is_controlling;
}

static void describe(const struct ice_agent *agent, const struct ice_pair *pair, struct ice_check *ret_check)
{
    const struct ice_local *local = &agent->locals[pair->local];
    *ret_check = (struct ice_check){.local = local->address,
                                    .remote = agent->remotes[pair->remote].address,
                                    .device = local->device,
                                    .priority = PEER_REFLEXIVE_PREFERENCE << 24 | (local->priority & 0xffffff),
                                    .tie_breaker = agent->setup.tie_breaker,
                                    .is_controlling = pair->as_controlling,
                                    .use_candidate = pair->is_nominating && pair->as_controlling};
    memcpy(ret_check->transaction, pair->transaction, sizeof(ret_check->transaction));
}

bool ice_agent_next(struct ice_agent *agent, uint64_t now, struct ice_check *ret_check)
{
    if (agent->state != ICE_AGENT_RUNNING)
        return false;
    nominate(agent, now);
    give_up(agent, now);
    if (agent->state != ICE_AGENT_RUNNING || now < agent->next_at || agent->unanswered >= ICE_UNANSWERED_MAX)
        return false;
    struct ice_pair *pair = choose(agent, now);
    if (!pair)
        return false;
    if (pair->state == ICE_PAIR_WAITING)
        start(agent, pair);
    pair->sent++;
    pair->due = now + (pair->sent == RC ? RM * pair->rto : pair->rto << (pair->sent - 1));
    agent->unanswered++;
    agent->next_at = now + TA;
    describe(agent, pair, ret_check);
    return true;
}
