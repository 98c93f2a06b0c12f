// SPDX-License-Identifier: Apache-2.0
// Trickled candidates: application/trickle-ice-sdpfrag (RFC 8840 9, RFC 9725 4.3.1).
#pragma once

#include "sdp.h"

// One for each pseudo m-line. Candidates stand only below such lines (RFC 8840 9.2).
struct sdp_fragment_section {
    const char *mid;
    const char *ice_ufrag, *ice_pwd; // the section's own, else the fragment's
    bool end_of_candidates;
    unsigned candidate_count;
    struct sdp_candidate *candidates;
};

struct sdp_fragment {
    const char *ice_ufrag, *ice_pwd; // of the fragment, else the first section's
    bool end_of_candidates;          // of the fragment, or of every section
    unsigned section_count;
    struct sdp_fragment_section *sections;
    struct sdp_arena *arena;
};

// 0, -EBADMSG, -E2BIG or -ENOMEM, as sdp_parse().
int sdp_fragment_parse(const char *text, size_t length, struct sdp_fragment **ret_fragment,
                       struct sdp_error *ret_error);
void sdp_fragment_free(struct sdp_fragment *fragment);

// Prints with CRLF and a NUL: needed to answer an ICE restart (RFC 9725 4.3.3). Length, or -ENOSPC.
int sdp_fragment_print(const struct sdp_fragment *fragment, char *buffer, size_t size);
