// SPDX-License-Identifier: Apache-2.0
#include "connectivity.h"

#include "control_parts.h"
#include "courier.h"
#include "ice_check.h"
#include "ice_remotes.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK_SIZE        768
#define ROLE_SWITCHES_MAX 4
#define ORDER_INTERVAL    (CONTROL_SECOND / 10) // of a path order, doubled each time
#define ORDER_MAX         CONTROL_SECOND

// Of all sessions: who names others as its candidates has this gateway send them no more than that.
#define CHECKS_PER_SECOND 2000
#define CHECKS_BURST      CONTROL_SECOND // as many at once

// The nominated pair. The worker's ring may be full, its five-tuple another session's, the worker itself gone.
struct path_order {
    bool is_open; // the worker's record does not show it yet
    bool nominates;
    uint32_t device;
    struct transport_address remote, local;
    uint64_t due, interval;
};

struct connectivity { // of a session that stands in control->checking while checks run or an order is open
    struct ice_agent agent;
    bool is_running;
    struct path_order order;
    unsigned role_switches; // that the peer asked for, since the agent began
    char local_ufrag[LOCAL_UFRAG_SIZE], remote_ufrag[ICE_UFRAG_SIZE], remote_pwd[ICE_PWD_SIZE];
    bool all_expected; // no other will follow
    unsigned expected_count;
    struct ice_remote expected[ICE_REMOTES_MAX];
};

bool connectivity_is_full(const struct control *control, bool remote_is_lite)
{
    return !control->config->ice.lite || remote_is_lite;
}

void connectivity_choose_role(const struct control *control, bool remote_is_lite, bool is_offerer,
                              struct transport_intent *intent)
{
    bool is_full = connectivity_is_full(control, remote_is_lite);
    intent->mode = is_full ? TRANSPORT_ICE_FULL : TRANSPORT_ICE_LITE;
    intent->is_controlling = is_full && (is_offerer || remote_is_lite);
    control->system->random(&intent->tie_breaker, sizeof(intent->tie_breaker));
}

static struct connectivity *state_of(struct session *session)
{
    if (!session->connectivity)
        session->connectivity = calloc(1, sizeof(*session->connectivity));
    return session->connectivity; // NULL: no checks are sent, and the session is not set up in time
}

static void expect(struct connectivity *connectivity, const struct sdp_candidate *candidates, unsigned count)
{
    for (unsigned i = 0; i < count && connectivity->expected_count < ICE_REMOTES_MAX; i++)
        if (!ice_remote_read(&candidates[i], &connectivity->expected[connectivity->expected_count]))
            connectivity->expected_count++;
}

void connectivity_expect(struct session *session, const struct sdp *sdp)
{
    struct connectivity *connectivity = state_of(session);
    if (!connectivity)
        return;
    connectivity->expected_count = 0;
    connectivity->all_expected = sdp->level.end_of_candidates;
    for (unsigned i = 0; i < sdp->media_count; i++) {
        expect(connectivity, sdp->media[i].candidates, sdp->media[i].candidate_count);
        connectivity->all_expected |= sdp->media[i].level.end_of_candidates;
    }
    // RFC 8838 3: who does not trickle has named all.
    const char *options = sdp->level.ice_options;
    for (unsigned i = 0; i < sdp->media_count && !*options; i++)
        options = sdp->media[i].level.ice_options;
    connectivity->all_expected |= !strstr(options, "trickle");
}

static void inject(struct control *control, struct session *session, enum inject_kind kind,
                   const struct transport_address *remote, const struct transport_address *local, uint32_t device,
                   uint64_t value, const void *data, size_t size)
{
    const struct ring_message order = {.transport = session->record.transport.index,
                                       .generation = session->record.transport.generation,
                                       .kind = (uint16_t)kind,
                                       .port = device,
                                       .value = value,
                                       .remote = *remote,
                                       .local = *local};
    uint32_t worker = intents_worker_of(&control->intents, session->record.shard);
    // A full ring is counted there; checks are sent again.
    (void)courier_inject(&control->tables, control->worker_wakes, worker, false, &order, data, size);
}

static bool may_check(struct control *control, uint64_t now)
{
    uint64_t at = control->checks_at > now ? control->checks_at : now;
    if (at + CONTROL_SECOND / CHECKS_PER_SECOND > now + CHECKS_BURST) {
        control->checks_withheld++;
        return false;
    }
    control->checks_at = at + CONTROL_SECOND / CHECKS_PER_SECOND;
    return true;
}

// One that is withheld counts as lost on its way: the agent sends it again.
static void send_check(struct control *control, struct session *session, const struct ice_check *check, uint64_t now)
{
    uint8_t data[CHECK_SIZE];
    const struct connectivity *connectivity = session->connectivity;
    int size = ice_check_write(check, connectivity->local_ufrag, connectivity->remote_ufrag, connectivity->remote_pwd,
                               data, sizeof(data));
    if (size > 0 && may_check(control, now))
        inject(control, session, INJECT_CHECK, &check->remote, &check->local, check->device, 0, data, (size_t)size);
    if (session->state == SESSION_NEW)
        session_move(session, SESSION_CONNECTING);
}

static void send_checks(struct control *control, struct session *session, uint64_t now)
{
    struct ice_check check;
    while (ice_agent_next(&session->connectivity->agent, now, &check))
        send_check(control, session, &check, now);
    if (session->peer)
        peer_tell_state(control, session);
}

static bool is_listed(const struct connectivity *connectivity)
{
    return connectivity->is_running || connectivity->order.is_open;
}

static void stop(struct control *control, struct session *session)
{
    if (!session->connectivity || !is_listed(session->connectivity))
        return;
    session->connectivity->is_running = session->connectivity->order.is_open = false;
    TAILQ_REMOVE(&control->checking, session, checking);
}

void connectivity_end(struct control *control, struct session *session)
{
    if (!session->connectivity)
        return;
    stop(control, session);
    explicit_bzero(session->connectivity, sizeof(*session->connectivity));
    free(session->connectivity);
    session->connectivity = NULL;
}

// The present path, if there is one, serves on while its consent lasts.
static void give_up(struct control *control, struct session *session, uint64_t now)
{
    stop(control, session);
    log_info("session %s: no candidate pair was answered", session->record.id);
    if (session->state < SESSION_SECURING)
        session_end(control, session, SESSION_FAILED, "no candidate pair was answered", now);
}

static void complete(struct control *control, struct session *session)
{
    session->connectivity->is_running = false;
    if (is_listed(session->connectivity))
        return;
    TAILQ_REMOVE(&control->checking, session, checking);
    if (!session->connectivity->expected_count)
        connectivity_end(control, session);
}

// A proof is all that the controlled side orders: the worker notes the peer's nomination by itself.
static bool is_carried_out(const struct control *control, const struct session *session, const struct path_order *order)
{
    struct transport_path path;
    if (!record_read(&tables_transport_state(&control->tables, session->record.transport.index)->path.head, &path,
                     sizeof(path)) ||
        path.generation != session->record.transport.generation)
        return false;
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct transport_candidate *candidate = &path.candidates[i];
        if (transport_address_equal(&candidate->remote, &order->remote) &&
            transport_address_equal(&candidate->local, &order->local))
            return order->nominates ? path.selected == i : candidate->flags & CANDIDATE_PROVEN;
    }
    return false;
}

static void give_order(struct control *control, struct session *session, uint64_t now)
{
    struct path_order *order = &session->connectivity->order;
    order->due = now + order->interval;
    order->interval = order->interval < ORDER_MAX / 2 ? 2 * order->interval : ORDER_MAX;
    inject(control, session, INJECT_PATH, &order->remote, &order->local, order->device, order->nominates, "", 0);
}

// The checks are over.
static void repeat_order(struct control *control, struct session *session, uint64_t now)
{
    struct path_order *order = &session->connectivity->order;
    if (now < order->due)
        return;
    if (!is_carried_out(control, session, order)) {
        give_order(control, session, now);
        return;
    }
    order->is_open = false;
    complete(control, session);
}

// The session may be gone afterwards.
static void advance(struct control *control, struct session *session, uint64_t now)
{
    send_checks(control, session, now);
    enum ice_agent_state state = session->connectivity->agent.state;
    if (state == ICE_AGENT_COMPLETED)
        complete(control, session);
    else if (state == ICE_AGENT_FAILED)
        give_up(control, session, now);
}

static void add(struct connectivity *connectivity)
{
    for (unsigned i = 0; i < connectivity->expected_count; i++)
        (void)ice_agent_add_remote(&connectivity->agent, &connectivity->expected[i]);
    if (connectivity->all_expected)
        ice_agent_end_of_candidates(&connectivity->agent);
    connectivity->expected_count = 0;
    connectivity->all_expected = false;
}

static void begin_agent(struct control *control, const struct session *session, const struct transport_intent *intent,
                        bool remote_is_lite, uint64_t now)
{
    struct ice_local locals[ICE_LOCALS_MAX];
    const struct ice_agent_setup setup = {
        .random = control->system->random,
        .tag = session->record.transport.index,
        .is_controlling = intent->is_controlling,
        .remote_is_lite = remote_is_lite,
        .tie_breaker = intent->tie_breaker,
        .local_count =
            ice_locals_gather(control->config, shard_ice_port(&control->tables.limits, session->record.shard), locals),
        .locals = locals};
    struct connectivity *connectivity = session->connectivity;
    memcpy(connectivity->local_ufrag, intent->local_ufrag, sizeof(connectivity->local_ufrag));
    memcpy(connectivity->remote_ufrag, intent->remote_ufrag, sizeof(connectivity->remote_ufrag));
    memcpy(connectivity->remote_pwd, intent->remote_pwd, sizeof(connectivity->remote_pwd));
    connectivity->role_switches = 0;
    ice_agent_begin(&connectivity->agent, &setup, now);
}

void connectivity_begin(struct control *control, struct session *session, bool remote_is_lite, uint64_t now)
{
    struct transport_intent intent;
    bool is_there = intents_read_transport(&control->intents, session->record.transport, &intent);
    if (is_there && intent.mode == TRANSPORT_ICE_FULL && state_of(session)) {
        stop(control, session);
        begin_agent(control, session, &intent, remote_is_lite, now);
        add(session->connectivity);
        session->connectivity->is_running = true;
        TAILQ_INSERT_TAIL(&control->checking, session, checking);
    } else {
        connectivity_end(control, session);
    }
    explicit_bzero(&intent, sizeof(intent));
}

void connectivity_go_on(struct control *control, struct session *session, uint64_t now)
{
    struct connectivity *connectivity = session->connectivity;
    if (!connectivity || !is_listed(connectivity)) {
        connectivity_end(control, session);
        return;
    }
    if (!connectivity->is_running) { // its pair is chosen
        connectivity->expected_count = 0;
        connectivity->all_expected = false;
        return;
    }
    add(connectivity);
    send_checks(control, session, now);
}

void connectivity_trickle(struct control *control, struct session *session, const struct sdp_candidate *candidates,
                          unsigned count, bool has_ended, bool is_for_next, uint64_t now)
{
    struct connectivity *connectivity = session->connectivity;
    if (!connectivity)
        return;
    expect(connectivity, candidates, count);
    connectivity->all_expected |= has_ended;
    if (!is_for_next)
        connectivity_go_on(control, session, now);
}

// Of the intent, by which workers answer: RFC 8445 7.3.1.1, 7.2.5.1.
static void publish_role(struct control *control, struct session *session, bool is_controlling, uint64_t tie_breaker)
{
    struct transport_intent intent;
    if (intents_read_transport(&control->intents, session->record.transport, &intent) &&
        intent.mode == TRANSPORT_ICE_FULL &&
        (intent.is_controlling != (uint32_t)is_controlling || intent.tie_breaker != tie_breaker)) {
        intent.is_controlling = is_controlling;
        if (tie_breaker)
            intent.tie_breaker = tie_breaker;
        uint64_t version = intents_publish_transport(&control->intents, session->record.transport.index, &intent);
        if (session->held_version) // the keys are in the newer version, too
            session->held_version = version;
        log_info("session %s: %s in ICE from now on", session->record.id,
                 is_controlling ? "controlling" : "controlled");
    }
    explicit_bzero(&intent, sizeof(intent));
}

// Between two honest agents one switch settles it; once checks have ended a role decides nothing.
static void switch_role(struct control *control, struct session *session, bool is_controlling)
{
    struct connectivity *connectivity = session->connectivity;
    if (connectivity->agent.setup.is_controlling == is_controlling || connectivity->role_switches >= ROLE_SWITCHES_MAX)
        return;
    connectivity->role_switches++;
    ice_agent_switch_role(&connectivity->agent, is_controlling);
    publish_role(control, session, is_controlling, 0);
}

static struct path_order order_of(const struct session *session, const struct ring_message *message, uint64_t now)
{
    return (struct path_order){.is_open = true,
                               .nominates = session->connectivity->agent.setup.is_controlling,
                               .device = message->port,
                               .remote = message->remote,
                               .local = message->local,
                               .due = now + ORDER_INTERVAL,
                               .interval = ORDER_INTERVAL};
}

static void asked(struct session *session, const struct ring_message *message, uint64_t now)
{
    const struct ice_question question = {.local = message->local,
                                          .remote = message->remote,
                                          .priority = (uint32_t)message->value,
                                          .use_candidate = message->value & RING_USE_CANDIDATE};
    // The worker has noted the nomination, and the proof was ordered; it may have been lost.
    if (ice_agent_asked(&session->connectivity->agent, &question) == ICE_NOMINATED)
        session->connectivity->order = order_of(session, message, now);
}

static void answered(struct control *control, struct session *session, const struct ring_message *message, uint64_t now)
{
    struct ice_agent *agent = &session->connectivity->agent;
    struct ice_answer answer = {.local = message->local, .remote = message->remote, .error = (unsigned)message->value};
    if (message->length != sizeof(answer.transaction))
        return;
    memcpy(answer.transaction, message->data, sizeof(answer.transaction));
    enum ice_verdict verdict = ice_agent_answered(agent, &answer, now);
    if (verdict == ICE_NOMINATED) {
        session->connectivity->order = order_of(session, message, now);
        give_order(control, session, now);
    } else if (verdict == ICE_VALID) {
        inject(control, session, INJECT_PATH, &answer.remote, &answer.local, message->port, 0, "", 0);
    } else if (answer.error) {
        publish_role(control, session, agent->setup.is_controlling, agent->setup.tie_breaker);
    }
}

void connectivity_event(struct control *control, struct session *session, const struct ring_message *message,
                        uint64_t now)
{
    bool is_running = session->connectivity && session->connectivity->is_running;
    if (!is_running)
        return;
    if (message->kind == EVENT_ROLE_CONFLICT)
        switch_role(control, session, message->value);
    else if (message->kind == EVENT_CHECK_RECEIVED)
        asked(session, message, now);
    else
        answered(control, session, message, now);
    advance(control, session, now);
}

void connectivity_tick(struct control *control, uint64_t now)
{
    struct session *session;
    unsigned left = 0;
    TAILQ_FOREACH(session, &control->checking, checking)
    left++;
    // A publisher that fails takes its viewers along, whichever stand here: no pointer outlasts a step.
    for (; left && (session = TAILQ_FIRST(&control->checking)); left--) {
        TAILQ_REMOVE(&control->checking, session, checking);
        TAILQ_INSERT_TAIL(&control->checking, session, checking);
        (session->connectivity->is_running ? advance : repeat_order)(control, session, now);
    }
}
