// SPDX-License-Identifier: Apache-2.0
// One WebRTC peer: a UDP socket, ICE, DTLS, SRTP, its streams. Driven by readiness of fd and by ticks.
#pragma once
#include "client_options.h"
#include "hostile.h"
#include "repair.h"
#include "rtcp_report.h"
#include "srtp_pair.h"
#include "tamper.h"
#include "timeline.h"
#include "twcc_recorder.h"
#include "whip_request.h"

enum session_state {
    SESSION_IDLE,
    SESSION_SIGNALLING,
    SESSION_CHECKING,    // ICE
    SESSION_HANDSHAKING, // DTLS
    SESSION_CONNECTED,
    SESSION_CLOSED, // by either side, after it was connected
    SESSION_FAILED,
};

#define SESSION_KEYFRAME_REQUESTS 64

enum session_direction { SESSION_SENDS = 1, SESSION_RECEIVES = 2 };

struct session_counters {
    uint64_t early_media, unexpected_source, send_errors, malformed_rtp, unknown, datagrams_in, datagrams_out,
        plis_sent;
};

struct session {
    const struct client_options *options;
    unsigned index, room;
    int viewer;                // -1: the publisher of its room
    struct session *publisher; // that this viewer watches, NULL: somebody else's
    unsigned direction;        // of enum session_direction
    enum session_state state;
    char error[256];
    bool sending, closed_by_peer, exchanged_media;

    int fd;
    struct socket_address local, dtls_remote; // dtls_remote: where the last handshake record came from
    struct tcp_link *tcp;                     // NULL: by UDP
    struct ice_agent ice;
    struct dtls_peer dtls;
    struct srtp_pair srtp;
    const struct srtp_pair_suite *suite;
    struct sdp_description remote;
    char cname[24], fingerprint[3 * 32];

    struct media_source sources[MEDIA_KINDS];
    struct media_sink sinks[MEDIA_KINDS];
    unsigned source_count, sink_count;
    uint32_t own_ssrc;
    uint16_t twcc_sequence;
    struct rtcp_counters rtcp;
    struct twcc_recorder twcc;
    uint64_t next_rtcp_ns, next_pli_ns, next_twcc_ns, rtcp_sent, twcc_sent;
    struct tamper_state tamper;
    struct hostile hostile;
    struct timeline *timeline;                                // of all sessions; NULL: not asked for
    uint64_t keyframe_requests_ns[SESSION_KEYFRAME_REQUESTS]; // the first ones
    unsigned keyframe_request_count;
    struct repair *repair; // NULL: the client loses nothing of its own accord
    struct session_counters counters;
    uint64_t started_ns, answered_ns, nominated_ns, connected_ns, stopped_ns;

    // HTTP, used by session_set alone
    struct whip_request request;
    char url[1024], resource[1024], etag[256];
    char *offer, *fragment; // ours, or by /v1/peers the gateway's; of an ICE restart under way
    uint8_t steps[16];      // of peer_signalling.c, 0 ends them
    long restart_status;    // 0: none was answered
    uint64_t retry_ns;
    long http_status, delete_status;
};

int session_init(struct session *session, const struct client_options *options, SSL_CTX *dtls, bool lite,
                 unsigned direction);
void session_free(struct session *session);
// Own description as malloc()ed text. setup: what it says.
char *session_describe(struct session *session, enum sdp_setup setup, bool answer);
// The other side's description; starts ICE and DTLS. is_offer: we answer and said own_setup.
int session_apply(struct session *session, const char *text, size_t size, uint64_t now);
int session_apply_offer(struct session *session, const char *text, size_t size, enum sdp_setup own_setup, uint64_t now);

void session_readable(struct session *session, uint64_t now);
void session_tick(struct session *session, uint64_t now);
void session_stop_sending(struct session *session, uint64_t now);
// close_notify; further input is ignored.
void session_close(struct session *session);
void session_fail(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *session_state_text(enum session_state state);
// session_media.c
void session_send(struct session *session, const struct socket_address *to, const uint8_t *data, size_t size);
void session_take_media(struct session *session, uint8_t *data, size_t size, uint64_t now);
void session_media_start(struct session *session, uint64_t now);
void session_media_tick(struct session *session, uint64_t now);
