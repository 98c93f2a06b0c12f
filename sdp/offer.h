// SPDX-License-Identifier: Apache-2.0
// Offers of this gateway (RFC 8829 5.2): a pure function of what each m-section is to be and a policy.
#pragma once

#include "answer.h"

// One description for each section, in the order of the m-lines. verdict: SDP_ACCEPTED, or SDP_REJECTED_STOPPED for a
// section of port 0 that only keeps its place (RFC 8829 5.2.2). Of an accepted one count: kind, direction, mid, codec,
// payload_type, rtx_payload_type, channels, clock_rate, fmtp, source, extension_ids, feedback, rtcp_rsize, rid. Each
// offers one codec. Bundled are all that are accepted; the first carries the candidates. a=setup is actpass (RFC
// 8842 5.2). 0, or -ENOMEM. Free with sdp_free.
int sdp_offer(const struct sdp_answer_policy *policy, const struct sdp_section *sections, unsigned count,
              struct sdp **ret_offer);
