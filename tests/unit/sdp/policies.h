// SPDX-License-Identifier: Apache-2.0
// The policies that the tests of answers share.
#pragma once

#include "answer.h"

// In the order of the extension table: an answer's extension_ids have these indexes. One hole, as an enumeration may
// have.
enum { TEST_MID, TEST_RID, TEST_TRANSPORT_CC, TEST_HOLE, TEST_ABS_SEND_TIME, TEST_AUDIO_LEVEL };
enum { TEST_FB_TRANSPORT_CC, TEST_FB_REMB, TEST_FB_PLI, TEST_FB_FIR, TEST_FB_NACK };

extern const struct sdp_answer_policy publisher_policy; // opus; VP8, H264, VP9, AV1; no RTX
extern const struct sdp_answer_policy viewer_policy;    // of a VP8 and Opus publisher; no RTX

// Parses, answers, frees the offer. Fails the test when the offer does not parse.
int answer_text(const char *offer, const struct sdp_answer_policy *policy, struct sdp_answer **ret_answer,
                struct sdp_error *ret_error);
// The answer's text, to be freed.
char *print_description(const struct sdp *sdp);
