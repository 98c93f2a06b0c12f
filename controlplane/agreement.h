// SPDX-License-Identifier: Apache-2.0
// One offer on its way to an answer: what is offered by this gateway, the answer's text, and its sections as the
// journal and the tables want them.
#pragma once

#include "answer.h"
#include "control.h"
#include "ice_candidates.h"
#include "ice_credentials.h"

#define AGREEMENT_CODECS_MAX (2 * CONFIG_STRINGS_MAX)

struct agreement {
    bool is_publisher;
    uint32_t shard;
    struct ice_credentials local;
    struct ice_candidates candidates;
    struct sdp_codec_choice audio[AGREEMENT_CODECS_MAX], video[AGREEMENT_CODECS_MAX];
    const char *extensions[SDP_MAX_EXTENSIONS], *feedback[SDP_MAX_FEEDBACK];
    struct sdp_source sources[JOURNAL_SECTIONS];
    char cname[18];
    struct sdp_answer_policy policy;
    struct sdp *offer;
    struct sdp_answer *answer;
};

// By enum extension_kind, NULL: none.
void agreement_extension_uris(const char *ret_uris[EXTENSION_KINDS]);
// Bits of those that serve whoever receives the media, and mean nothing behind this gateway.
uint32_t agreement_receiving_extensions(void);

// What is chosen of a codec's formats, the preferred first: at most two.
unsigned agreement_choices(enum sdp_codec codec, struct sdp_codec_choice *ret_choices);

// publisher: of whom a viewer gets the streams; NULL for a publisher's own offer. SSRCs are issued here.
void agreement_begin(struct control *control, const struct session *publisher, uint32_t shard,
                     struct agreement *ret_agreement);
// 0, or -errno with the request's status and detail set.
int agreement_reach(struct agreement *agreement, struct gateway_request *request);
void agreement_end(struct agreement *agreement);

// Puts the answer's text into the request. 0 or -ENOMEM.
int agreement_print(const struct agreement *agreement, struct gateway_request *request);

// The sections that carry media, without links. -E2BIG when there are too many, -ENOENT when there is none.
int agreement_sections(const struct agreement *agreement, struct journal_section *ret_sections, uint32_t *ret_count);

// Those of strong hashes, at most FINGERPRINTS_MAX; malloc. NULL: no memory.
struct fingerprint *agreement_fingerprints(const struct sdp_answer *answer, unsigned *ret_count);

enum transport_feedback agreement_feedback(const struct agreement *agreement);

// A transport for it, but for its streams and routes.
void agreement_fill_transport(struct control *control, const struct agreement *agreement, uint32_t room,
                              struct transport_intent *ret_intent);
