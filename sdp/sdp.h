// SPDX-License-Identifier: Apache-2.0
// Session descriptions: text <-> struct (RFC 8866 and the WebRTC attributes of RFC 8829). Pure: no I/O, clock,
// randomness.
#pragma once

#include "media_section.h"
#include <stddef.h>

#define SDP_MAX_BYTES      (256 * 1024) // some 50 m-lines of a browser
#define SDP_MAX_LINES      8000
#define SDP_MAX_MEDIA      128
#define SDP_MAX_CANDIDATES 64  // per section
#define SDP_MAX_FORMATS    64  // per section
#define SDP_MAX_SSRCS      128 // per section
#define SDP_MAX_EXTMAPS    64  // per section
#define SDP_MAX_RIDS       64  // per section
#define SDP_PRINT_SIZE     (2 * SDP_MAX_BYTES)

enum sdp_error_code {
    SDP_ERROR_SYNTAX = 1,  // not SDP: line and reason say where and why
    SDP_ERROR_LIMIT,       // above a cap of this header
    SDP_ERROR_UNSUPPORTED, // SDP, but no offer that can be answered: no ICE credentials, no fingerprint, ...
    SDP_ERROR_NO_CODEC,    // no common codec where one is needed
    SDP_ERROR_MEMORY
};

struct sdp_error {
    enum sdp_error_code code;
    unsigned line; // from 1; 0: the whole
    char reason[120];
};

struct sdp_origin {
    const char *username, *session_id, *session_version, *address_type, *address;
};

struct sdp_group {
    const char *semantics; // "BUNDLE"
    unsigned count;
    const char **mids;
};

struct sdp_arena;

struct sdp {
    struct sdp_origin origin;
    const char *name;
    struct sdp_level level;
    bool ice_lite;
    unsigned group_count, media_count;
    struct sdp_group *groups;
    struct sdp_media *media;
    struct sdp_arena *arena; // owns everything above
};

// 0, -EBADMSG (syntax), -E2BIG (limit) or -ENOMEM; *ret_error is set on failure only and tells the same.
int sdp_parse(const char *text, size_t length, struct sdp **ret_sdp, struct sdp_error *ret_error);
void sdp_free(struct sdp *sdp);

// Prints with CRLF and a NUL. Returns the length without the NUL, or -ENOSPC. SDP_PRINT_SIZE is always enough for what
// sdp_parse() accepted.
int sdp_print(const struct sdp *sdp, char *buffer, size_t size);

// A section's value, or the session's where the section has none (RFC 8839 5.4, RFC 8122 5, RFC 8866 6.7).
const char *sdp_ice_ufrag(const struct sdp *sdp, const struct sdp_media *media);
const char *sdp_ice_pwd(const struct sdp *sdp, const struct sdp_media *media);
enum sdp_setup sdp_setup_of(const struct sdp *sdp, const struct sdp_media *media);
enum sdp_direction sdp_direction_of(const struct sdp *sdp, const struct sdp_media *media); // default: sendrecv
const char *sdp_tls_id(const struct sdp *sdp, const struct sdp_media *media);              // RFC 8842 4; "": none
const struct sdp_fingerprint *sdp_fingerprints(const struct sdp *sdp, const struct sdp_media *media,
                                               unsigned *ret_count);
