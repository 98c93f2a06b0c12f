// SPDX-License-Identifier: Apache-2.0
// WHIP and WHEP without HTTP: offers, answers, PATCH, DELETE.
#include "peers.h"

#include "chance.h"
#include "control_process.h"
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OFFER_SIZE 4096

static int add_section(char *text, size_t size, const struct peer *peer, bool is_audio, const char *fingerprint)
{
    unsigned type = is_audio ? 111 : 96;
    return snprintf(text, size,
                    "m=%s 9 UDP/TLS/RTP/SAVPF %u\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
                    "a=fingerprint:sha-256 %s\r\na=setup:%s\r\na=mid:%u\r\na=%s\r\na=rtcp-mux\r\na=rtpmap:%u %s\r\n"
                    "a=rtcp-fb:%u nack pli\r\n",
                    is_audio ? "audio" : "video", type, peer->ufrag, peer->pwd, fingerprint,
                    peer->is_dtls_client ? "actpass" : "passive", is_audio ? 0u : 1u,
                    peer->is_publisher ? "sendonly" : "recvonly", type, is_audio ? "opus/48000/2" : "VP8/90000", type);
}

static char *make_offer(const struct peer *peer)
{
    char fingerprint[128], *text = malloc(OFFER_SIZE);
    if (!text)
        abort();
    peer_dtls_fingerprint(peer, fingerprint, sizeof(fingerprint));
    int used = snprintf(text, OFFER_SIZE, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n");
    for (int is_audio = 1; is_audio >= 0; is_audio--) {
        used += add_section(text + used, OFFER_SIZE - (size_t)used, peer, is_audio, fingerprint);
        if (peer->is_publisher)
            used += snprintf(text + used, OFFER_SIZE - (size_t)used, "a=msid:s t%d\r\na=ssrc:%u cname:them\r\n",
                             is_audio, is_audio ? 1111u : 2222u);
    }
    return text;
}

// What stands behind "name" up to the end of its first line.
static void get(const char *sdp, const char *name, char *ret_value, size_t size)
{
    const char *at = strstr(sdp, name);
    ret_value[0] = 0;
    if (at)
        snprintf(ret_value, size, "%.*s", (int)strcspn(at + strlen(name), "\r\n"), at + strlen(name));
}

static void take_credentials(struct peer *peer, const char *sdp)
{
    get(sdp, "a=ice-ufrag:", peer->gateway_ufrag, sizeof(peer->gateway_ufrag));
    get(sdp, "a=ice-pwd:", peer->gateway_pwd, sizeof(peer->gateway_pwd));
}

static void take_answer(struct peer *peer, const struct gateway_request *request)
{
    char candidate[128];
    unsigned port = 0;
    snprintf(peer->id, sizeof(peer->id), "%s", request->id);
    snprintf(peer->etag, sizeof(peer->etag), "%s", request->etag);
    take_credentials(peer, request->sdp);
    get(request->sdp, "192.0.2.1 ", candidate, sizeof(candidate));
    sscanf(candidate, "%u", &port);
    peer->gateway = transport_address_ipv4((const uint8_t[]){192, 0, 2, 1}, (uint16_t)port);
}

// On naru-control's stack: its answer's text is freed there, too.
static void done(struct gateway_request *request)
{
    struct peer *peer = request->context;
    if (request->status == GATEWAY_OK && request->sdp)
        request->operation == GATEWAY_TRICKLE ? take_credentials(peer, request->sdp) : take_answer(peer, request);
    if (request->status == GATEWAY_OK && request->operation == GATEWAY_TRICKLE)
        snprintf(peer->etag, sizeof(peer->etag), "%s", request->etag);
    free(request->sdp);
    request->sdp = NULL;
}

static bool ask(struct peer *peer, struct gateway_request *request)
{
    request->is_publisher = peer->is_publisher;
    request->done = done;
    request->context = peer;
    request->sdp_length = request->sdp ? strlen(request->sdp) : 0;
    memcpy(request->source, peer->address.ip, sizeof(request->source));
    char *offer = request->sdp;
    bool is_served = control_is_alive() && simulation.now >= simulation.paused_until;
    bool answered = control_ask(request);
    if (!is_served)
        free(offer);
    return answered;
}

bool peer_ask(struct peer *peer)
{
    struct gateway_request request = {.operation = peer->is_publisher ? GATEWAY_PUBLISH : GATEWAY_SUBSCRIBE,
                                      .sdp = make_offer(peer)};
    snprintf(request.room, sizeof(request.room), "%s", peer->room);
    if (!ask(peer, &request))
        return false;
    trace("peer %u asks for room %s: %d %.32s", peer->number, peer->room, request.status, peer->id);
    if (request.status == GATEWAY_OK)
        return true;
    if (request.status == GATEWAY_NO_PUBLISHER || request.status >= GATEWAY_TOO_MANY_REQUESTS)
        return false; // comes again
    if (request.status != GATEWAY_ROOM_TAKEN)
        broken("peer %u is refused: %d %s", peer->number, request.status, request.detail);
    peer_go(peer, "the room is taken");
    return true;
}

bool peer_delete(struct peer *peer)
{
    struct gateway_request request = {.operation = GATEWAY_CLOSE};
    snprintf(request.id, sizeof(request.id), "%s", peer->id);
    if (!ask(peer, &request))
        return false;
    trace("peer %u deletes: %d", peer->number, request.status);
    return true;
}

bool peer_restart(struct peer *peer)
{
    struct gateway_request request = {.operation = GATEWAY_TRICKLE};
    char fragment[512], ufrag[PEER_TEXT];
    snprintf(ufrag, sizeof(ufrag), "peer%ur%u", peer->number, ++peer->restarts); // a new one each time: RFC 8445 9
    snprintf(fragment, sizeof(fragment),
             "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n", ufrag, peer->pwd);
    request.sdp = strdup(fragment);
    snprintf(request.id, sizeof(request.id), "%s", peer->id);
    if (!ask(peer, &request))
        return false;
    trace("peer %u restarts ICE: %d", peer->number, request.status);
    if (request.status == GATEWAY_OK)
        snprintf(peer->ufrag, sizeof(peer->ufrag), "%s", ufrag);
    return true;
}
