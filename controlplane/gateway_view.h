// SPDX-License-Identifier: Apache-2.0
// What there is to see of the gateway: one consistent snapshot, made on its thread for whoever asked.
#pragma once

#include "gateway_workers_view.h"
#include "process_view.h"

enum gateway_session_state { // a checked table of moves stands in session/state.c
    SESSION_NEW,             // answered, nothing heard yet
    SESSION_CONNECTING,      // an authenticated check came
    SESSION_SECURING,        // DTLS under way
    SESSION_CONNECTED,
    SESSION_DISCONNECTED, // consent is late
    SESSION_FAILED,       // fingerprint, handshake or time-out; `reason` says which
    SESSION_CLOSED,
    SESSION_STATES
};
extern const char *const gateway_session_state_names[SESSION_STATES]; // "new", "connecting" ...

struct gateway_stream_view { // a stream of a publisher or a route of a viewer
    char mid[17];
    char kind[6];   // "audio", "video"
    char codec[16]; // "VP8"
    uint32_t ssrc;
    uint64_t packets, bytes, lost, plis, nacks;
    uint32_t kbps, jitter_ms, rtt_ms, fraction_lost_percent;
};

#define GATEWAY_VIEW_STREAMS 8

struct gateway_session_view {
    char id[GATEWAY_ID_SIZE], room[GATEWAY_ROOM_SIZE];
    bool is_publisher, is_peer; // neither: a viewer
    enum gateway_session_state state;
    char reason[96];
    char remote_address[64], local_address[64]; // selected pair, "" until there is one
    bool is_tcp;                                // RFC 6544
    char suite[32], dtls_role[8];
    unsigned shard, worker, stream_count;
    uint64_t age_ms, setup_ms; // setup: POST to keys installed
    uint64_t packets_received, bytes_received, packets_sent, bytes_sent;
    struct gateway_stream_view streams[GATEWAY_VIEW_STREAMS];
};

struct gateway_room_view {
    char name[GATEWAY_ROOM_SIZE];
    unsigned shard, worker, viewers, members;
    bool has_publisher, is_draining;
    uint64_t age_ms;
};

struct gateway_tcp_view { // peers that come by TCP (RFC 6544); what is counted is named as in controlplane/tcp
    uint64_t connections, accepted, packets_received, packets_sent;
    unsigned ended_count, refused_count, dropped_count;
    struct gateway_count ended[8], refused[4], dropped[6];
};

struct gateway_snapshot {
    char version[16], name[64], last_quarantined[GATEWAY_ID_SIZE]; // the last of sessions_quarantined
    bool ready, draining;
    uint64_t sessions_created, sessions_connected, sessions_failed, sessions_closed;
    struct gateway_count refused[REFUSALS];                        // in the order of the enumeration
    uint64_t sessions_quarantined, punts_dropped, injects_dropped; // crashed workers; rings that were full
    uint64_t dtls_ignored, dtls_dropped; // datagrams to connected sessions: not wanted; plain, forged, replayed
    uint64_t checks_withheld;            // ICE checks beyond the gateway's budget
    struct gateway_tcp_view tcp;
    unsigned process_count, room_count, session_count, worker_count, shard_count, port_count, event_count;
    struct gateway_process_view processes[4];
    struct gateway_event_view *events; // the latest, oldest first
    struct gateway_room_view *rooms;
    struct gateway_session_view *sessions;
    struct gateway_worker_view *workers;
    struct gateway_shard_view *shards;
    struct gateway_port_view *ports;
};
