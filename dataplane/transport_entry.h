// SPDX-License-Identifier: Apache-2.0
// A transport as its worker uses it: in two parts, by who looks at them.
#pragma once

#include "frame_template.h"
#include "hmac_sha1.h"
#include "keys.h"
#include "packet.h"
#include "segment.h"
#include "twcc.h"

#define ENTRY_NO_PATH TRANSPORT_MAX_CANDIDATES

// One remote address of a transport.
struct path_entry {
    struct transport_address remote, local;
    struct rte_ether_addr mac; // what the last packet came from; used by ports that share a NIC
    uint16_t port;
    uint8_t flags; // enum candidate_flags; 0: free
    uint8_t checks_unanswered;
    bool restored;           // proven to a killed process: not asked by this one yet, or asked in vain
    bool former;             // learned before ICE was restarted: gives its place to any other, unless it is selected
    uint8_t transaction[12]; // of the check under way
    uint64_t check_sent, nominated_at, last_received;
    uint32_t received_bytes, sent_bytes; // until it is proven at most three times as much goes out as came in
};

// The SRTP keys of one handshake, in both directions. Packed: the array's stride is transport_key_size.
enum entry_key { KEY_RECEIVE_RTP, KEY_SEND_RTP, KEY_RECEIVE_RTCP, KEY_SEND_RTCP, KEYS_PER_EPOCH };

struct ssrc_entry {
    struct stream_binding *state;
    uint32_t ssrc, stream;
    uint8_t binding;
    bool fresh; // nothing verified yet in this process: the ROC is tried around the stored one
};

#define ENTRY_MAX_SSRCS   64
#define ENTRY_NEAR_SSRCS  3 // stand in the entry itself
#define ENTRY_MAX_STREAMS 16

// What its ticks, its checks and its installation need: no packet of media looks at it.
struct transport_upkeep {
    _Alignas(RTE_CACHE_LINE_SIZE) uint64_t version; // of the intent
    uint32_t shard, next_of_shard;                  // the latter while the shard changes hands
    uint32_t key_epoch;
    uint8_t reduced_rtcp;
    uint8_t dtls_path;
    uint8_t mid_extension;        // the id on which all its sections agree, 0: none
    bool is_full, is_controlling; // ICE agent
    uint8_t role_conflicts;       // told since ICE began
    bool dtls_roamed;             // DTLS came from several addresses: its completion proves none of them
    bool routes_missing;          // a publisher was not installed yet, or a pool was dry: tried again by the timer
    struct path_entry paths[TRANSPORT_MAX_CANDIDATES];
    uint32_t streams[ENTRY_MAX_STREAMS];
    uint32_t payload_stream[128]; // unique payload type -> stream, PACKET_NONE
    struct hmac_sha1_key local_key, remote_key;
    char local_ufrag[LOCAL_UFRAG_SIZE];
    char remote_ufrag[ICE_UFRAG_SIZE];
    char cname[18];
    uint32_t rtcp_ssrc, first_route;
    uint32_t max_kbps, consent_ms, dtls_packets;
    uint64_t tie_breaker, events_at; // of full agents; until then naru-control has been told what came
    double punt_tokens;
    uint64_t punt_refilled;
    uint64_t last_report, last_feedback, receive_bytes_mark, send_bytes_mark;
    uint64_t report_interval;   // ns, drawn anew for each report
    uint64_t feedback_interval; // ns, so that a message tells of some packets
    uint32_t receive_kbps, remb_kbps;

    struct ssrc_entry far_ssrcs[ENTRY_MAX_SSRCS - ENTRY_NEAR_SSRCS];
    int64_t arrivals[TWCC_WINDOW]; // of twcc
};

// What media looks at. Side by side they fill few pages: with thousands of sessions each page is a walk of its own.
struct transport_entry {
    // The first line is what each packet that comes looks at, the first SSRC with it.
    _Alignas(RTE_CACHE_LINE_SIZE) uint32_t generation; // 0: not installed
    uint32_t index;
    uint8_t *keys; // KEYS_PER_EPOCH, each of transport_key_size; NULL before DTLS ended
    uint16_t suite;
    uint8_t feedback;
    uint8_t selected; // path, ENTRY_NO_PATH
    uint8_t ssrc_count, stream_count;
    bool consent_lost, has_routes;
    struct twcc_recorder twcc;
    struct ssrc_entry near_ssrcs[ENTRY_NEAR_SSRCS];
    struct transport_upkeep *upkeep; // its own, as long as the process lives

    struct frame_template frame; // what stands in front of each packet that goes
};
_Static_assert(offsetof(struct transport_entry, near_ssrcs) + sizeof(struct ssrc_entry) == RTE_CACHE_LINE_SIZE,
               "a packet of the first SSRC touches one line");
_Static_assert(sizeof(struct transport_entry) == 4 * RTE_CACHE_LINE_SIZE, "entries stand close together");

static inline struct ssrc_entry *transport_ssrc(const struct transport_entry *transport, unsigned place)
{
    return place < ENTRY_NEAR_SSRCS ? (struct ssrc_entry *)&transport->near_ssrcs[place]
                                    : &transport->upkeep->far_ssrcs[place - ENTRY_NEAR_SSRCS];
}
