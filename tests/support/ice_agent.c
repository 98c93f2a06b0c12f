// SPDX-License-Identifier: Apache-2.0
#include "ice_agent.h"

#include "byte_order.h"
#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define TRIES_MAX               7
#define CONSENT_INTERVAL        (5 * NS_PER_S)
#define CONSENT_EXPIRY          (30 * NS_PER_S) // RFC 7675 5.1
#define PEER_REFLEXIVE_PRIORITY (110u << 24 | 65535u << 8 | 255u)

static void random_text(char *text, size_t size)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t bytes[64];
    RAND_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i + 1 < size; i++)
        text[i] = alphabet[bytes[i] & 63];
    text[size - 1] = 0;
}

void ice_init(struct ice_agent *agent, bool lite, ice_send_fn send, void *context)
{
    *agent = (struct ice_agent){.lite = lite, .controlling = true, .send = send, .context = context};
    random_text(agent->local_ufrag, 9);
    random_text(agent->local_password, 25);
    RAND_bytes((uint8_t *)&agent->tie_breaker, sizeof(agent->tie_breaker));
}

void ice_renew(struct ice_agent *agent)
{
    random_text(agent->local_ufrag, 9);
    random_text(agent->local_password, 25);
}

void ice_check_again(struct ice_agent *agent)
{
    memset(agent->checks, 0, sizeof(agent->checks));
    for (unsigned i = 0; i < agent->pair_count; i++) {
        agent->pairs[i].state = ICE_PAIR_WAITING;
        agent->pairs[i].nominated_by_peer = false;
    }
    agent->nominated = false;
}

int ice_restart(struct ice_agent *agent, const char *remote_ufrag, const char *remote_password)
{
    if (strlen(remote_ufrag) > ICE_CREDENTIAL_MAX || strlen(remote_password) > ICE_CREDENTIAL_MAX)
        return -EINVAL;
    strcpy(agent->remote_ufrag, remote_ufrag);
    strcpy(agent->remote_password, remote_password);
    ice_check_again(agent);
    agent->restarts++;
    return 0;
}

int ice_add_remote(struct ice_agent *agent, const struct socket_address *remote, uint32_t priority)
{
    if (agent->pair_count == ICE_PAIRS_MAX)
        return -ENOSPC;
    agent->pairs[agent->pair_count++] = (struct ice_pair){.remote = *remote, .priority = priority};
    return 0;
}

bool ice_knows(const struct ice_agent *agent, const struct socket_address *from)
{
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (socket_address_equal(&agent->pairs[i].remote, from))
            return true;
    return false;
}

static void transmit(struct ice_agent *agent, struct ice_check *check, uint64_t now)
{
    struct stun_builder request;
    char username[2 * ICE_CREDENTIAL_MAX + 2];
    int size = snprintf(username, sizeof(username), "%s:%s", agent->remote_ufrag, agent->local_ufrag);
    stun_begin(&request, STUN_BINDING_REQUEST, check->transaction);
    stun_add(&request, STUN_USERNAME, username, (size_t)size);
    stun_add32(&request, STUN_PRIORITY, PEER_REFLEXIVE_PRIORITY);
    stun_add64(&request, agent->controlling ? STUN_ICE_CONTROLLING : STUN_ICE_CONTROLLED, agent->tie_breaker);
    if (check->kind == ICE_CHECK_NOMINATING)
        stun_add(&request, STUN_USE_CANDIDATE, NULL, 0);
    stun_add_integrity(&request, agent->remote_password);
    stun_add_fingerprint(&request);
    unsigned shift = check->tries < 4 ? check->tries : 4;
    check->due_ns = now + (100 * NS_PER_MS << shift);
    check->tries++;
    check->as_controlling = agent->controlling;
    agent->counters.requests_sent++;
    agent->send(agent->context, &agent->pairs[check->pair].remote, request.data, request.size);
}

static void start_check(struct ice_agent *agent, unsigned pair, enum ice_check_kind kind, uint64_t now)
{
    for (unsigned i = 0; i < ICE_CHECKS_MAX; i++) {
        struct ice_check *check = &agent->checks[i];
        if (check->kind != ICE_CHECK_NONE)
            continue;
        *check = (struct ice_check){.kind = kind, .pair = pair, .sent_ns = now};
        RAND_bytes(check->transaction, sizeof(check->transaction));
        transmit(agent, check, now);
        return;
    }
}

static bool in_flight(const struct ice_agent *agent, enum ice_check_kind kind)
{
    for (unsigned i = 0; i < ICE_CHECKS_MAX; i++)
        if (agent->checks[i].kind == kind)
            return true;
    return false;
}

static void choose(struct ice_agent *agent, const struct socket_address *remote, uint64_t now)
{
    agent->restarts_done += !agent->nominated && agent->restarts;
    agent->nominated = true;
    agent->selected = *remote;
    agent->consent_ns = now;
    agent->next_consent_ns = now + CONSENT_INTERVAL;
}

static void check_succeeded(struct ice_agent *agent, struct ice_check *check, uint64_t now)
{
    struct ice_pair *pair = &agent->pairs[check->pair];
    enum ice_check_kind kind = check->kind;
    check->kind = ICE_CHECK_NONE;
    pair->state = ICE_PAIR_SUCCEEDED;
    agent->counters.responses_ok++;
    if (kind == ICE_CHECK_ORDINARY && agent->controlling && !agent->nominated &&
        !in_flight(agent, ICE_CHECK_NOMINATING)) {
        start_check(agent, check->pair, ICE_CHECK_NOMINATING, now);
        return;
    }
    if (kind == ICE_CHECK_NOMINATING || (!agent->controlling && pair->nominated_by_peer && !agent->nominated))
        choose(agent, &pair->remote, now);
    if (kind != ICE_CHECK_ORDINARY) {
        agent->consent_ns = now;
        agent->counters.consents++;
    }
}

static void switch_role(struct ice_agent *agent)
{
    agent->controlling = !agent->controlling;
    agent->counters.role_changes++;
}

static struct ice_check *find_check(struct ice_agent *agent, const uint8_t *transaction)
{
    for (unsigned i = 0; i < ICE_CHECKS_MAX; i++)
        if (agent->checks[i].kind != ICE_CHECK_NONE &&
            !memcmp(agent->checks[i].transaction, transaction, STUN_TRANSACTION_SIZE))
            return &agent->checks[i];
    return NULL;
}

// RFC 8445 7.2.5.2.1: a response counts only from where the request went.
static void take_response(struct ice_agent *agent, const struct socket_address *from, const uint8_t *data,
                          const struct stun_message *message, uint64_t now)
{
    struct ice_check *check = find_check(agent, message->transaction);
    if (!check || !socket_address_equal(from, &agent->pairs[check->pair].remote))
        return;
    if (!stun_integrity_holds(data, message, agent->remote_password)) {
        agent->counters.responses_bad_integrity++;
        return;
    }
    if (message->type == STUN_BINDING_ERROR) {
        agent->counters.error_responses++;
        agent->counters.last_error_code = message->error_code;
        if (message->error_code == 487) { // RFC 8445 7.2.5.1
            if (check->as_controlling == agent->controlling)
                switch_role(agent);
            agent->pairs[check->pair].state = ICE_PAIR_WAITING;
            check->kind = ICE_CHECK_NONE;
            return;
        }
        agent->pairs[check->pair].state = ICE_PAIR_FAILED;
        check->kind = ICE_CHECK_NONE;
        return;
    }
    if (message->mapped.size)
        agent->mapped = message->mapped;
    check_succeeded(agent, check, now);
}

static bool addressed_to_us(const struct ice_agent *agent, const struct stun_message *message)
{
    size_t size = strlen(agent->local_ufrag);
    return message->username_size > size && !memcmp(message->username, agent->local_ufrag, size) &&
           message->username[size] == ':';
}

// RFC 8445 7.3.1.1. A lite agent stays controlled.
static bool has_conflict(struct ice_agent *agent, const struct stun_message *message)
{
    if (agent->lite)
        return message->controlled;
    if (agent->controlling ? !message->controlling : !message->controlled)
        return false;
    if ((agent->tie_breaker >= message->tie_breaker) == agent->controlling)
        return true;
    switch_role(agent);
    return false;
}

static void refuse_role(struct ice_agent *agent, const struct socket_address *from, const struct stun_message *message)
{
    struct stun_builder response;
    stun_begin(&response, STUN_BINDING_ERROR, message->transaction);
    stun_add_error(&response, 487);
    stun_add_integrity(&response, agent->local_password);
    stun_add_fingerprint(&response);
    agent->counters.conflicts++;
    agent->send(agent->context, from, response.data, response.size);
}

// RFC 8445 7.3.1.4 and 7.3.1.5.
static void take_check(struct ice_agent *agent, const struct socket_address *from, bool use_candidate, uint64_t now)
{
    for (unsigned i = 0; i < agent->pair_count; i++) {
        struct ice_pair *pair = &agent->pairs[i];
        if (!socket_address_equal(&pair->remote, from))
            continue;
        pair->nominated_by_peer |= use_candidate && !agent->controlling;
        if (pair->state == ICE_PAIR_SUCCEEDED && pair->nominated_by_peer && use_candidate)
            choose(agent, from, now);
        else if (pair->state == ICE_PAIR_FAILED)
            pair->state = ICE_PAIR_WAITING;
    }
}

static void answer_request(struct ice_agent *agent, const struct socket_address *from, const uint8_t *data,
                           const struct stun_message *message, uint64_t now)
{
    agent->counters.requests_received++;
    if (!addressed_to_us(agent, message) || !stun_integrity_holds(data, message, agent->local_password) ||
        (message->has_fingerprint && !message->fingerprint_holds)) {
        agent->counters.requests_refused++;
        return;
    }
    agent->peer_asks = true;
    agent->peer_is_controlling = message->controlling;
    if (has_conflict(agent, message)) {
        refuse_role(agent, from, message);
        return;
    }
    struct stun_builder response;
    stun_begin(&response, STUN_BINDING_SUCCESS, message->transaction);
    stun_add_mapped(&response, from);
    stun_add_integrity(&response, agent->local_password);
    stun_add_fingerprint(&response);
    if (!ice_knows(agent, from))
        ice_add_remote(agent, from, 0);
    agent->send(agent->context, from, response.data, response.size);
    agent->counters.nominations_received += message->use_candidate;
    if (agent->lite && message->use_candidate)
        choose(agent, from, now);
    else if (!agent->lite)
        take_check(agent, from, message->use_candidate, now);
}

void ice_input(struct ice_agent *agent, const struct socket_address *from, const uint8_t *data, size_t size,
               uint64_t now)
{
    struct stun_message message;
    if (stun_read(data, size, &message) < 0) {
        agent->counters.malformed++;
        return;
    }
    if (message.type == STUN_BINDING_REQUEST)
        answer_request(agent, from, data, &message, now);
    else if (message.type == STUN_BINDING_SUCCESS || message.type == STUN_BINDING_ERROR)
        take_response(agent, from, data, &message, now);
}

// A consent check is a new transaction each time and is never sent again (RFC 7675 5.1).
static void repeat_checks(struct ice_agent *agent, uint64_t now)
{
    for (unsigned i = 0; i < ICE_CHECKS_MAX; i++) {
        struct ice_check *check = &agent->checks[i];
        if (check->kind == ICE_CHECK_NONE || now < check->due_ns)
            continue;
        if (check->kind == ICE_CHECK_CONSENT) {
            if (now > check->sent_ns + CONSENT_INTERVAL)
                check->kind = ICE_CHECK_NONE;
        } else if (check->tries == TRIES_MAX) {
            agent->pairs[check->pair].state = ICE_PAIR_FAILED;
            check->kind = ICE_CHECK_NONE;
        } else {
            transmit(agent, check, now);
        }
    }
}

static void start_waiting(struct ice_agent *agent, uint64_t now)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < agent->pair_count; i++) {
        struct ice_pair *pair = &agent->pairs[i];
        failed += pair->state == ICE_PAIR_FAILED;
        if (pair->state != ICE_PAIR_WAITING)
            continue;
        pair->state = ICE_PAIR_CHECKING;
        start_check(agent, i, ICE_CHECK_ORDINARY, now);
    }
    agent->failed = failed == agent->pair_count;
}

static void keep_consent(struct ice_agent *agent, uint64_t now)
{
    if (now >= agent->consent_ns + CONSENT_EXPIRY)
        agent->consent_expired = true;
    if (now < agent->next_consent_ns)
        return;
    agent->next_consent_ns = now + CONSENT_INTERVAL;
    for (unsigned i = 0; i < agent->pair_count; i++)
        if (socket_address_equal(&agent->pairs[i].remote, &agent->selected))
            start_check(agent, i, ICE_CHECK_CONSENT, now);
}

void ice_tick(struct ice_agent *agent, uint64_t now)
{
    if (agent->lite)
        return;
    repeat_checks(agent, now);
    if (!agent->nominated)
        start_waiting(agent, now);
    else
        keep_consent(agent, now);
}
