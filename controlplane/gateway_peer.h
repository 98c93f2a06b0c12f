// SPDX-License-Identifier: Apache-2.0
// The peer connections of this gateway, as mgmt-api asks for them: RTCPeerConnection, method by method.
#pragma once

#include "gateway_channel.h"

#define GATEWAY_MID_SIZE    17
#define GATEWAY_TRACK_SIZE  64 // of a stream's or a track's id
#define GATEWAY_PREFERENCES 16
#define GATEWAY_CODEC_SIZE  16

enum gateway_sdp_type { GATEWAY_OFFER, GATEWAY_PRANSWER, GATEWAY_ANSWER, GATEWAY_ROLLBACK, GATEWAY_SDP_TYPES };

// Directions as bits, of this gateway.
enum { GATEWAY_SENDS = 1, GATEWAY_RECEIVES = 2 };

// What a request says beside room, id and sdp.
struct gateway_peer_ask {
    bool is_polite, subscribes, may_publish, may_use_data; // of a new one
    bool is_implicit;                                      // local description: create it first
    enum gateway_sdp_type type;                            // also of the answer
    char mid[GATEWAY_MID_SIZE];                            // of a candidate or a transceiver
    char track[GATEWAY_TRACK_SIZE];                        // removeTrack
    char candidate[512];                                   // "": end of candidates
    char source[192];                                      // addTrack, replaceTrack (there "": none): "room/peer/mid"
    bool is_video;                                         // addTransceiver
    bool sets_ways, sets_paused, is_paused, stops, sets_preferences, sets_track;
    unsigned ways;
    char preferences[GATEWAY_PREFERENCES][GATEWAY_CODEC_SIZE]; // names of codecs, up to one that is ""
    uint64_t after_epoch, after_number;                        // events behind that one
    bool is_for_all;                                           // of every peer
    bool is_first;                                             // is answered at once, also without any
    struct gateway_channel_ask channel;
};

enum gateway_event_kind {
    PEER_TRACK,
    PEER_REMOVE_TRACK,
    PEER_ICE_CANDIDATE,
    PEER_ICE_CONNECTION_STATE,
    PEER_CONNECTION_STATE,
    PEER_SIGNALING_STATE,
    PEER_NEGOTIATION_NEEDED,
    PEER_QUALITY,
    PEER_DATA_CHANNEL, // from here on, of data channels: `channel`
    PEER_CHANNEL_OPEN,
    PEER_CHANNEL_MESSAGE,
    PEER_CHANNEL_LOW,
    PEER_CHANNEL_CLOSING,
    PEER_CHANNEL_ERROR,
    PEER_CHANNEL_CLOSE,
    PEER_EVENT_KINDS
};

struct gateway_event {
    uint64_t epoch, number; // rises by one over all peers of one epoch
    enum gateway_event_kind kind;
    char peer[33], room[65];
    char state[24]; // *_STATE, QUALITY
    union {
        struct {
            uint32_t loss, rtt_us, jitter_us; // QUALITY; loss of 1000
        };
        struct {
            char mid[GATEWAY_MID_SIZE]; // TRACK, ICE_CANDIDATE
            char media[6];              // "audio", "video"
            char stream[GATEWAY_TRACK_SIZE], track[GATEWAY_TRACK_SIZE];
            char candidate[112];
        };
        struct gateway_channel_event channel;
    };
};

struct gateway_direction_view { // one way of a transceiver: what getStats() calls inbound-rtp or outbound-rtp
    bool is_there;
    uint32_t ssrc, rtx_ssrc;
    uint64_t packets, bytes, lost, plis, nacks, repaired;
    uint32_t kbps, jitter_us, rtt_us, fraction_lost; // of 256
    char stream[GATEWAY_TRACK_SIZE], track[GATEWAY_TRACK_SIZE];
};

struct gateway_transceiver_view {
    char mid[GATEWAY_MID_SIZE]; // "": not negotiated yet
    bool is_video, is_stopping, is_paused;
    unsigned ways, current_ways; // wanted, and agreed on
    char codec[16], fmtp[256], source[192];
    unsigned payload_type, clock_rate, channels;
    struct gateway_direction_view receiver, sender;
};

struct gateway_peer_view {
    const char *signaling_state, *connection_state, *ice_connection_state;
    bool needs_negotiation, is_polite, subscribes, may_publish, may_use_data;
    char room[65], suite[32], dtls_role[8], remote_address[64], local_address[64];
    bool is_tcp; // the selected pair: RFC 6544
    uint64_t packets_received, bytes_received, packets_sent, bytes_sent;
    uint64_t stun_received, rtt_us, receive_kbps, send_kbps;
    unsigned transceiver_count;
    struct gateway_transceiver_view transceivers[]; // malloc, with the view
};
