// SPDX-License-Identifier: Apache-2.0
// The parts of a session description (RFC 8866), as sdp_parse() finds them. Strings are never NULL ("" is absent),
// NUL-terminated, and live as long as the struct sdp that they hang from.
#pragma once

#include "codec.h"
#include <stdbool.h>
#include <stdint.h>

enum sdp_direction { SDP_DIRECTION_ABSENT = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3, SDP_INACTIVE = 4 };
enum sdp_setup { SDP_SETUP_ABSENT, SDP_ACTPASS, SDP_ACTIVE, SDP_PASSIVE, SDP_HOLDCONN };

// i, u, e, p, c, b, t, r, z and k lines: checked against the grammar, kept as text.
struct sdp_line {
    char type;
    const char *value;
};

// An attribute that has no field of its own. Value NULL: a property (a=name), else a=name:value.
struct sdp_attribute {
    const char *name, *value;
};

struct sdp_fingerprint {
    const char *hash;  // lower case: "sha-256"
    const char *value; // upper case: "AB:CD:..."
};

struct sdp_extension {
    uint16_t id; // 1 to 14 one-byte, to 255 two-byte, 4096 to 4351 provisional (RFC 8285)
    enum sdp_direction direction;
    const char *uri, *attributes;
};

// What may stand at session level and in a section alike.
struct sdp_level {
    const char *connection; // the first c= line
    const char *ice_ufrag, *ice_pwd, *ice_options;
    enum sdp_setup setup;
    enum sdp_direction direction;
    bool extmap_allow_mixed, end_of_candidates;
    unsigned line_count, fingerprint_count, extension_count, attribute_count;
    struct sdp_line *lines;
    struct sdp_fingerprint *fingerprints;
    struct sdp_extension *extensions;
    struct sdp_attribute *attributes;
};

struct sdp_format {
    uint8_t payload_type;
    uint8_t channels; // 1 where the rtpmap names none
    enum sdp_codec codec;
    uint32_t clock_rate;
    const char *encoding; // as written; "" without rtpmap (static types still have codec and clock rate)
    const char *fmtp;
    unsigned feedback_count;
    const char **feedback; // "nack pli", "transport-cc"; the wildcard's are in the section
};

struct sdp_ssrc {
    uint32_t ssrc;
    const char *cname, *msid; // msid: "stream track"
};

struct sdp_ssrc_group {
    const char *semantics; // "FID", "SIM"
    unsigned count;
    uint32_t *ssrcs;
};

struct sdp_rid {
    const char *id, *restrictions; // "pt=96;max-width=640"
    bool is_send;
};

struct sdp_candidate {
    const char *foundation, *transport, *address, *type; // address: IPv4, IPv6 or a name (mDNS): never looked up
    const char *rest;                                    // "raddr 1.2.3.4 rport 9 tcptype active ..."
    uint32_t priority;
    uint16_t component, port;
};
