// SPDX-License-Identifier: Apache-2.0
// All that mgmt-api sees of the gateway: requests that are answered by a call back, and a snapshot to look at.
// The two run on different threads. A request is owned by the gateway from gateway_submit until its `done` is called
// (on the gateway's thread: pass it on to your own loop); text in it is NUL-terminated and owned by the request.
#pragma once

#include "gateway_peer.h"
#include "gateway_status.h"

struct gateway;

#define GATEWAY_ROOM_SIZE   65 // room names: 1 to 64 of A-Z a-z 0-9 . _ -
#define GATEWAY_ID_SIZE     33 // session ids: 128 random bits in hex
#define GATEWAY_ETAG_SIZE   40 // without quotes
#define GATEWAY_SOURCE_SIZE 16

enum gateway_operation {
    GATEWAY_PUBLISH,   // WHIP POST: room, sdp -> id, etag, sdp
    GATEWAY_SUBSCRIBE, // WHEP POST: room, sdp -> id, etag, sdp
    GATEWAY_TRICKLE,  // PATCH: id, etag (may be empty: no If-Match), sdp = fragment -> etag, sdp when ICE was restarted
    GATEWAY_CLOSE,    // DELETE: id
    GATEWAY_SNAPSHOT, // -> snapshot
    GATEWAY_OPERATE,  // change, room -> snapshot: an operator's order
    // Of one peer connection, id; what each needs and gives stands in peer.
    GATEWAY_PEER_OPEN,         // room -> id
    GATEWAY_PEER_CREATE,       // peer.type -> sdp: createOffer, createAnswer
    GATEWAY_PEER_SET_LOCAL,    // sdp or peer.is_implicit -> sdp
    GATEWAY_PEER_SET_REMOTE,   // sdp
    GATEWAY_PEER_CANDIDATE,    // addIceCandidate
    GATEWAY_PEER_RESTART_ICE,  // restartIce
    GATEWAY_PEER_ADD,          // addTransceiver -> view
    GATEWAY_PEER_CHANGE,       // of a transceiver -> view
    GATEWAY_PEER_ADD_TRACK,    // -> peer.track
    GATEWAY_PEER_REMOVE_TRACK, // removeTrack
    GATEWAY_PEER_LOOK,         // -> view
    GATEWAY_PEER_EVENTS,       // -> events; answered when there are some, or after some seconds
    GATEWAY_CHANNEL_CREATE,    // data: the label, and behind its NUL the protocol -> channels: the new one
    GATEWAY_CHANNEL_LIST,      // -> channels; with a number that one
    GATEWAY_CHANNEL_SEND,      // data -> channels: that one
    GATEWAY_CHANNEL_CHANGE,    // -> channels: that one
    GATEWAY_CHANNEL_CLOSE,
    GATEWAY_OPERATIONS
};

// What an operator changes.
enum gateway_scope { SCOPE_GATEWAY, SCOPE_WORKER, SCOPE_SHARD, SCOPE_ROOM };

struct gateway_change {
    enum gateway_scope scope;
    unsigned index; // of the worker or the shard; the room's name stands in the request
    bool sets_draining, draining;
    bool moves; // the shard, to:
    unsigned worker;
};

struct gateway_snapshot;

struct gateway_request {
    enum gateway_operation operation;
    char room[GATEWAY_ROOM_SIZE];
    char id[GATEWAY_ID_SIZE];
    char etag[GATEWAY_ETAG_SIZE];
    char *sdp; // in: offer or fragment (malloc); out: answer or fragment (malloc), or NULL
    size_t sdp_length;
    char *data; // of data channels (malloc); a NUL stands behind it
    size_t data_size;
    uint8_t source[GATEWAY_SOURCE_SIZE]; // who asks: an IPv4 address as ::ffff:a.b.c.d, or the /64 of an IPv6 one
    bool is_publisher;                   // for TRICKLE and CLOSE: the URL said /whip; a WHEP session is then not found
    bool is_peer;                        // for CLOSE: the URL said /v1/peers
    struct gateway_change change;        // for OPERATE
    struct gateway_peer_ask peer;        // for PEER_*

    enum gateway_status status;
    enum gateway_refusal refusal;           // with a status of 429 or 503
    unsigned line;                          // of the offer, with GATEWAY_BAD_SDP
    unsigned retry_after;                   // seconds
    char detail[256];                       // for people: what is wrong and what to do
    struct gateway_snapshot *snapshot;      // malloc; free with gateway_snapshot_free
    struct gateway_peer_view *view;         // malloc
    struct gateway_channels_view *channels; // malloc
    struct gateway_event *events;           // malloc, oldest first
    unsigned event_count;
    bool is_over; // of EVENTS: the peer is gone, there are no more

    void (*done)(struct gateway_request *request); // on the gateway's thread, exactly once
    void *context;                                 // the caller's
};

// From any thread. Copies nothing: the request lives until done.
void gateway_submit(struct gateway *gateway, struct gateway_request *request);

// From any thread, without waiting: what /readyz answers, and why not.
bool gateway_is_ready(const struct gateway *gateway, char *ret_reason, size_t size);

void gateway_snapshot_free(struct gateway_snapshot *snapshot); // gateway_view.h
