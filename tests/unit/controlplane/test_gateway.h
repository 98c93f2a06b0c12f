// SPDX-License-Identifier: Apache-2.0
// A control shard over real segments, with a dataplane that is played: it acknowledges, and knows peers by DTLS alone.
#pragma once

#include "control.h"
#include "dtls_test_peer.h"
#include "test_offer.h"

#define TEST_WORKERS 2
#define TEST_SECOND  CONTROL_SECOND

struct test_gateway {
    struct config *config;
    int writable[SEGMENT_KINDS], read_only[SEGMENT_KINDS];
    int wakes[TEST_WORKERS + 3]; // the journal behind, no supervision, the link to naru-sctp
    int sctp;                    // naru-sctp's end of that
    struct tables worker;        // the dataplane's view
    struct control control;
    uint64_t now;
    struct gateway_request request; // the last
    uint8_t source;                 // the last byte of who asks
    bool is_deaf;                   // the worker acknowledges nothing
};

void test_gateway_open(struct test_gateway *gateway);
void test_gateway_close(struct test_gateway *gateway);
// As if naru-control had been killed and started again.
void test_gateway_restart(struct test_gateway *gateway);

// The worker takes change notices and acknowledges them; then the control settles.
void test_gateway_settle(struct test_gateway *gateway);
void test_gateway_acknowledge(struct test_gateway *gateway);

// The request's answer stands in gateway->request; free with test_gateway_forget. offer is freed.
enum gateway_status test_gateway_ask(struct test_gateway *gateway, enum gateway_operation operation, const char *room,
                                     char *offer);
// Of the session in the last answer.
enum gateway_status test_gateway_patch(struct test_gateway *gateway, const char *id, bool is_publisher,
                                       const char *etag, const char *fragment);
enum gateway_status test_gateway_delete(struct test_gateway *gateway, const char *id, bool is_publisher);
// gateway->request as it stands. *ret_calls counts its answers, for one that waits also later.
enum gateway_status test_gateway_run(struct test_gateway *gateway, unsigned *ret_calls);
// An operator's order.
enum gateway_status test_gateway_order(struct test_gateway *gateway, struct gateway_change change, const char *room);
void test_gateway_forget(struct test_gateway *gateway);

struct session *test_gateway_session(struct test_gateway *gateway, const char *id);

// A peer with its association, and the session that it belongs to.
struct test_caller {
    struct test_peer peer;
    char id[GATEWAY_ID_SIZE], etag[GATEWAY_ETAG_SIZE];
    bool is_publisher;
};

// Offers, is answered, opens the DTLS side for it. False when it was refused (the status stands in the request).
bool test_caller_offer(struct test_gateway *gateway, struct test_caller *caller, bool is_publisher, const char *room,
                       bool is_dtls_client);
// A checked path, the whole handshake and the acknowledgement.
void test_caller_connect(struct test_gateway *gateway, struct test_caller *caller);
void test_caller_reach(struct test_gateway *gateway, const struct test_caller *caller);
// Datagrams both ways until nothing moves. False from the worker's side: injects are lost.
void test_caller_exchange(struct test_gateway *gateway, struct test_caller *caller);
void test_caller_close(struct test_caller *caller);

struct transport_intent test_transport(const struct test_gateway *gateway, uint32_t index);
