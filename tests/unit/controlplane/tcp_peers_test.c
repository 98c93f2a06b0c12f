// SPDX-License-Identifier: Apache-2.0
// TCP peers: proves that nothing goes on before an authenticated check, that from then on a connection is its
// session's, and that each of them is bounded and ends by name.
#include "tcp_peers.h"

#include "controlplane_suites.h"
#include "stun_writer.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

static struct ring_message message;

struct call {
    struct test_gateway gateway;
    struct test_caller caller;
    struct transport_intent intent;
    struct session *session;
    uint32_t worker;
};

static void call_open(struct call *call)
{
    test_gateway_open(&call->gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&call->gateway, &call->caller, true, "room", true));
    call->session = test_gateway_session(&call->gateway, call->caller.id);
    call->intent = test_transport(&call->gateway, call->session->record.transport.index);
    call->worker = call->session->record.shard % TEST_WORKERS;
}

static void call_close(struct call *call)
{
    test_caller_close(&call->caller);
    test_gateway_close(&call->gateway);
}

static struct tcp_connection *connect_from(struct call *call, uint8_t host)
{
    struct transport_address remote = transport_address_ipv4((const uint8_t[]){198, 51, 100, host}, 40000);
    struct transport_address local = transport_address_ipv4((const uint8_t[]){192, 0, 2, 1}, 443);
    return tcp_connection_new(&call->gateway.control.tcp, &remote, &local, call->gateway.now);
}

static void feed(struct call *call, struct tcp_connection *connection, const void *bytes, size_t size)
{
    memcpy(connection->in + connection->in_used, bytes, size);
    connection->in_used += (uint32_t)size;
    tcp_peers_input(&call->gateway.control, connection, call->gateway.now);
}

static void say(struct call *call, struct tcp_connection *connection, const void *packet, size_t size)
{
    uint8_t stream[TCP_FRAME_HEADER + TCP_FRAME_MAX];
    feed(call, connection, stream, (size_t)tcp_frame_write(stream, sizeof(stream), packet, size));
}

static size_t write_check(const char *ufrag, const char *pwd, uint8_t data[512])
{
    struct stun_writer writer;
    size_t covered;
    char username[64];
    snprintf(username, sizeof(username), "%s:theirs", ufrag);
    stun_writer_begin(&writer, data, 512, STUN_BINDING, STUN_REQUEST, (const uint8_t[12]){1});
    stun_write_bytes(&writer, STUN_USERNAME, username, strlen(username));
    uint8_t *tag = stun_write_integrity(&writer, &covered);
    HMAC(EVP_sha1(), pwd, (int)strlen(pwd), data, covered, tag, NULL);
    stun_write_fingerprint(&writer);
    return (size_t)stun_writer_finish(&writer);
}

static void check(struct call *call, struct tcp_connection *connection)
{
    uint8_t data[512];
    say(call, connection, data, write_check(call->intent.local_ufrag, call->intent.local_pwd, data));
}

static bool take(struct call *call)
{
    return ring_pop(tables_ring(&call->gateway.worker, call->worker, RING_CARRIED_IN),
                    call->gateway.worker.limits.ring_slots, &message);
}

static uint64_t ended(const struct call *call, enum tcp_end why)
{
    return call->gateway.control.tcp.ended[why];
}

static void nothing_before_a_check_then_all_of_it(void)
{
    static const uint8_t media[] = {0x80, 96, 1, 2, 3, 4};
    struct call call;
    uint8_t data[512];
    call_open(&call);
    struct tcp_connection *connection = connect_from(&call, 1);
    say(&call, connection, data, write_check("nobody", call.intent.local_pwd, data));
    say(&call, connection, data, write_check(call.intent.local_ufrag, "wrong", data));
    CU_ASSERT_FALSE(take(&call));
    CU_ASSERT_FALSE(connection->has_ended); // such a check may come before its session, and comes again
    check(&call, connection);
    say(&call, connection, media, sizeof(media));
    CU_ASSERT_FATAL(take(&call));
    struct transport_address carried = tcp_connection_address(&call.gateway.control.tcp, connection);
    CU_ASSERT(message.kind == CARRIED_PACKET && message.data[0] < 4);
    CU_ASSERT_EQUAL(message.transport, call.session->record.transport.index);
    CU_ASSERT_EQUAL(message.generation, call.session->record.transport.generation);
    CU_ASSERT(transport_address_equal(&message.remote, &carried));
    CU_ASSERT(transport_address_equal(&message.mapped, &connection->remote));
    CU_ASSERT(transport_address_equal(&message.local, &connection->local));
    CU_ASSERT_FATAL(take(&call));
    CU_ASSERT(message.length == sizeof(media) && !memcmp(message.data, media, sizeof(media)));
    CU_ASSERT_EQUAL(call.gateway.control.tcp.dropped[TCP_DROP_UNCHECKED], 2);
    call_close(&call);
}

static void a_stream_may_be_cut_anywhere(void)
{
    struct call call;
    uint8_t stream[600];
    call_open(&call);
    struct tcp_connection *connection = connect_from(&call, 1);
    uint8_t data[512];
    size_t size = write_check(call.intent.local_ufrag, call.intent.local_pwd, data);
    int taken = tcp_frame_write(stream, sizeof(stream), data, size);
    for (int i = 0; i < 2 * taken; i++)
        feed(&call, connection, &stream[i % taken], 1);
    CU_ASSERT(take(&call) && take(&call));
    CU_ASSERT_FALSE(take(&call));
    CU_ASSERT(message.length == size && !memcmp(message.data, data, size));
    call_close(&call);
}

static void who_is_no_peer_is_closed_by_name(void)
{
    struct call call;
    uint8_t data[512];
    call_open(&call);
    struct tcp_connections *tcp = &call.gateway.control.tcp;
    struct tcp_connection *http = connect_from(&call, 1), *media = connect_from(&call, 2),
                          *guesses = connect_from(&call, 3), *silent = connect_from(&call, 4),
                          *peer = connect_from(&call, 5);
    feed(&call, http, "GET / HTTP/1.1\r\n", 16);
    CU_ASSERT(http->has_ended && ended(&call, TCP_END_TOO_LONG) == 1);
    say(&call, media, "\x80\x60 and so on", 11);
    CU_ASSERT(media->has_ended && ended(&call, TCP_END_NOT_AUTHENTIC) == 1);
    for (int i = 0; i < 16; i++)
        say(&call, guesses, data, write_check(call.intent.local_ufrag, "guessed", data));
    CU_ASSERT(guesses->has_ended && ended(&call, TCP_END_NOT_AUTHENTIC) == 2);
    check(&call, peer);
    call.gateway.now += (call.gateway.config->limits.tcp_check_seconds + 1) * CONTROL_SECOND;
    tcp_peers_watch(&call.gateway.control, call.gateway.now);
    CU_ASSERT(silent->has_ended && ended(&call, TCP_END_UNCHECKED) == 1);
    CU_ASSERT_FALSE(peer->has_ended);
    call.gateway.now += 60 * CONTROL_SECOND;
    tcp_peers_watch(&call.gateway.control, call.gateway.now);
    CU_ASSERT(peer->has_ended && ended(&call, TCP_END_SILENT) == 1);
    struct tcp_connection *due;
    while ((due = tcp_connections_next_due(tcp)))
        tcp_connection_free(tcp, due);
    CU_ASSERT_EQUAL(tcp->count, 0);
    call_close(&call);
}

static struct tcp_connection *connect_checked(struct call *call, uint8_t host)
{
    struct tcp_connection *connection = connect_from(call, host);
    if (connection)
        connection->transport = call->session->record.transport;
    return connection;
}

static void close_due(struct tcp_connections *tcp)
{
    struct tcp_connection *due;
    while ((due = tcp_connections_next_due(tcp)))
        tcp_connection_free(tcp, due);
}

// Of eight places they have four, and fewer when peers need more: the oldest gives way.
static void who_says_nothing_keeps_nobody_out(void)
{
    struct call call;
    call_open(&call);
    struct tcp_connections *tcp = &call.gateway.control.tcp;
    tcp_connections_close(tcp);
    CU_ASSERT_EQUAL(tcp_connections_open(tcp, 8, 2, 1), 0);
    struct tcp_connection *silent[4], *peer;
    for (uint8_t i = 0; i < 4; i++)
        silent[i] = connect_from(&call, 1 + i / 2);
    CU_ASSERT_EQUAL(ended(&call, TCP_END_EVICTED), 0);
    CU_ASSERT_PTR_NOT_NULL(peer = connect_from(&call, 3));
    CU_ASSERT(silent[0]->has_ended && !silent[1]->has_ended && ended(&call, TCP_END_EVICTED) == 1);
    check(&call, peer);
    CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 4)); // one of three unchecked ones had left
    CU_ASSERT_EQUAL(ended(&call, TCP_END_EVICTED), 1);
    for (uint8_t i = 0; i < 3; i++)
        CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 5 + i));
    CU_ASSERT(!silent[1]->has_ended && ended(&call, TCP_END_EVICTED) == 1);
    CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 9)); // no place is left
    CU_ASSERT(silent[1]->has_ended && !silent[2]->has_ended && ended(&call, TCP_END_EVICTED) == 2);
    close_due(tcp);
    CU_ASSERT_EQUAL(tcp->count, 8);
    CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 10));
    CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 11));
    CU_ASSERT_PTR_NULL(connect_from(&call, 12));
    CU_ASSERT(tcp->refused[TCP_REFUSED_LIMIT] == 1 && !peer->has_ended);
    call_close(&call); // two that were evicted are due
}

static void connections_are_bounded(void)
{
    struct call call;
    call_open(&call);
    struct tcp_connections *tcp = &call.gateway.control.tcp;
    tcp_connections_close(tcp);
    CU_ASSERT_EQUAL(tcp_connections_open(tcp, 3, 2, 1), 0);
    struct tcp_connection *first = connect_checked(&call, 1);
    CU_ASSERT(first && connect_checked(&call, 1));
    CU_ASSERT_PTR_NULL(connect_from(&call, 1));
    CU_ASSERT_PTR_NOT_NULL(connect_checked(&call, 2));
    CU_ASSERT_PTR_NULL(connect_from(&call, 3));
    CU_ASSERT(tcp->refused[TCP_REFUSED_SOURCE_LIMIT] == 1 && tcp->refused[TCP_REFUSED_LIMIT] == 1);
    struct transport_address address = tcp_connection_address(tcp, first);
    CU_ASSERT_PTR_EQUAL(tcp_connection_find(tcp, &address), first);
    tcp_connection_free(tcp, first);
    CU_ASSERT_PTR_NOT_NULL(connect_from(&call, 3)); // in its place
    CU_ASSERT_PTR_NULL(tcp_connection_find(tcp, &address));
    call_close(&call);
}

static struct ring_message out_of_worker(const struct call *call, const struct transport_address *to, uint16_t size)
{
    return (struct ring_message){.transport = call->session->record.transport.index,
                                 .generation = call->session->record.transport.generation,
                                 .length = size,
                                 .remote = *to};
}

static void packets_go_out_until_the_peer_is_slow(void)
{
    struct call call;
    call_open(&call);
    struct tcp_connections *tcp = &call.gateway.control.tcp;
    struct tcp_connection *connection = connect_from(&call, 1);
    check(&call, connection);
    struct transport_address to = tcp_connection_address(tcp, connection);
    struct ring_message out = out_of_worker(&call, &to, 998);
    for (unsigned i = 0; i < TCP_OUT_SIZE / 1000 + 5; i++)
        tcp_peers_output(&call.gateway.control, &out, call.gateway.now);
    CU_ASSERT_EQUAL(tcp->sent, TCP_OUT_SIZE / 1000);
    CU_ASSERT_EQUAL(tcp->dropped[TCP_DROP_PEER_SLOW], 5);
    CU_ASSERT_PTR_EQUAL(tcp_connections_next_due(tcp), connection);
    CU_ASSERT_EQUAL(bytes_get16(connection->out), 998);
    call_close(&call);
}

static void the_worker_is_told_that_a_connection_is_gone(void)
{
    struct call call;
    call_open(&call);
    struct control *control = &call.gateway.control;
    struct tcp_connection *connection = connect_from(&call, 1);
    check(&call, connection);
    CU_ASSERT(take(&call));
    struct transport_address carried = tcp_connection_address(&control->tcp, connection);
    tcp_peers_closed(control, connection);
    CU_ASSERT_FATAL(take(&call));
    CU_ASSERT(message.kind == CARRIED_CLOSED && transport_address_equal(&message.remote, &carried));
    // That word may have been lost, or the connection have been another naru-control's.
    struct ring_message out = out_of_worker(&call, &carried, 100);
    for (int i = 0; i < 3; i++)
        tcp_peers_output(control, &out, call.gateway.now);
    CU_ASSERT(take(&call) && message.kind == CARRIED_CLOSED);
    CU_ASSERT_FALSE(take(&call)); // once, not for each packet
    CU_ASSERT_EQUAL(control->tcp.dropped[TCP_DROP_NO_CONNECTION], 3);
    call_close(&call);
}

static void a_connection_ends_with_its_session(void)
{
    struct call call;
    call_open(&call);
    struct tcp_connection *connection = connect_from(&call, 1);
    check(&call, connection);
    CU_ASSERT_EQUAL(test_gateway_delete(&call.gateway, call.caller.id, true), GATEWAY_OK);
    tcp_peers_watch(&call.gateway.control, call.gateway.now);
    CU_ASSERT(connection->has_ended && ended(&call, TCP_END_SESSION) == 1);
    call_close(&call);
}

static void an_adopted_session_is_found(void)
{
    struct call call;
    call_open(&call);
    test_caller_connect(&call.gateway, &call.caller);
    test_gateway_restart(&call.gateway);
    struct tcp_connection *connection = connect_from(&call, 1);
    check(&call, connection);
    CU_ASSERT(take(&call));
    CU_ASSERT_NOT_EQUAL(connection->transport.generation, 0);
    call_close(&call);
}

void tcp_peers_suite(void)
{
    CU_pSuite suite = CU_add_suite("tcp_peers", NULL, NULL);
    CU_add_test(suite, "nothing before a check, then all of it", nothing_before_a_check_then_all_of_it);
    CU_add_test(suite, "a stream may be cut anywhere", a_stream_may_be_cut_anywhere);
    CU_add_test(suite, "who is no peer is closed by name", who_is_no_peer_is_closed_by_name);
    CU_add_test(suite, "who says nothing keeps nobody out", who_says_nothing_keeps_nobody_out);
    CU_add_test(suite, "connections are bounded", connections_are_bounded);
    CU_add_test(suite, "packets go out until the peer is slow", packets_go_out_until_the_peer_is_slow);
    CU_add_test(suite, "the worker is told that a connection is gone", the_worker_is_told_that_a_connection_is_gone);
    CU_add_test(suite, "a connection ends with its session", a_connection_ends_with_its_session);
    CU_add_test(suite, "an adopted session is found", an_adopted_session_is_found);
}
