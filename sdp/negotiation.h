// SPDX-License-Identifier: Apache-2.0
// State of one run of sdp_answer(); inside sdp/ only.
#pragma once

#include "answer.h"
#include "arena.h"

struct negotiation {
    const struct sdp *offer;
    const struct sdp_answer_policy *policy;
    struct sdp_arena *arena;
    struct sdp_answer *answer;
    const struct sdp_group *bundle; // the offer's first; NULL: none
    const struct sdp_media *tagged; // the section that the offer's BUNDLE names first, or NULL
    uint32_t *filled_by;            // by source: the section that carries it, or SDP_NO_SECTION
    bool is_source_refused;         // a section was there for a source, but without its codec
    bool has_data;                  // a section of data channels: there is one association
    bool has_unbundled;             // the one section that an offer without BUNDLE gets
    uint8_t meanings[256];          // by extension id: 1 + index of the extension that a viewer's section gave it first
};

// The section whose transport attributes count for this one (RFC 8843 7.1.3: its own, or the tagged section's).
const struct sdp_media *sdp_transport_media(const struct negotiation *negotiation, const struct sdp_media *media);
bool sdp_is_bundled(const struct negotiation *negotiation, const struct sdp_media *media);
bool sdp_is_usable_fingerprint(const struct sdp_fingerprint *fingerprint);

// May this section be used at all? What follows decides on its codec and direction.
enum sdp_verdict sdp_judge(struct negotiation *negotiation, const struct sdp_media *media);

// Sets direction, source, and format; returns SDP_ACCEPTED or SDP_REJECTED_CODEC.
enum sdp_verdict sdp_choose(struct negotiation *negotiation, const struct sdp_media *media, uint32_t index,
                            struct sdp_section *section);
// Extensions, feedback, rid and sources of an accepted section.
void sdp_choose_details(struct negotiation *negotiation, const struct sdp_media *media, struct sdp_section *section);

// The m-sections of the answer.
void sdp_describe_session(struct negotiation *negotiation);
void sdp_describe_section(struct negotiation *negotiation, uint32_t index);
void sdp_describe_formats(struct negotiation *negotiation, const struct sdp_section *section, struct sdp_media *media);
