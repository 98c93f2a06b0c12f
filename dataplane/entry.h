// SPDX-License-Identifier: Apache-2.0
// A worker's private forwarding entries: what it made of the intents after checking every bound. Only the worker that
// owns the shard touches them. What must outlive the process stands in the state segment, not here.
#pragma once

#include "hmac_sha1.h"
#include "keys.h"
#include "packet.h"
#include "segment.h"
#include "twcc.h"

#include <rte_timer.h>

#define ENTRY_NO_PATH TRANSPORT_MAX_CANDIDATES

// One remote address of a transport.
struct path_entry {
    struct transport_address remote, local;
    struct rte_ether_addr mac; // what the last packet came from; used by ports that share a NIC
    uint16_t port;
    uint8_t flags; // enum candidate_flags; 0: free
    uint8_t checks_unanswered;
    uint8_t transaction[12]; // of the check under way
    uint64_t check_sent, nominated_at, last_received;
    uint32_t received_bytes, sent_bytes; // until it is proven at most three times as much goes out as came in
};

// The SRTP keys of one handshake, in both directions. Packed: the array's stride is the backend's key size.
enum entry_key { KEY_RECEIVE_RTP, KEY_RECEIVE_RTCP, KEY_SEND_RTP, KEY_SEND_RTCP, KEYS_PER_EPOCH };

struct ssrc_entry {
    uint32_t ssrc, stream;
    uint8_t binding;
    bool fresh; // nothing verified yet in this process: the ROC is tried around the stored one
};

#define ENTRY_MAX_SSRCS   64
#define ENTRY_MAX_STREAMS 16

struct transport_entry {
    uint32_t generation; // 0: not installed
    uint32_t index;
    uint64_t version; // of the intent
    uint32_t key_epoch;
    uint16_t suite;
    uint8_t feedback, reduced_rtcp;
    uint8_t selected; // path, ENTRY_NO_PATH
    uint8_t dtls_path;
    uint8_t ssrc_count, stream_count;
    uint8_t mid_extension; // the id on which all its sections agree, 0: none
    uint8_t transport_cc_extension;
    bool consent_lost, has_routes;
    bool routes_missing; // a route's publisher was not installed: tried again by the timer
    uint8_t *keys;       // KEYS_PER_EPOCH of the backend's size, NULL before DTLS ended
    struct path_entry paths[TRANSPORT_MAX_CANDIDATES];
    uint32_t streams[ENTRY_MAX_STREAMS];
    struct ssrc_entry ssrcs[ENTRY_MAX_SSRCS];
    uint32_t payload_stream[128]; // unique payload type -> stream, PACKET_NONE
    struct hmac_sha1_key local_key, remote_key;
    char local_ufrag[LOCAL_UFRAG_SIZE];
    char remote_ufrag[ICE_UFRAG_SIZE];
    char cname[18];
    uint32_t rtcp_ssrc, first_route;
    uint32_t max_kbps, consent_ms;
    double punt_tokens;
    uint64_t punt_refilled;
    uint64_t last_report, last_feedback, receive_bytes_mark;
    uint32_t receive_kbps, remb_kbps;
    struct twcc_recorder twcc;
    struct rte_timer timer;
};

struct stream_entry {
    uint32_t generation;
    uint32_t transport;
    uint8_t kind;
    uint8_t payload_count;
    struct stream_payload payloads[STREAM_MAX_PAYLOAD_TYPES];
    char mid[RTP_ID_SIZE], rid[RTP_ID_SIZE];
    uint32_t ssrc;
    uint8_t extension_kinds[256]; // id -> enum extension_kind, 0xff: not negotiated
    uint32_t *routes;             // whom it fans out to
    uint32_t route_count, route_capacity;
    bool keyframe_pending;
    uint64_t last_arrival; // for jitter
    uint32_t last_timestamp, media_ssrc;
    double jitter;
    uint64_t base_index, highest_index, received; // of the media SSRC, for receiver reports
    uint64_t expected_prior, received_prior;
};

struct route_entry {
    uint32_t generation;
    uint32_t transport, stream, stream_generation;
    uint32_t next;       // of the same transport, PACKET_NONE: last
    uint32_t next_named; // while the chain is built again
    bool named;
    uint32_t ssrc, clock_rate;
    uint8_t kind, payload_count, mid_size, mid_extension;
    bool paused;
    struct route_payload payloads[STREAM_MAX_PAYLOAD_TYPES];
    char mid[RTP_ID_SIZE];
    uint8_t extension_ids[EXTENSION_KINDS];
    uint8_t extension_map[256]; // the stream's id -> the receiver's
    uint64_t start_index;       // of the source: older packets have no number here
    bool started;               // by this process
};

// All of them, shared out to workers by shard.
struct entries {
    struct transport_entry *transports;
    struct stream_entry *streams;
    struct route_entry *routes;
    uint32_t transport_count, stream_count, route_count;
};

// The entry at an index that came through shared memory, or NULL.
static inline struct transport_entry *entry_transport(const struct entries *entries, uint32_t index)
{
    return index < entries->transport_count ? &entries->transports[index] : NULL;
}

static inline struct stream_entry *entry_stream(const struct entries *entries, uint32_t index)
{
    return index < entries->stream_count ? &entries->streams[index] : NULL;
}

static inline struct route_entry *entry_route(const struct entries *entries, uint32_t index)
{
    return index < entries->route_count ? &entries->routes[index] : NULL;
}
