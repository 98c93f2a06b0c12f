// SPDX-License-Identifier: Apache-2.0
// Datagrams and hints between the two processes: single-producer single-consumer rings in the rings segment. A full
// ring is counted, never waited for. The reader trusts no index and no length of the other side: it copies, then
// checks.
#pragma once

#include "address.h"
#include "layout.h"

#define RING_DATAGRAM_MAX 1536 // bytes of one UDP payload

enum ring_kind {
    RING_PUNT_HANDSHAKE,     // worker -> control: DTLS of sessions whose handshake goes on
    RING_PUNT_ESTABLISHED,   // worker -> control: DTLS of established ones
    RING_EVENT,              // worker -> control: hints; the truth is in state
    RING_CARRIED_OUT,        // worker -> control: packets for TCP peers (carried_address.h)
    RING_INJECT_HANDSHAKE,   // control -> worker: datagrams to send, paths to use
    RING_INJECT_ESTABLISHED, // control -> worker
    RING_CARRIED_IN,         // control -> worker: packets of TCP peers, or that a connection is closed
    RING_KINDS
};

enum event_kind {
    EVENT_APPLIED = 1,  // the worker acts on intent version `value`
    EVENT_PATH_CHANGED, // selected pair or proof
    EVENT_CONSENT_LOST,
    EVENT_MEDIA_STARTED, // first verified packet of stream `value`
    EVENT_BANDWIDTH,
    EVENT_QUARANTINED, // not installed: it crashed workers
    // Of full ICE agents: authenticated, with the addresses in `remote` and `local`.
    EVENT_CHECK_RECEIVED, // `value`: the candidate's priority, and RING_USE_CANDIDATE
    EVENT_CHECK_ANSWERED, // `value`: the error code, 0: success; data: the transaction
    EVENT_ROLE_CONFLICT,  // the peer stays in its role: this side is to be controlling, if `value` is 1
};
#define RING_USE_CANDIDATE (UINT64_C(1) << 32)

// What naru-control wants of a worker.
enum inject_kind {
    INJECT_DATAGRAM, // DTLS: to be sent to an address that the session has
    INJECT_CHECK,    // a Binding request: to be sent to `remote`, whatever that is
    INJECT_PATH,     // `remote` has answered such a check: it is proven, and nominated if `value` is 1
};

enum carried_kind { CARRIED_PACKET, CARRIED_CLOSED }; // of RING_CARRIED_IN

// One slot. A datagram has kind 0 and a length; an event has a kind and, where it says so, data.
struct ring_message {
    uint32_t transport, generation;
    uint16_t kind; // enum event_kind, 0 for datagrams; to a worker enum inject_kind or carried_kind
    uint16_t length;
    uint32_t port; // device index
    uint64_t value;
    struct transport_address remote, local;
    struct transport_address mapped; // of RING_CARRIED_IN: who the other end of the connection is
    uint8_t data[RING_DATAGRAM_MAX];
};

struct ring {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t tail; // writer: the producer
    _Atomic uint64_t full;                             // messages refused
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t head; // writer: the consumer
    _Alignas(TABLES_CACHE_LINE) struct ring_message slots[];
};

// Sleeping flags: a producer writes the consumer's eventfd only when the flag was set, and clears it.
struct ring_waker {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t sleeping;
};

// 0, -ENOBUFS when the ring is full (counted), -EMSGSIZE for a length over the slot. Only the used part of data is
// copied.
int ring_push(struct ring *ring, uint32_t slots, const struct ring_message *message);

// 1 and a checked copy, or 0 when there is none. A length over the slot makes the message empty.
int ring_pop(struct ring *ring, uint32_t slots, struct ring_message *ret_message);

// Whether a pop would find something: for the check after `sleeping` was published.
int ring_has_messages(struct ring *ring);

// Producer side, after its pushes: wakes the consumer through its eventfd if it sleeps. One load when it does not.
void ring_wake(struct ring_waker *waker, int eventfd);

// Consumer side: announces sleep with a full fence; the caller checks its rings again before it blocks.
void ring_sleep(struct ring_waker *waker);
void ring_awake(struct ring_waker *waker);
