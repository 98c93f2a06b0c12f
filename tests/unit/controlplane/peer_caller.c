// SPDX-License-Identifier: Apache-2.0
#include "peer_caller.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE        65536
#define FINGERPRINT "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

enum gateway_status peer_caller_ask(struct test_gateway *gateway, const struct peer_caller *caller,
                                    enum gateway_operation operation, struct gateway_peer_ask ask, char *sdp)
{
    unsigned calls = 0;
    test_gateway_forget(gateway);
    gateway->request = (struct gateway_request){.operation = operation, .peer = ask, .sdp = sdp, .is_peer = true};
    snprintf(gateway->request.id, sizeof(gateway->request.id), "%s", caller->id);
    gateway->request.sdp_length = sdp ? strlen(sdp) : 0;
    enum gateway_status status = test_gateway_run(gateway, &calls);
    test_gateway_settle(gateway);
    return status;
}

enum gateway_status peer_caller_open(struct test_gateway *gateway, struct peer_caller *caller, const char *room)
{
    unsigned calls = 0;
    test_gateway_forget(gateway);
    gateway->request = (struct gateway_request){
        .operation = GATEWAY_PEER_OPEN, .is_peer = true, .peer = {.subscribes = true, .may_publish = true}};
    snprintf(gateway->request.room, sizeof(gateway->request.room), "%s", room);
    enum gateway_status status = test_gateway_run(gateway, &calls);
    snprintf(caller->id, sizeof(caller->id), "%s", gateway->request.id);
    return status;
}

enum gateway_status peer_caller_set_local(struct test_gateway *gateway, const struct peer_caller *caller,
                                          enum gateway_sdp_type type)
{
    return peer_caller_ask(gateway, caller, GATEWAY_PEER_SET_LOCAL,
                           (struct gateway_peer_ask){.type = type, .is_implicit = true}, NULL);
}

enum gateway_status peer_caller_set_remote(struct test_gateway *gateway, const struct peer_caller *caller,
                                           enum gateway_sdp_type type, char *sdp)
{
    return peer_caller_ask(gateway, caller, GATEWAY_PEER_SET_REMOTE, (struct gateway_peer_ask){.type = type}, sdp);
}

static int add_head(char *text, const char *mids)
{
    return sprintf(text, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE%s\r\n", mids);
}

static int add_transport(char *text, const struct peer_caller *caller, const char *setup)
{
    return sprintf(text,
                   "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:passwordpasswordpassword\r\n"
                   "%sa=setup:%s\r\na=rtcp-mux\r\n",
                   caller->ufrag ? caller->ufrag : "theirs",
                   caller->security ? caller->security : "a=fingerprint:sha-256 " FINGERPRINT "\r\n", setup);
}

static int add_data(char *text, const struct peer_caller *caller, unsigned port, const char *setup, const char *more)
{
    int used = sprintf(text, "m=application %u UDP/DTLS/SCTP webrtc-datachannel\r\n", port);
    used += add_transport(text + used, caller, setup);
    return used + sprintf(text + used, "a=sctp-port:5000\r\na=max-message-size:100000\r\n%s", more);
}

static void name(const struct peer_caller *caller, unsigned line, char ret_mid[16])
{
    snprintf(ret_mid, 16, "%s%u", caller->mid_prefix ? caller->mid_prefix : "", line);
    if (line == 0 && caller->first_mid)
        snprintf(ret_mid, 16, "%s", caller->first_mid);
}

char *peer_caller_offer(const struct peer_caller *caller)
{
    char *text = malloc(SIZE), mids[256] = "", mid[16];
    int used = 0;
    for (unsigned i = 0; i < caller->lines; i++) {
        name(caller, i, mid);
        if (!(caller->stopped >> i & 1))
            used += sprintf(mids + used, " %s", mid);
    }
    if (caller->has_data)
        used += sprintf(mids + used, " data");
    used = add_head(text, mids);
    for (unsigned i = 0; i < caller->lines; i++) {
        bool is_audio = i % 2 == 0;
        name(caller, i, mid);
        used += sprintf(text + used, "m=%s %u UDP/TLS/RTP/SAVPF %s\r\n", is_audio ? "audio" : "video",
                        caller->stopped >> i & 1 ? 0 : 9, is_audio ? "111" : "96 97");
        used += add_transport(text + used, caller, caller->setup ? caller->setup : "actpass");
        used += sprintf(text + used,
                        "a=mid:%s\r\na=%s\r\na=rtpmap:%s\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n", mid,
                        caller->direction ? caller->direction : "sendrecv", is_audio ? "111 opus/48000/2" : "96 ");
        if (!is_audio) {
            used -= (int)strlen("\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
            used += sprintf(text + used,
                            "%s\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtcp-fb:96 nack\r\n"
                            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
                            caller->video ? caller->video : "VP8/90000");
        }
        used += sprintf(text + used, "a=ssrc:%u cname:them\r\n", 1000 + i);
    }
    if (caller->has_data)
        used += add_data(text + used, caller, 9, caller->setup ? caller->setup : "actpass", "a=mid:data\r\n");
    return text;
}

// The same sections with the direction turned and this side's transport.
char *peer_caller_answer(const struct peer_caller *caller, const char *offer)
{
    char *text = malloc(SIZE), group[512];
    test_sdp_get(offer, "a=group:BUNDLE", group, sizeof(group));
    int used = add_head(text, group);
    const char *at = strstr(offer, "m=");
    bool is_gateways = false;
    for (bool is_stopped = false; at && *at; at += strcspn(at, "\n") + 1) {
        int length = (int)strcspn(at, "\n") + 1;
        if (!strncmp(at, "a=mid:", 6))
            is_gateways = at[6] == 'g';
        if (!strncmp(at, "m=application", 13))
            used += add_data(text + used, caller, caller->rejects_data ? 0 : 9, "active", "");
        else if (!strncmp(at, "m=", 2)) {
            is_stopped = strncmp(at + 7, " 0", 2) == 0;
            used += sprintf(text + used, "%.7s %u%s", at, is_stopped ? 0 : 9, strchr(at + 8, ' '));
            used = (int)(strstr(text + used - 1 - (int)strlen(strchr(at + 8, ' ')), "\n") - text) + 1;
            used += add_transport(text + used, caller, "active");
        } else if (!strncmp(at, "a=sendonly", 10))
            used += sprintf(text + used, "a=recvonly\r\n");
        else if (!strncmp(at, "a=recvonly", 10))
            used += sprintf(text + used, "a=sendonly\r\n");
        else if (!strncmp(at, "a=sendrecv", 10) && is_gateways && !caller->sends)
            used += sprintf(text + used, "a=recvonly\r\n");
        else if (!strncmp(at, "a=sendrecv", 10) || !strncmp(at, "a=inactive", 10) || !strncmp(at, "a=mid", 5) ||
                 !strncmp(at, "a=rtpmap", 8) || !strncmp(at, "a=fmtp", 6) || !strncmp(at, "a=extmap:", 9))
            used += sprintf(text + used, "%.*s", length, at);
    }
    text[used] = 0;
    return text;
}

void peer_caller_publish(struct test_gateway *gateway, struct peer_caller *caller)
{
    CU_ASSERT_EQUAL(peer_caller_set_remote(gateway, caller, GATEWAY_OFFER, peer_caller_offer(caller)), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_local(gateway, caller, GATEWAY_SDP_TYPES), GATEWAY_OK);
    CU_ASSERT_EQUAL(gateway->request.peer.type, GATEWAY_ANSWER);
    if (gateway->request.status)
        printf("%s\n", gateway->request.detail);
}

static unsigned count_sent(const char *offer)
{
    unsigned count = peer_caller_count(offer, "a=sendonly");
    for (const char *at = offer; (at = strstr(at, "a=mid:g")); at++) {
        const char *direction = strstr(at, "a=sendrecv"), *next = strstr(at, "m=");
        count += direction && (!next || direction < next);
    }
    return count;
}

unsigned peer_caller_follow(struct test_gateway *gateway, struct peer_caller *caller)
{
    CU_ASSERT_EQUAL(peer_caller_set_local(gateway, caller, GATEWAY_SDP_TYPES), GATEWAY_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(gateway->request.sdp);
    unsigned sent = count_sent(gateway->request.sdp);
    char *answer = peer_caller_answer(caller, gateway->request.sdp);
    CU_ASSERT_EQUAL(peer_caller_set_remote(gateway, caller, GATEWAY_ANSWER, answer), GATEWAY_OK);
    if (gateway->request.status)
        printf("%s\n", gateway->request.detail);
    return sent;
}

void peer_caller_connect(struct test_gateway *gateway, const struct peer_caller *caller)
{
    struct session *session = peer_caller_session(gateway, caller);
    struct transport_intent intent = test_transport(gateway, session->record.transport.index);
    intent.keys[0].epoch = 1;
    intents_publish_transport(&gateway->control.intents, session->record.transport.index, &intent);
    session->record.has_keys = true;
    session->state = SESSION_CONNECTED;
    TAILQ_REMOVE(&gateway->control.setup, session, setup);
    session->is_setting_up = session->is_expected = false;
    gateway->control.setup_count--;
    journal_write_peer(&gateway->control.journal, session->record.transport.index, &session->peer->record);
    journal_write_session(&gateway->control.journal, &session->record);
    test_gateway_settle(gateway);
}

struct session *peer_caller_session(struct test_gateway *gateway, const struct peer_caller *caller)
{
    struct session *session = test_gateway_session(gateway, caller->id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session);
    return session;
}

unsigned peer_caller_streams(struct test_gateway *gateway, const struct peer_caller *caller)
{
    struct session *session = peer_caller_session(gateway, caller);
    struct record_link link = test_transport(gateway, session->record.transport.index).first_stream;
    struct stream_intent stream;
    unsigned count = 0;
    for (; link.generation && count < 100; link = stream.next) {
        record_read(&tables_stream(&gateway->worker, link.index)->head, &stream, sizeof(stream));
        CU_ASSERT_EQUAL_FATAL(stream.generation, link.generation);
        CU_ASSERT_EQUAL(stream.transport.generation, session->record.transport.generation);
        count++;
    }
    return count;
}

unsigned peer_caller_routes(struct test_gateway *gateway, const struct peer_caller *caller)
{
    struct session *session = peer_caller_session(gateway, caller);
    struct record_link link = test_transport(gateway, session->record.transport.index).first_route;
    struct route_intent route;
    struct stream_intent source;
    unsigned count = 0;
    for (; link.generation && count < 100; link = route.next) {
        record_read(&tables_route(&gateway->worker, link.index)->head, &route, sizeof(route));
        CU_ASSERT_EQUAL_FATAL(route.generation, link.generation);
        record_read(&tables_stream(&gateway->worker, route.from_stream.index)->head, &source, sizeof(source));
        CU_ASSERT_EQUAL(source.generation, route.from_stream.generation);
        CU_ASSERT_EQUAL(source.payloads[0].payload_type, route.payloads[0].from);
        count++;
    }
    return count;
}

unsigned peer_caller_count(const char *text, const char *part)
{
    unsigned count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}
