// SPDX-License-Identifier: Apache-2.0
// GET /v1/peers/{id}/stats: getStats() with the names and units of webrtc-stats, out of the live counters.
#include "handlers.h"
#include "peer_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double milliseconds_since_1970(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static json_t *entry(json_t *report, double timestamp, const char *type, const char *id)
{
    json_t *json = json_pack("{s:s, s:f, s:s}", "id", id, "timestamp", timestamp, "type", type);
    json_object_set_new(report, id, json);
    return json;
}

static void put(json_t *json, const char *name, uint64_t value)
{
    json_object_set_new(json, name, json_integer((json_int_t)value));
}

static void put_text(json_t *json, const char *name, const char *value)
{
    if (value[0])
        json_object_set_new(json, name, json_string(value));
}

static void put_seconds(json_t *json, const char *name, uint64_t microseconds)
{
    json_object_set_new(json, name, json_real((double)microseconds / 1e6));
}

// "192.0.2.1:4000", "[fd00::1]:4000"
static void add_candidate(json_t *report, double now, const char *type, const char *id, const char *text, bool is_tcp)
{
    char address[64];
    json_t *json = entry(report, now, type, id);
    const char *colon = strrchr(text, ':');
    int length = colon ? (int)(colon - text) : 0;
    bool is_bracketed = text[0] == '[' && length > 1;
    snprintf(address, sizeof address, "%.*s", is_bracketed ? length - 2 : length, text + is_bracketed);
    put_text(json, "address", address);
    json_object_set_new(json, "port", json_integer(colon ? strtol(colon + 1, NULL, 10) : 0));
    put_text(json, "protocol", is_tcp ? "tcp" : "udp");
    put_text(json, "candidateType", strcmp(type, "local-candidate") == 0 ? "host" : "prflx");
}

static void add_transport(json_t *report, double now, const struct gateway_peer_view *view)
{
    json_t *transport = entry(report, now, "transport", "transport");
    put(transport, "packetsReceived", view->packets_received);
    put(transport, "bytesReceived", view->bytes_received);
    put(transport, "packetsSent", view->packets_sent);
    put(transport, "bytesSent", view->bytes_sent);
    put_text(transport, "iceRole", "controlled");
    put_text(transport, "dtlsState", view->suite[0] ? "connected" : "new");
    put_text(transport, "dtlsRole", view->dtls_role);
    put_text(transport, "srtpCipher", view->suite);
    put_text(transport, "iceState", view->ice_connection_state);
    if (!view->remote_address[0])
        return;
    put_text(transport, "selectedCandidatePairId", "candidate-pair");
    json_t *pair = entry(report, now, "candidate-pair", "candidate-pair");
    put_text(pair, "transportId", "transport");
    put_text(pair, "localCandidateId", "local-candidate");
    put_text(pair, "remoteCandidateId", "remote-candidate");
    put_text(pair, "state", "succeeded");
    json_object_set_new(pair, "nominated", json_true());
    put(pair, "requestsReceived", view->stun_received);
    put_seconds(pair, "currentRoundTripTime", view->rtt_us);
    add_candidate(report, now, "local-candidate", "local-candidate", view->local_address, view->is_tcp);
    add_candidate(report, now, "remote-candidate", "remote-candidate", view->remote_address, view->is_tcp);
}

static void add_codec(json_t *report, double now, const struct gateway_transceiver_view *view, char id[32])
{
    char mime[32];
    snprintf(id, 32, "codec-%u", view->payload_type);
    if (json_object_get(report, id))
        return;
    json_t *json = entry(report, now, "codec", id);
    snprintf(mime, sizeof mime, "%s/%s", view->is_video ? "video" : "audio", view->codec);
    put(json, "payloadType", view->payload_type);
    put_text(json, "transportId", "transport");
    put_text(json, "mimeType", mime);
    put(json, "clockRate", view->clock_rate);
    if (!view->is_video)
        put(json, "channels", view->channels);
    put_text(json, "sdpFmtpLine", view->fmtp);
}

static json_t *add_stream(json_t *report, double now, const struct gateway_transceiver_view *view,
                          const struct gateway_direction_view *way, const char *type)
{
    char id[48], codec[32];
    snprintf(id, sizeof id, "%s-%s", type, view->mid);
    json_t *json = entry(report, now, type, id);
    add_codec(report, now, view, codec);
    put(json, "ssrc", way->ssrc);
    put_text(json, "kind", view->is_video ? "video" : "audio");
    put_text(json, "mid", view->mid);
    put_text(json, "transportId", "transport");
    put_text(json, "codecId", codec);
    put_text(json, "trackIdentifier", way->track);
    if (way->rtx_ssrc)
        put(json, "rtxSsrc", way->rtx_ssrc);
    return json;
}

static void add_inbound(json_t *report, double now, const struct gateway_transceiver_view *view)
{
    const struct gateway_direction_view *way = &view->receiver;
    json_t *json = add_stream(report, now, view, way, "inbound-rtp");
    put(json, "packetsReceived", way->packets);
    put(json, "bytesReceived", way->bytes);
    put(json, "packetsLost", way->lost);
    put_seconds(json, "jitter", way->jitter_us);
    put(json, "nackCount", way->nacks);
    put(json, "retransmittedPacketsReceived", way->repaired);
    if (view->is_video)
        put(json, "pliCount", way->plis);
}

static void add_outbound(json_t *report, double now, const struct gateway_transceiver_view *view)
{
    const struct gateway_direction_view *way = &view->sender;
    json_t *json = add_stream(report, now, view, way, "outbound-rtp");
    char id[48];
    put(json, "packetsSent", way->packets);
    put(json, "bytesSent", way->bytes);
    put(json, "nackCount", way->nacks);
    put(json, "retransmittedPacketsSent", way->repaired);
    json_object_set_new(json, "active", json_boolean(!view->is_paused));
    if (view->is_video)
        put(json, "pliCount", way->plis);
    snprintf(id, sizeof id, "remote-inbound-rtp-%s", view->mid);
    put_text(json, "remoteId", id);
    json = entry(report, now, "remote-inbound-rtp", id);
    put(json, "ssrc", way->ssrc);
    put_text(json, "kind", view->is_video ? "video" : "audio");
    put(json, "packetsLost", way->lost);
    put_seconds(json, "jitter", way->jitter_us);
    put_seconds(json, "roundTripTime", way->rtt_us);
    json_object_set_new(json, "fractionLost", json_real(way->fraction_lost / 256.0));
}

static void add_channel(json_t *report, double now, const struct gateway_channel_view *view)
{
    char id[32];
    snprintf(id, sizeof id, "data-channel-%u", view->number);
    json_t *json = entry(report, now, "data-channel", id);
    json_object_set_new(json, "label", json_string(view->label));
    json_object_set_new(json, "protocol", json_string(view->protocol));
    if (view->id >= 0)
        put(json, "dataChannelIdentifier", (uint64_t)view->id);
    put_text(json, "state", view->state);
    put(json, "messagesSent", view->messages_sent);
    put(json, "bytesSent", view->bytes_sent);
    put(json, "messagesReceived", view->messages_received);
    put(json, "bytesReceived", view->bytes_received);
    put(json, "messagesLost", view->messages_lost); // these two are naru's own
    put(json, "messagesExpired", view->messages_expired);
}

static void add_channels(json_t *report, double now, const struct gateway_channels_view *view)
{
    json_t *connection = entry(report, now, "peer-connection", "peer-connection");
    put(connection, "dataChannelsOpened", view->opened);
    put(connection, "dataChannelsClosed", view->closed);
    for (unsigned i = 0; i < view->count; i++)
        add_channel(report, now, &view->list[i]);
    if (!view->state)
        return;
    json_t *sctp = entry(report, now, "sctp-transport", "sctp-transport");
    put_text(sctp, "transportId", "transport");
    put_text(sctp, "state", view->state);
    put(sctp, "maxMessageSize", view->max_message_size);
    put(sctp, "maxChannels", view->max_channels);
    put(sctp, "messagesBridged", view->bridged);
    put(sctp, "messagesBridgeDropped", view->bridge_dropped);
}

void stats_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_peer_view *view = answer->view;
    const double now = milliseconds_since_1970();
    json_t *report = json_object();
    add_transport(report, now, view);
    for (unsigned i = 0; i < view->transceiver_count; i++) {
        const struct gateway_transceiver_view *transceiver = &view->transceivers[i];
        if (transceiver->receiver.is_there)
            add_inbound(report, now, transceiver);
        if (transceiver->sender.is_there)
            add_outbound(report, now, transceiver);
    }
    if (answer->channels)
        add_channels(report, now, answer->channels);
    response_json(response, 200, "application/json", report);
}
