// SPDX-License-Identifier: Apache-2.0
// One m-section of a session description.
#pragma once

#include "description.h"

struct sdp_media {
    enum sdp_kind kind;
    const char *type, *protocol;
    const char *formats_text; // as written in the m-line
    uint16_t port, port_count;
    bool is_rtp;
    bool bundle_only, rtcp_mux, rtcp_mux_only, rtcp_rsize;
    struct sdp_level level;
    const char *mid;
    const char *simulcast_send, *simulcast_receive; // "q;h;~f"
    uint16_t sctp_port;                             // of a=sctp-port or a=sctpmap; 0: none
    uint64_t max_message_size;
    bool has_max_message_size;
    unsigned format_count, feedback_count, msid_count, ssrc_count, ssrc_group_count, rid_count, candidate_count;
    struct sdp_format *formats; // in the order of the m-line; none unless is_rtp
    const char **feedback;      // of a=rtcp-fb:*
    const char **msids;         // "stream track"
    struct sdp_ssrc *ssrcs;
    struct sdp_ssrc_group *ssrc_groups;
    struct sdp_rid *rids;
    struct sdp_candidate *candidates;
};
