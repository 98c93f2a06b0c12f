// SPDX-License-Identifier: Apache-2.0
// The signalling state of a peer connection (RFC 8829 3.2, W3C WebRTC 4.4.1.5 and 4.3.1): which description may be set
// when, and where that leads. A table, no state of its own.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum jsep_state {
    JSEP_STABLE,
    JSEP_HAVE_LOCAL_OFFER,
    JSEP_HAVE_REMOTE_OFFER,
    JSEP_HAVE_LOCAL_PRANSWER,
    JSEP_HAVE_REMOTE_PRANSWER,
    JSEP_CLOSED,
    JSEP_STATES
};
extern const char *const jsep_state_names[JSEP_STATES]; // RTCSignalingState

enum jsep_type { JSEP_OFFER, JSEP_PRANSWER, JSEP_ANSWER, JSEP_ROLLBACK, JSEP_TYPES };
extern const char *const jsep_type_names[JSEP_TYPES]; // RTCSdpType

enum jsep_action {
    JSEP_SET_LOCAL,
    JSEP_SET_REMOTE,
    JSEP_ACTIONS, // that change the state; the next two do not
    JSEP_CREATE_OFFER = JSEP_ACTIONS,
    JSEP_CREATE_ANSWER
};

// Where the description leads. 0, or -EPERM: InvalidStateError.
int jsep_next(enum jsep_state from, enum jsep_action set, enum jsep_type type, enum jsep_state *ret_next);

// Whether createOffer or createAnswer may be called. 0, or -EPERM.
int jsep_may_create(enum jsep_state state, enum jsep_action create);

// What setLocalDescription() without a description creates.
enum jsep_type jsep_implicit_type(enum jsep_state state);

// What may be set in that state, for people: "a local offer, a remote offer".
void jsep_allowed(enum jsep_state state, char *ret_text, size_t size);
