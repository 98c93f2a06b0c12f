// SPDX-License-Identifier: Apache-2.0
// A full ICE agent (RFC 8445) of one component, as a state machine: candidates, questions and answers in, checks out.
// It sends nothing and has no clock: `now` is monotonic nanoseconds. Its random_fn makes transactions and tie-breakers.
#pragma once

#include "address.h"
#include "random.h"

#define ICE_REMOTES_MAX      20 // signalled ones, the others are ignored (hazard F27)
#define ICE_PEER_REFLEXIVE   4  // and those that authenticated checks came from
#define ICE_LOCALS_MAX       8
#define ICE_PAIRS_MAX        40
#define ICE_UNANSWERED_MAX   200 // checks: then nothing more is sent
#define ICE_TRANSACTION_SIZE 12

enum ice_verdict { ICE_NOTHING, ICE_VALID, ICE_NOMINATED };
enum ice_agent_state { ICE_AGENT_RUNNING, ICE_AGENT_COMPLETED, ICE_AGENT_FAILED };
// One component and one checklist: no pair is frozen (RFC 8445 6.1.2.6).
enum ice_pair_state { ICE_PAIR_WAITING, ICE_PAIR_IN_PROGRESS, ICE_PAIR_SUCCEEDED, ICE_PAIR_FAILED };

struct ice_local {
    struct transport_address address;  // where checks leave from and come to
    struct transport_address known_as; // what candidates name: the same, or the address in front of a NAT
    uint32_t device, priority;
};

struct ice_remote {
    struct transport_address address;
    uint32_t priority;
};
struct ice_pair {
    uint64_t priority, due, rto; // due: of the next transmission, or of giving up
    uint32_t turn;               // in the queue of triggered checks; 0: not in it
    uint8_t local, remote, sent;
    uint8_t transaction[ICE_TRANSACTION_SIZE];
    uint8_t state;       // enum ice_pair_state
    bool is_open;        // the transaction may still be answered
    bool as_controlling; // what it said
    bool is_valid, is_nominating, is_nominated_by_peer;
};

// To be sent now, from a local candidate's base.
struct ice_check {
    uint8_t transaction[ICE_TRANSACTION_SIZE];
    struct transport_address local, remote;
    uint32_t device, priority;
    uint64_t tie_breaker;
    bool is_controlling, use_candidate;
};

// What was received, integrity checked.
struct ice_question {
    struct transport_address local, remote;
    uint32_t priority;
    bool use_candidate;
};

struct ice_answer {
    uint8_t transaction[ICE_TRANSACTION_SIZE];
    struct transport_address local, remote; // where it came from
    unsigned error;                         // 0: success
};

struct ice_agent_setup {
    random_fn random;
    uint32_t tag; // each transaction begins with it, and goes on with 64 random bits
    bool is_controlling, remote_is_lite;
    uint64_t tie_breaker;
    unsigned local_count; // at most ICE_LOCALS_MAX count
    const struct ice_local *locals;
};

struct ice_agent {
    struct ice_agent_setup setup;
    enum ice_agent_state state;
    bool has_ended; // no candidate will follow
    uint64_t began_at, next_at, valid_at;
    uint32_t turn;
    unsigned unanswered, local_count, remote_count, signalled_count, pair_count;
    struct ice_local locals[ICE_LOCALS_MAX];
    struct ice_remote remotes[ICE_REMOTES_MAX + ICE_PEER_REFLEXIVE];
    struct ice_pair pairs[ICE_PAIRS_MAX];
};

void ice_agent_begin(struct ice_agent *agent, const struct ice_agent_setup *setup, uint64_t now);

// A signalled candidate. 0, -EEXIST (known: nothing is added), -ENOSPC, or -EPERM: none that this side may check.
int ice_agent_add_remote(struct ice_agent *agent, const struct ice_remote *remote);
void ice_agent_end_of_candidates(struct ice_agent *agent);

// Whether a check is to be sent now; ask again until there is none. Decides about nomination and failure, too.
bool ice_agent_next(struct ice_agent *agent, uint64_t now, struct ice_check *ret_check);

// A check of the peer was answered. NOMINATED: it nominates a pair that is valid.
enum ice_verdict ice_agent_asked(struct ice_agent *agent, const struct ice_question *question);
// An answer to a check; NOTHING for one that nobody waits for.
enum ice_verdict ice_agent_answered(struct ice_agent *agent, const struct ice_answer *answer, uint64_t now);

// RFC 8445 7.3.1.1: the peer's check showed that this side has the other role.
void ice_agent_switch_role(struct ice_agent *agent, bool is_controlling);
