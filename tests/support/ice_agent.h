// SPDX-License-Identifier: Apache-2.0
// ICE, RFC 8445: full, in either role, or lite; consent by RFC 7675. Datagrams leave through a callback, time is passed
// in.
#pragma once
#include "stun_message.h"

#define ICE_PAIRS_MAX      16
#define ICE_CHECKS_MAX     24
#define ICE_CREDENTIAL_MAX 256

typedef void (*ice_send_fn)(void *context, const struct socket_address *to, const uint8_t *data, size_t size);

enum ice_pair_state { ICE_PAIR_WAITING, ICE_PAIR_CHECKING, ICE_PAIR_SUCCEEDED, ICE_PAIR_FAILED };
enum ice_check_kind { ICE_CHECK_NONE, ICE_CHECK_ORDINARY, ICE_CHECK_NOMINATING, ICE_CHECK_CONSENT };

struct ice_pair {
    struct socket_address remote;
    uint32_t priority;
    enum ice_pair_state state;
    bool nominated_by_peer;
};

struct ice_check {
    enum ice_check_kind kind; // NONE: the slot is free
    uint8_t transaction[STUN_TRANSACTION_SIZE];
    unsigned pair, tries;
    bool as_controlling;
    uint64_t sent_ns, due_ns;
};

struct ice_counters {
    uint64_t requests_sent, responses_ok, responses_bad_integrity, error_responses, requests_received, requests_refused,
        malformed, consents, conflicts, role_changes, nominations_received;
    unsigned last_error_code;
};

struct ice_agent {
    bool lite, controlling, nominated, failed, consent_expired;
    bool peer_is_controlling, peer_asks; // what the peer's last check said; there was one
    unsigned restarts, restarts_done;    // done: a pair was nominated again
    char local_ufrag[16], local_password[32];
    char remote_ufrag[ICE_CREDENTIAL_MAX + 1], remote_password[ICE_CREDENTIAL_MAX + 1];
    uint64_t tie_breaker, consent_ns, next_consent_ns;
    struct ice_pair pairs[ICE_PAIRS_MAX];
    unsigned pair_count;
    struct ice_check checks[ICE_CHECKS_MAX];
    struct socket_address selected, mapped;
    struct ice_counters counters;
    ice_send_fn send;
    void *context;
};

void ice_init(struct ice_agent *agent, bool lite, ice_send_fn send, void *context);
// The way to the peer is another one now, under the same addresses: it is checked and nominated again.
void ice_check_again(struct ice_agent *agent);
// Credentials must be set in remote_* before the first check. -ENOSPC when the list is full.
int ice_add_remote(struct ice_agent *agent, const struct socket_address *remote, uint32_t priority);
// RFC 8445 9: new credentials here; once the peer's are known, checks begin again. The path in use stays until then.
void ice_renew(struct ice_agent *agent);
int ice_restart(struct ice_agent *agent, const char *remote_ufrag, const char *remote_password);
void ice_input(struct ice_agent *agent, const struct socket_address *from, const uint8_t *data, size_t size,
               uint64_t now);
void ice_tick(struct ice_agent *agent, uint64_t now);
bool ice_knows(const struct ice_agent *agent, const struct socket_address *from);
