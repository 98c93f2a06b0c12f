// SPDX-License-Identifier: Apache-2.0
#include "test_gateway.h"

#include <arpa/inet.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct tables_limits limits = {.workers = TEST_WORKERS,
                                            .shards = 4,
                                            .ports_per_shard = 16,
                                            .first_port = 16384,
                                            .transports = 16,
                                            .streams = 16,
                                            .routes = 16,
                                            .ring_slots = 64};

static struct config *make_config(void)
{
    struct config *config = calloc(1, sizeof(*config));
    config_defaults(config);
    config->limits.transports = limits.transports;
    config->limits.rooms = 4;
    config->port_count = 1;
    config->ports[0].addresses.count = 1;
    config->ports[0].addresses.item[0].family = AF_INET;
    inet_pton(AF_INET, "10.7.0.2", &config->ports[0].addresses.item[0].v4);
    return config;
}

static void open_control(struct test_gateway *gateway)
{
    const struct control_setup setup = {
        .config = gateway->config,
        .fds = {gateway->writable[SEGMENT_INTENT], gateway->read_only[SEGMENT_STATE], gateway->writable[SEGMENT_RINGS]},
        .journal_fd = -1,
        .worker_wakes = gateway->wakes,
        .system = &system_kernel,
        .dtls = &dtls_openssl};
    CU_ASSERT_EQUAL_FATAL(control_open(&setup, gateway->now, &gateway->control), 0);
}

void test_gateway_open(struct test_gateway *gateway)
{
    memset(gateway, 0, sizeof(*gateway));
    gateway->now = 1000 * TEST_SECOND;
    gateway->config = make_config();
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        CU_ASSERT_EQUAL_FATAL(segment_create((enum segment_kind)kind, &limits, false, &gateway->writable[kind],
                                             &gateway->read_only[kind]),
                              0);
    for (int i = 0; i < TEST_WORKERS; i++)
        gateway->wakes[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    gateway->wakes[TEST_WORKERS] = memfd_create("journal", MFD_CLOEXEC);
    gateway->wakes[TEST_WORKERS + 1] = -1;
    int link[2];
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, link), 0);
    gateway->wakes[TEST_WORKERS + 2] = link[0];
    gateway->sctp = link[1];
    const int fds[SEGMENT_KINDS] = {gateway->read_only[SEGMENT_INTENT], gateway->writable[SEGMENT_STATE],
                                    gateway->writable[SEGMENT_RINGS]};
    CU_ASSERT_EQUAL_FATAL(tables_attach(TABLES_DATAPLANE, fds, &gateway->worker), 0);
    struct segment_header *state = gateway->worker.segments[SEGMENT_STATE];
    atomic_store(&state->owner_ready, 1);
    atomic_store(&state->heartbeat, gateway->now);
    open_control(gateway);
    control_watch(&gateway->control, gateway->now);
}

void test_gateway_close(struct test_gateway *gateway)
{
    test_gateway_forget(gateway);
    control_close(&gateway->control);
    tables_detach(&gateway->worker);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close(gateway->writable[kind]);
        close(gateway->read_only[kind]);
    }
    for (int i = 0; i < TEST_WORKERS + 3; i++)
        close(gateway->wakes[i]);
    close(gateway->sctp);
    free(gateway->config);
}

void test_gateway_restart(struct test_gateway *gateway)
{
    control_close(&gateway->control);
    open_control(gateway);
}

// As a worker does: what it finds is what it acts on.
static void apply(struct test_gateway *gateway, uint32_t index)
{
    struct transport_intent intent;
    struct transport_state *state = tables_transport_state(&gateway->worker, index);
    uint64_t version = record_read(&tables_transport(&gateway->worker, index)->head, &intent, sizeof(intent));
    if (intent.generation && atomic_load(&state->applied_generation) != intent.generation) {
        memset(state, 0, sizeof(*state));
        atomic_store(&state->last_consent, gateway->now);
    }
    atomic_store(&state->applied_generation, intent.generation);
    atomic_store(&state->applied_version, version);
}

void test_gateway_acknowledge(struct test_gateway *gateway)
{
    uint32_t changed[32];
    if (gateway->is_deaf)
        return;
    for (uint32_t worker = 0; worker < TEST_WORKERS; worker++) {
        unsigned count = dirty_take(tables_dirty(&gateway->worker, worker), changed, 32);
        for (unsigned i = 0; i < count; i++)
            apply(gateway, changed[i]);
    }
}

void test_gateway_settle(struct test_gateway *gateway)
{
    test_gateway_acknowledge(gateway);
    control_settle(&gateway->control, gateway->now);
}

static void done(struct gateway_request *request)
{
    ++*(unsigned *)request->context;
}

enum gateway_status test_gateway_run(struct test_gateway *gateway, unsigned *ret_calls)
{
    gateway->request.context = ret_calls;
    gateway->request.done = done;
    gateway->request.sdp_length = gateway->request.sdp ? strlen(gateway->request.sdp) : 0;
    control_request(&gateway->control, &gateway->request, gateway->now);
    return gateway->request.status;
}

static enum gateway_status run(struct test_gateway *gateway)
{
    unsigned calls = 0;
    test_gateway_run(gateway, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    return gateway->request.status;
}

enum gateway_status test_gateway_ask(struct test_gateway *gateway, enum gateway_operation operation, const char *room,
                                     char *offer)
{
    test_gateway_forget(gateway);
    gateway->request = (struct gateway_request){
        .operation = operation, .sdp = offer, .source = {[GATEWAY_SOURCE_SIZE - 1] = gateway->source}};
    snprintf(gateway->request.room, sizeof(gateway->request.room), "%s", room);
    return run(gateway);
}

enum gateway_status test_gateway_patch(struct test_gateway *gateway, const char *id, bool is_publisher,
                                       const char *etag, const char *fragment)
{
    test_gateway_forget(gateway);
    gateway->request =
        (struct gateway_request){.operation = GATEWAY_TRICKLE, .sdp = strdup(fragment), .is_publisher = is_publisher};
    snprintf(gateway->request.id, sizeof(gateway->request.id), "%s", id);
    snprintf(gateway->request.etag, sizeof(gateway->request.etag), "%s", etag);
    return run(gateway);
}

enum gateway_status test_gateway_delete(struct test_gateway *gateway, const char *id, bool is_publisher)
{
    test_gateway_forget(gateway);
    gateway->request = (struct gateway_request){.operation = GATEWAY_CLOSE, .is_publisher = is_publisher};
    snprintf(gateway->request.id, sizeof(gateway->request.id), "%s", id);
    return run(gateway);
}

enum gateway_status test_gateway_order(struct test_gateway *gateway, struct gateway_change change, const char *room)
{
    test_gateway_forget(gateway);
    gateway->request = (struct gateway_request){.operation = GATEWAY_OPERATE, .change = change};
    snprintf(gateway->request.room, sizeof(gateway->request.room), "%s", room);
    return run(gateway);
}

void test_gateway_forget(struct test_gateway *gateway)
{
    free(gateway->request.sdp);
    gateway_snapshot_free(gateway->request.snapshot);
    free(gateway->request.view);
    free(gateway->request.channels);
    free(gateway->request.data);
    free(gateway->request.events);
    gateway->request = (struct gateway_request){0};
}

struct session *test_gateway_session(struct test_gateway *gateway, const char *id)
{
    struct session *session;
    TAILQ_FOREACH(session, &gateway->control.all, all)
    if (!strcmp(session->record.id, id))
        return session;
    return NULL;
}

struct transport_intent test_transport(const struct test_gateway *gateway, uint32_t index)
{
    struct transport_intent intent;
    memset(&intent, 0, sizeof(intent));
    record_read(&tables_transport(&gateway->worker, index)->head, &intent, sizeof(intent));
    return intent;
}

bool test_caller_offer(struct test_gateway *gateway, struct test_caller *caller, bool is_publisher, const char *room,
                       bool is_dtls_client)
{
    char fingerprint[128];
    test_peer_open(&caller->peer, is_dtls_client, "SRTP_AEAD_AES_128_GCM", false);
    test_peer_fingerprint(&caller->peer, "sha256", fingerprint, sizeof(fingerprint));
    const struct test_offer offer = {.receives = !is_publisher,
                                     .fingerprint = fingerprint,
                                     .setup = is_dtls_client ? "actpass" : "passive",
                                     .ufrag = "theirs",
                                     .video = "VP8/90000"};
    caller->is_publisher = is_publisher;
    if (test_gateway_ask(gateway, is_publisher ? GATEWAY_PUBLISH : GATEWAY_SUBSCRIBE, room, test_offer_make(&offer)))
        return false;
    memcpy(caller->id, gateway->request.id, sizeof(caller->id));
    memcpy(caller->etag, gateway->request.etag, sizeof(caller->etag));
    test_gateway_acknowledge(gateway);
    return true;
}

void test_caller_reach(struct test_gateway *gateway, const struct test_caller *caller)
{
    struct session *session = test_gateway_session(gateway, caller->id);
    struct record_link link = session->record.transport;
    struct transport_path path = {.generation = link.generation};
    path.candidates[0].flags = CANDIDATE_CHECKED | CANDIDATE_PROVEN;
    path.candidates[0].remote = transport_address_ipv4((const uint8_t[]){10, 7, 0, 1}, 4000);
    path.candidates[0].local = transport_address_ipv4((const uint8_t[]){10, 7, 0, 2}, 16384);
    record_publish(&tables_transport_state(&gateway->worker, link.index)->path.head, &path, sizeof(path));
    struct ring_message event = {.transport = link.index, .generation = link.generation, .kind = EVENT_PATH_CHANGED};
    ring_push(tables_ring(&gateway->worker, session->record.shard % TEST_WORKERS, RING_EVENT), limits.ring_slots,
              &event);
    control_receive(&gateway->control, gateway->now);
}

static bool punt(struct test_gateway *gateway, struct test_caller *caller)
{
    struct session *session = test_gateway_session(gateway, caller->id);
    unsigned count = caller->peer.sent_count;
    for (unsigned i = 0; session && i < count; i++) {
        struct ring_message message = {.transport = session->record.transport.index,
                                       .generation = session->record.transport.generation,
                                       .length = (uint16_t)caller->peer.sent[i].size,
                                       .remote = transport_address_ipv4((const uint8_t[]){10, 7, 0, 1}, 4000)};
        memcpy(message.data, caller->peer.sent[i].data, message.length);
        ring_push(tables_ring(&gateway->worker, session->record.shard % TEST_WORKERS, RING_PUNT_HANDSHAKE),
                  limits.ring_slots, &message);
    }
    test_peer_clear(&caller->peer);
    control_receive(&gateway->control, gateway->now);
    return count > 0;
}

static bool inject(struct test_gateway *gateway, struct test_caller *caller)
{
    bool moved = false;
    struct ring_message message;
    for (uint32_t worker = 0; worker < TEST_WORKERS; worker++)
        for (int kind = RING_INJECT_HANDSHAKE; kind <= RING_INJECT_ESTABLISHED; kind++)
            while (ring_pop(tables_ring(&gateway->worker, worker, (enum ring_kind)kind), limits.ring_slots, &message)) {
                test_peer_input(&caller->peer, message.data, message.length);
                moved = true;
            }
    return moved;
}

void test_caller_exchange(struct test_gateway *gateway, struct test_caller *caller)
{
    for (int i = 0; i < 30; i++) {
        bool moved = punt(gateway, caller);
        test_gateway_settle(gateway);
        if (!(inject(gateway, caller) | moved))
            break;
    }
}

void test_caller_connect(struct test_gateway *gateway, struct test_caller *caller)
{
    test_caller_reach(gateway, caller);
    if (caller->peer.is_client)
        test_peer_input(&caller->peer, NULL, 0);
    test_caller_exchange(gateway, caller);
}

void test_caller_close(struct test_caller *caller)
{
    test_peer_close(&caller->peer);
}
