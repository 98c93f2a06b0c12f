// SPDX-License-Identifier: Apache-2.0
// What this gateway puts into its answers. All strings belong to the caller.
#pragma once

#include "description.h"

#define SDP_MAX_EXTENSIONS 16 // header extensions of a policy
#define SDP_MAX_FEEDBACK   16 // feedback messages of a policy

enum sdp_role {
    SDP_ROLE_PUBLISHER, // the offerer sends: sections are answered recvonly
    SDP_ROLE_VIEWER,    // the offerer receives the sources: sections are answered sendonly
    SDP_ROLE_PEER       // both, as policy->transceivers say
};

#define SDP_NO_SOURCE UINT32_MAX

struct sdp_local_candidate {
    const char *address; // printed IPv4 or IPv6
    uint16_t port;
    uint32_t priority; // RFC 8445 5.1.2, RFC 6544 4.2
    bool is_tcp;       // passive: the peer connects
};

struct sdp_codec_choice {
    enum sdp_codec codec;
    const char *fmtp; // what the format must be compatible with; NULL or "": any
};

// What a viewer gets: one stream of a publisher.
struct sdp_source {
    enum sdp_codec codec;
    const char *fmtp;        // the publisher's
    uint32_t ssrc, rtx_ssrc; // announced; rtx_ssrc is announced only where RTX is negotiated
    const char *cname;
    const char *stream_id, *track_id; // msid
};

// What this side wants of one m-section, of SDP_ROLE_PEER.
struct sdp_transceiver {
    bool receives, is_stopped;
    uint32_t source; // that it sends: index into the policy's, or SDP_NO_SOURCE; left out where its codec is not there
    enum sdp_codec codec; // agreed on before, and kept while it is offered; SDP_CODEC_OTHER: none yet
    const char *fmtp;
    unsigned choice_count; // codecs that this section prefers, before what was agreed on; 0: the policy's
    const struct sdp_codec_choice *choices;
    bool is_answer; // to an offer of these payload types (bits): the first of them counts (RFC 3264 6.1)
    uint64_t offered[2];
};

struct sdp_answer_policy {
    enum sdp_role role;
    uint64_t session_id, session_version; // of o=, below 2^63
    const char *ice_ufrag, *ice_pwd;
    bool ice_lite, rtx;                         // of video; without rtx "nack" is not answered either
    enum sdp_setup setup;                       // SDP_PASSIVE or SDP_ACTIVE: what an offer of actpass is answered with
    const char *fingerprint_hash, *fingerprint; // "sha-256", "AB:CD:..."
    const char *tls_id;                         // of an offer, and of answers to offers that have one; NULL: none
    unsigned candidate_count, extension_count, feedback_count, audio_count, video_count, source_count;
    const struct sdp_local_candidate *candidates;
    const char *const *extensions;                // URIs; NULL entries are skipped, so that an enumeration may index it
    const char *const *feedback;                  // "transport-cc", "goog-remb", "nack pli", "ccm fir", "nack"
    const struct sdp_codec_choice *audio, *video; // most preferred first; a viewer's codecs come from the sources
    const struct sdp_source *sources;             // of a viewer, in the order in which sections are filled; of a peer
    unsigned transceiver_count;                   // of a peer, by m-section; sections behind them are received
    const struct sdp_transceiver *transceivers;
    uint32_t receiving_extensions, receiving_feedback; // of a peer, bits by index: only where media is received
    uint16_t sctp_port;                                // RFC 8841 5; 0: no data channels
    uint64_t max_message_size;
};
