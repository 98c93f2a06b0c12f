// SPDX-License-Identifier: Apache-2.0
// Sessions from offer to end, against real segments, a played worker and a real DTLS peer.
#include "controlplane_suites.h"
#include "suite.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void a_publisher_is_published_whole(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    char ufrag[64], candidate[128];
    test_sdp_get(gateway.request.sdp, "a=ice-ufrag:", ufrag, sizeof(ufrag));
    test_sdp_get(gateway.request.sdp, "a=candidate:", candidate, sizeof(candidate));
    CU_ASSERT_PTR_NOT_NULL(strstr(candidate, "10.7.0.2 16384 typ host"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, gateway.control.identity.fingerprint));
    struct session *session = test_gateway_session(&gateway, caller.id);
    struct transport_intent intent = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT_EQUAL(intent.generation, session->record.transport.generation);
    CU_ASSERT_STRING_EQUAL(intent.local_ufrag, ufrag);
    CU_ASSERT_STRING_EQUAL(intent.remote_ufrag, "theirs");
    CU_ASSERT_EQUAL(intent.mode, TRANSPORT_ICE_LITE);
    CU_ASSERT_EQUAL(intent.feedback, FEEDBACK_TRANSPORT_CC);
    CU_ASSERT_EQUAL(intent.reduced_rtcp, 1);
    CU_ASSERT_EQUAL(intent.keys[0].epoch, 0);
    CU_ASSERT_NOT_EQUAL(intent.rtcp_ssrc, 0);
    struct stream_intent stream;
    record_read(&tables_stream(&gateway.worker, intent.first_stream.index)->head, &stream, sizeof(stream));
    CU_ASSERT_EQUAL(stream.generation, intent.first_stream.generation);
    CU_ASSERT_EQUAL(stream.kind, MEDIA_AUDIO);
    CU_ASSERT_EQUAL(stream.ssrc, 1111);
    CU_ASSERT_EQUAL(stream.payloads[0].payload_type, 111);
    CU_ASSERT_EQUAL(stream.payloads[0].rtx_payload_type, 0xff);
    CU_ASSERT_EQUAL(stream.payloads[0].clock_rate, 48000);
    CU_ASSERT_EQUAL(stream.extension_ids[EXTENSION_MID], 4);
    CU_ASSERT_EQUAL(stream.extension_ids[EXTENSION_TRANSPORT_CC], 3);
    CU_ASSERT_STRING_EQUAL(stream.mid, "0");
    record_read(&tables_stream(&gateway.worker, stream.next.index)->head, &stream, sizeof(stream));
    CU_ASSERT_EQUAL(stream.kind, MEDIA_VIDEO);
    CU_ASSERT_EQUAL(stream.ssrc, 2222);
    CU_ASSERT_EQUAL(stream.rtx_ssrc, 3333);
    CU_ASSERT_EQUAL(stream.payloads[0].rtx_payload_type, 97);
    CU_ASSERT_EQUAL(stream.nack, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=rtcp-fb:96 nack\r\n"));
    CU_ASSERT_EQUAL(stream.next.generation, 0);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

// The order that DESIGN asks for: keys acknowledged before the last flight leaves.
static void the_last_flight_waits_for_the_worker(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    struct session *session = test_gateway_session(&gateway, caller.id);
    CU_ASSERT_EQUAL(session->state, SESSION_NEW);
    test_caller_reach(&gateway, &caller);
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTING);
    gateway.is_deaf = true;
    test_peer_input(&caller.peer, NULL, 0);
    test_caller_exchange(&gateway, &caller);
    CU_ASSERT_FALSE(caller.peer.established);
    CU_ASSERT_EQUAL(session->state, SESSION_SECURING);
    CU_ASSERT_NOT_EQUAL(session->held_version, 0);
    CU_ASSERT_EQUAL(test_transport(&gateway, session->record.transport.index).keys[0].epoch, 1);
    gateway.is_deaf = false;
    test_caller_exchange(&gateway, &caller);
    CU_ASSERT_TRUE(caller.peer.established);
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTED);
    CU_ASSERT_EQUAL(gateway.control.setup_count, 0);
    CU_ASSERT_EQUAL(gateway.control.held_count, 0);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void both_dtls_roles_connect(void)
{
    for (int client = 0; client < 2; client++) {
        struct test_gateway gateway;
        struct test_caller caller;
        uint8_t material[56];
        test_gateway_open(&gateway);
        CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", client));
        test_caller_connect(&gateway, &caller);
        struct session *session = test_gateway_session(&gateway, caller.id);
        CU_ASSERT_EQUAL_FATAL(session->state, SESSION_CONNECTED);
        CU_ASSERT_EQUAL(session->record.is_dtls_client, !client);
        struct transport_intent intent = test_transport(&gateway, session->record.transport.index);
        SSL_export_keying_material(caller.peer.ssl, material, sizeof(material), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0);
        CU_ASSERT_EQUAL(intent.keys[0].suite, SRTP_SUITE_AEAD_AES_128_GCM);
        CU_ASSERT_EQUAL(memcmp(intent.keys[0].receive_key, material + (client ? 0 : 16), 16), 0);
        CU_ASSERT_EQUAL(memcmp(intent.keys[0].send_key, material + (client ? 16 : 0), 16), 0);
        test_caller_close(&caller);
        test_gateway_close(&gateway);
    }
}

static void a_wrong_certificate_installs_nothing(void)
{
    struct test_gateway gateway;
    struct test_caller caller, other;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    test_peer_open(&other.peer, true, "SRTP_AEAD_AES_128_GCM", false);
    struct test_peer signalled = caller.peer;
    caller.peer = other.peer;
    SSL_set_app_data(caller.peer.ssl, &caller.peer);
    BIO_set_data(SSL_get_rbio(caller.peer.ssl), &caller.peer);
    uint32_t index = test_gateway_session(&gateway, caller.id)->record.transport.index;
    test_caller_connect(&gateway, &caller);
    struct session *session = test_gateway_session(&gateway, caller.id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    CU_ASSERT_EQUAL(session->state, SESSION_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(session->reason, "fingerprint"));
    CU_ASSERT_EQUAL(caller.peer.alert, SSL_AD_BAD_CERTIFICATE);
    struct transport_intent_record *record = tables_transport(&gateway.worker, index);
    CU_ASSERT_EQUAL(record->slots[0].keys[0].epoch | record->slots[1].keys[0].epoch, 0);
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 0);
    CU_ASSERT_EQUAL(gateway.control.failed, 1);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(test_transport(&gateway, index).generation, 0);
    gateway.now += CONTROL_FAILED_TIME + 1;
    control_watch(&gateway.control, gateway.now);
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, caller.id));
    test_peer_close(&signalled);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void a_viewer_gets_routes(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewer;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewer, false, "room", true));
    struct session *from = test_gateway_session(&gateway, publisher.id),
                   *to = test_gateway_session(&gateway, viewer.id);
    CU_ASSERT_EQUAL(from->record.shard, to->record.shard);
    struct transport_intent intent = test_transport(&gateway, to->record.transport.index);
    CU_ASSERT_EQUAL(intent.first_stream.generation, 0);
    struct route_intent route;
    record_read(&tables_route(&gateway.worker, intent.first_route.index)->head, &route, sizeof(route));
    CU_ASSERT_EQUAL(route.generation, intent.first_route.generation);
    CU_ASSERT_EQUAL(route.from_stream.index, from->record.sections[0].link.index);
    CU_ASSERT_EQUAL(route.from_stream.generation, from->record.sections[0].link.generation);
    CU_ASSERT_EQUAL(route.to_transport.index, to->record.transport.index);
    CU_ASSERT_EQUAL(route.payloads[0].from, 111);
    CU_ASSERT_EQUAL(route.payloads[0].to, 111);
    CU_ASSERT_EQUAL(route.extension_ids[EXTENSION_TRANSPORT_CC], 0);
    CU_ASSERT_NOT_EQUAL(route.ssrc, 0);
    CU_ASSERT_EQUAL(route.rtx_ssrc, 0); // of audio
    char announced[64], expected[64];
    snprintf(expected, sizeof(expected), "a=ssrc:%u cname:%s", route.ssrc, intent.cname);
    test_sdp_get(gateway.request.sdp, "a=ssrc:", announced, sizeof(announced));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "stream audiotrack"));
    record_read(&tables_route(&gateway.worker, route.next.index)->head, &route, sizeof(route));
    CU_ASSERT_EQUAL(route.kind, MEDIA_VIDEO);
    CU_ASSERT_EQUAL(route.rtx_payload_types[0], 97);
    CU_ASSERT(route.rtx_ssrc && route.rtx_ssrc != route.ssrc);
    snprintf(expected, sizeof(expected), "a=ssrc-group:FID %u %u\r\n", route.ssrc, route.rtx_ssrc);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, expected));
    CU_ASSERT_EQUAL(route.next.generation, 0);
    test_caller_connect(&gateway, &viewer);
    CU_ASSERT_EQUAL(to->state, SESSION_CONNECTED);

    // The publisher goes: the viewer is told, and everything is free again.
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, publisher.id, true), GATEWAY_OK);
    test_caller_exchange(&gateway, &viewer);
    CU_ASSERT_TRUE(viewer.peer.closed);
    test_gateway_settle(&gateway);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 0);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.routes.count, 16);
    test_caller_close(&publisher);
    test_caller_close(&viewer);
    test_gateway_close(&gateway);
}

static void rooms_have_rules(void)
{
    struct test_gateway gateway;
    struct test_caller one, two, viewer;
    test_gateway_open(&gateway);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &viewer, false, "room", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_NO_PUBLISHER);
    CU_ASSERT_EQUAL(gateway.request.retry_after, 2);
    CU_ASSERT_PTR_NULL(gateway.request.sdp);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &one, true, "room", true));
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &two, true, "room", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_ROOM_TAKEN);
    test_caller_close(&two);
    gateway.config->whip.takeover = true;
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &two, true, "room", true));
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, one.id));
    CU_ASSERT_PTR_NOT_NULL(test_gateway_session(&gateway, two.id));
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 1);
    test_caller_close(&one);
    test_caller_close(&two);
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &one, true, "other", true));
    CU_ASSERT_NOT_EQUAL(test_gateway_session(&gateway, one.id)->record.shard % TEST_WORKERS,
                        test_gateway_session(&gateway, two.id)->record.shard % TEST_WORKERS);
    test_caller_close(&one);
    test_caller_close(&viewer);
    test_gateway_close(&gateway);
}

static void bad_offers_are_refused(void)
{
    static const char fingerprint[] =
        "51:E8:E8:FF:2C:FD:29:D6:9A:A2:CE:23:F1:C2:5E:90:F3:64:84:A0:78:16:AB:AE:D6:BE:C2:"
        "88:2D:8C:66:90";
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_PUBLISH, "room", strdup("v=0\r\nnonsense\r\n")),
                    GATEWAY_BAD_SDP);
    CU_ASSERT_EQUAL(gateway.request.line, 2);
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_PUBLISH, "a/b", strdup("")), GATEWAY_BAD_ROOM);
    struct test_offer offer = {
        .fingerprint = fingerprint, .setup = "actpass", .ufrag = "abcd", .video = "THEORA/90000", .no_audio = true};
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_PUBLISH, "room", test_offer_make(&offer)),
                    GATEWAY_NO_COMMON_CODEC);
    offer.video = "VP8/90000";
    offer.receives = true;
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_PUBLISH, "room", test_offer_make(&offer)),
                    GATEWAY_UNPROCESSABLE);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 16);
    test_gateway_close(&gateway);
}

static void a_viewer_without_the_codec_is_refused(void)
{
    struct test_gateway gateway;
    struct test_caller publisher;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    struct test_offer offer = {.receives = true,
                               .fingerprint = gateway.control.identity.fingerprint,
                               .setup = "actpass",
                               .ufrag = "abcd",
                               .video = "VP9/90000",
                               .no_audio = true};
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_SUBSCRIBE, "room", test_offer_make(&offer)),
                    GATEWAY_NO_COMMON_CODEC);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

static void limits_are_kept(void)
{
    struct test_gateway gateway;
    struct test_caller callers[5];
    char room[8];
    test_gateway_open(&gateway);
    gateway.config->limits.half_open_handshakes = 2;
    for (unsigned i = 0; i < 3; i++) {
        snprintf(room, sizeof(room), "room%u", i);
        CU_ASSERT_EQUAL(test_caller_offer(&gateway, &callers[i], true, room, true), i < 2);
        test_caller_close(&callers[i]);
    }
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_TOO_MANY_REQUESTS);
    CU_ASSERT_NOT_EQUAL(gateway.request.retry_after, 0);
    gateway.config->limits.half_open_handshakes = 100;
    gateway.config->limits.half_open_per_source = 2;
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &callers[2], true, "room2", true));
    test_caller_close(&callers[2]);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "per-source"));
    gateway.config->limits.half_open_per_source = 100;
    for (unsigned i = 2; i < 5; i++) {
        snprintf(room, sizeof(room), "room%u", i);
        CU_ASSERT_EQUAL(test_caller_offer(&gateway, &callers[i], true, room, true), i < 4);
        test_caller_close(&callers[i]);
    }
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_OVERLOADED); // limits.rooms
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 12);
    gateway.now += 5 * TEST_SECOND; // no heartbeat since
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &callers[0], true, "x", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_OVERLOADED);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "dataplane"));
    test_caller_close(&callers[0]);
    test_gateway_close(&gateway);
}

static void full_pools_are_refused_and_given_back(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewer;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    for (unsigned i = 0; i < 9; i++) { // two routes each of 16
        CU_ASSERT_EQUAL(test_caller_offer(&gateway, &viewer, false, "room", true), i < 8);
        test_caller_close(&viewer);
    }
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_OVERLOADED);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 7);
    test_gateway_delete(&gateway, publisher.id, true);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.routes.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

static void time_runs_out(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    gateway.now += 29 * TEST_SECOND;
    control_tick(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, caller.id)->state, SESSION_NEW);
    gateway.now += TEST_SECOND;
    control_tick(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, caller.id)->state, SESSION_FAILED);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, caller.id, true), GATEWAY_OK);
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, caller.id));
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void heartbeat(struct test_gateway *gateway)
{
    atomic_store(&gateway->worker.segments[SEGMENT_STATE]->heartbeat, gateway->now);
    control_watch(&gateway->control, gateway->now);
}

static void consent_is_watched(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    test_caller_connect(&gateway, &caller);
    struct session *session = test_gateway_session(&gateway, caller.id);
    struct transport_state *state = tables_transport_state(&gateway.worker, session->record.transport.index);
    gateway.now += 16 * TEST_SECOND;
    heartbeat(&gateway);
    CU_ASSERT_EQUAL(session->state, SESSION_DISCONNECTED);
    atomic_store(&state->last_consent, gateway.now);
    heartbeat(&gateway);
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTED);
    // While the dataplane is away nobody can show consent.
    gateway.now += 60 * TEST_SECOND;
    control_watch(&gateway.control, gateway.now);
    heartbeat(&gateway);
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTED);
    gateway.now += 31 * TEST_SECOND;
    heartbeat(&gateway);
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, caller.id));
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void the_peer_may_leave(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    test_caller_connect(&gateway, &caller);
    test_peer_shut_down(&caller.peer);
    test_caller_exchange(&gateway, &caller);
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, caller.id));
    CU_ASSERT_EQUAL(gateway.control.closed, 1);
    // Its page sends DELETE all the same: answered once, and only under the right URL.
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, caller.id, false), GATEWAY_NO_SESSION);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, caller.id, true), GATEWAY_OK);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, caller.id, true), GATEWAY_NO_SESSION);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void stale_messages_are_nobodys(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    struct session *session = test_gateway_session(&gateway, caller.id);
    const struct ring_message messages[] = {{.transport = session->record.transport.index,
                                             .generation = session->record.transport.generation + 1,
                                             .length = 20},
                                            {.transport = UINT32_MAX, .generation = 1, .length = 20},
                                            {.transport = 5, .generation = 0, .length = 20}};
    for (unsigned i = 0; i < 3; i++) {
        ring_push(tables_ring(&gateway.worker, 0, RING_PUNT_HANDSHAKE), 64, &messages[i]);
        ring_push(tables_ring(&gateway.worker, 0, RING_EVENT), 64, &messages[i]);
    }
    control_receive(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(session->state, SESSION_NEW);
    CU_ASSERT_PTR_NULL(session->association);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void a_drain_ends_everything(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewer;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewer, false, "room", true));
    control_drain(&gateway.control, gateway.now);
    CU_ASSERT_FALSE(control_is_drained(&gateway.control));
    test_caller_exchange(&gateway, &publisher);
    CU_ASSERT_TRUE(publisher.peer.closed);
    test_gateway_settle(&gateway);
    test_gateway_settle(&gateway);
    CU_ASSERT_TRUE(control_is_drained(&gateway.control));
    test_caller_close(&publisher);
    CU_ASSERT_FALSE(test_caller_offer(&gateway, &publisher, true, "room", true));
    CU_ASSERT_EQUAL(gateway.request.status, GATEWAY_OVERLOADED);
    test_caller_close(&publisher);
    test_caller_close(&viewer);
    test_gateway_close(&gateway);
}

static void later_records_are_counted(void)
{
    struct test_gateway gateway;
    struct test_caller publisher;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_EQUAL(SSL_write(publisher.peer.ssl, "data", 4), 4);
    struct test_datagram again = publisher.peer.sent[0];
    test_caller_exchange(&gateway, &publisher);
    publisher.peer.sent[0] = again;
    publisher.peer.sent_count = 1;
    test_caller_exchange(&gateway, &publisher);
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_SNAPSHOT, "", NULL), GATEWAY_OK);
    CU_ASSERT_EQUAL(gateway.request.snapshot->dtls_ignored, 1);
    CU_ASSERT_EQUAL(gateway.request.snapshot->dtls_dropped, 1);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

static void a_snapshot_shows_it(void)
{
    struct test_gateway gateway;
    struct test_caller publisher;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_EQUAL(test_gateway_ask(&gateway, GATEWAY_SNAPSHOT, "", NULL), GATEWAY_OK);
    const struct gateway_snapshot *snapshot = gateway.request.snapshot;
    CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
    CU_ASSERT_TRUE(snapshot->ready);
    CU_ASSERT_EQUAL(snapshot->room_count, 1);
    CU_ASSERT_STRING_EQUAL(snapshot->rooms[0].name, "room");
    CU_ASSERT_EQUAL(snapshot->session_count, 1);
    CU_ASSERT_EQUAL(snapshot->sessions[0].state, SESSION_CONNECTED);
    CU_ASSERT_STRING_EQUAL(snapshot->sessions[0].suite, "AEAD_AES_128_GCM");
    CU_ASSERT_STRING_EQUAL(snapshot->sessions[0].remote_address, "10.7.0.1:4000");
    CU_ASSERT_EQUAL(snapshot->sessions[0].stream_count, 2);
    CU_ASSERT_STRING_EQUAL(snapshot->sessions[0].streams[1].codec, "VP8");
    CU_ASSERT_EQUAL(snapshot->worker_count, TEST_WORKERS);
    CU_ASSERT_EQUAL(snapshot->workers[0].dropped_count, DROP_REASONS);
    CU_ASSERT_EQUAL(snapshot->workers[0].balance, 0);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

void sessions_suite(void)
{
    CU_pSuite suite = CU_add_suite("sessions", NULL, NULL);
    CU_add_test(suite, "a publisher's records appear whole", a_publisher_is_published_whole);
    CU_add_test(suite, "the last flight waits for the worker", the_last_flight_waits_for_the_worker);
    CU_add_test(suite, "both DTLS roles connect", both_dtls_roles_connect);
    CU_add_test(suite, "a wrong certificate installs nothing", a_wrong_certificate_installs_nothing);
    CU_add_test(suite, "a viewer gets routes, and goes with its publisher", a_viewer_gets_routes);
    CU_add_test(suite, "rooms have rules", rooms_have_rules);
    CU_add_test(suite, "bad offers are refused", bad_offers_are_refused);
    CU_add_test(suite, "a viewer without the codec is refused", a_viewer_without_the_codec_is_refused);
    CU_add_test(suite, "limits are kept", limits_are_kept);
    CU_add_test(suite, "full pools are refused and given back", full_pools_are_refused_and_given_back);
    CU_add_test(suite, "time for a set-up runs out", time_runs_out);
    CU_add_test(suite, "consent is watched", consent_is_watched);
    CU_add_test(suite, "the peer may leave", the_peer_may_leave);
    CU_add_test(suite, "stale messages are nobody's", stale_messages_are_nobodys);
    CU_add_test(suite, "a drain ends everything", a_drain_ends_everything);
    CU_add_test(suite, "a snapshot shows it", a_snapshot_shows_it);
    CU_add_test(suite, "DTLS of connected sessions is counted", later_records_are_counted);
}
