// SPDX-License-Identifier: Apache-2.0
// The browsers: publishers and viewers who come, talk ICE, DTLS and SRTP, and leave, each in its own way.
#pragma once

#include "gateway.h"
#include "network.h"
#include "peer_dtls.h"

#include <srtp2/srtp.h>

#define PEER_TEXT 64

enum peer_manner {
    MANNER_DELETES,  // leaves by DELETE
    MANNER_CLOSES,   // leaves by close_notify
    MANNER_VANISHES, // is gone from one moment to the next: its consent runs out
    MANNER_SILENT,   // asks and is never heard of
    MANNER_MUTE,     // checks, but has no DTLS
    MANNER_FORGED,   // shows another certificate than it signalled
    MANNERS
};

enum peer_state { PEER_TO_COME, PEER_ASKS, PEER_CHECKS, PEER_SHAKES, PEER_IS_UP, PEER_LEAVES, PEER_IS_GONE };

struct peer {
    unsigned number;
    enum peer_manner manner;
    enum peer_state state;
    bool is_publisher, is_dtls_client;
    char room[GATEWAY_ROOM_SIZE];
    uint64_t comes_at, leaves_at, asks_at, stays_ns, gives_up_at;
    unsigned asked; // times, and to which naru-control

    // What it was answered.
    char id[GATEWAY_ID_SIZE], etag[GATEWAY_ETAG_SIZE];
    struct transport_address address, gateway;
    char ufrag[PEER_TEXT], pwd[PEER_TEXT], gateway_ufrag[PEER_TEXT], gateway_pwd[PEER_TEXT];

    uint64_t checks_at, heard_at, ends_at;
    uint64_t restarts_at; // ICE; 0: not at all
    unsigned restarts;
    bool was_answered; // a check of its own
    struct peer_dtls dtls;

    srtp_t out, in;
    uint16_t sequences[2];
    uint64_t media_at, media_received, media_sent;

    // What the rules know of it (rules.h).
    bool is_known_connected; // naru-control has said so in its log
    bool was_killed;         // half done when naru-control was
    bool was_paused;         // the machine stood still for long while it was there
    bool has_ended;          // naru-control ended it
    bool was_ending;         // and had told it, when it was killed: the next one goes on with it
    bool is_unlucky;         // it did what it should, and was not set up in time
    char verdict[128];
};

struct peers {
    struct peer *list;
    unsigned count, gone;
};
extern struct peers peers;

void peers_open(void);
void peers_close(void);
void peers_step(void);
void peers_receive(const struct datagram *datagram);

struct peer *peers_find_id(const char *id);
// By its address; NULL: nobody's.
struct peer *peers_find_address(const struct transport_address *address);
// Nobody waits any longer than needed.
void peers_send_home(void);

// peer_ice.c
void peer_check(struct peer *peer, bool nominates);
void peer_stun(struct peer *peer, const struct datagram *datagram);
// peer_signalling.c: asks, and reads the answer. False: nobody answered; refusals set the verdict.
bool peer_ask(struct peer *peer);
bool peer_delete(struct peer *peer);
bool peer_restart(struct peer *peer);
// peer_media.c
void peer_open_media(struct peer *peer);
void peer_close_media(struct peer *peer);
void peer_send_media(struct peer *peer);
void peer_take_media(struct peer *peer, const struct datagram *datagram);

void peer_send(struct peer *peer, const void *data, size_t size);
// It has come to this end.
void peer_go(struct peer *peer, const char *verdict);
